"""Connections to the server. A request that does not become complete, and a connection that says
nothing, are closed after a while; where there are many, at once: nobody is locked out by others.
"""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from typing import Any

from waitress.channel import HTTPChannel

LIMIT = 1_000  # connections at once
SPARE = 200  # file descriptors that the server keeps for everything else
HEADERS, BODY, IDLE = 10.0, 60.0, 60.0  # s: to send the headers, the body; without any request
SWEEP = 1.0  # s between two looks at the connections
# s that answers have at the end: a service manager sends a SIGKILL ten seconds after its SIGTERM
FINISH = {signal.SIGINT: 1.0, signal.SIGTERM: 8.0}
CROWD = 0.8  # share of the limit from which idle connections give way at once


class Channel(HTTPChannel):
    """A connection that knows since when a request has been incomplete."""

    began: float | None = None

    def received(self, data: bytes) -> Any:
        """As the base class. A time is taken where the first bytes of a request come."""
        before = self.request
        answer = super().received(data)
        if self.request is None:
            self.began = None
        elif self.request is not before or self.began is None:
            self.began = time.time()
        return answer

    def late(self, now: float, *, crowded: bool) -> bool:
        """Whether nothing is being answered, and it has had its time to ask for something."""
        if self.requests or self.total_outbufs_len:
            return False
        if self.request is None or self.began is None:
            return bool(now - self.last_activity > (SWEEP if crowded else IDLE))
        wait = BODY if self.request.headers_finished else HEADERS
        return now - self.began > (SWEEP if crowded else wait)


def serve(server: Any, *, parent: int | None = None) -> None:
    """Answer requests to a waitress server until SIGINT or SIGTERM. Then it takes no new
    connections, and the answers to requests that are there are sent; a second signal ends it at
    once. parent: of this process; it also ends when that one has gone.
    """
    given: list[signal.Signals] = []

    def asked(number: int, _: object) -> None:
        given.append(signal.Signals(number))
        server.pull_trigger()  # it waits for requests

    main = threading.current_thread() is threading.main_thread()
    heard = [number for number in FINISH if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, asked) for number in heard if main}
    # a signal's own exception would come in the middle of a piece that is being sent
    while not given and parent in (None, os.getppid()):
        server.asyncore.loop(timeout=SWEEP, map=server._map, use_poll=True, count=1)
    for number, handler in before.items():
        signal.signal(number, handler)
    _finish(server, FINISH[given[0] if given else signal.SIGTERM])


def _finish(server: Any, seconds: float) -> None:
    """Take no new connections, and send answers for so many seconds at most."""
    server.del_channel()  # of the socket that listens
    server.socket.close()
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(map(_busy, list(server.active_channels.values()))):
        server.asyncore.loop(timeout=0.05, map=server._map, use_poll=True, count=1)


def _busy(channel: HTTPChannel) -> bool:
    return bool(channel.requests or channel.total_outbufs_len)


def limit() -> int:
    """How many connections this process can hold."""
    descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return max(100, min(LIMIT, descriptors - SPARE))


def watch(server: Any) -> None:
    """Have a waitress server close the connections that are late."""

    def maintenance(now: float) -> None:
        channels = list(server.active_channels.values())
        crowded = len(channels) > CROWD * server.adj.connection_limit
        for channel in channels:
            if channel.late(now, crowded=crowded):
                channel.will_close = True

    server.channel_class, server.maintenance = Channel, maintenance
