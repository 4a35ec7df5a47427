"""Connections to the server. A request that does not become complete, and a connection that says
nothing, are closed after a while; where there are many, at once: nobody is locked out by others.
"""

from __future__ import annotations

import resource
import time
from typing import Any

from waitress.channel import HTTPChannel

LIMIT = 1_000  # connections at once
SPARE = 200  # file descriptors that the server keeps for everything else
HEADERS, BODY, IDLE = 10.0, 60.0, 60.0  # s: to send the headers, the body; without any request
SWEEP = 1.0  # s between two looks at the connections
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
