"""Laws of connections: those that ask for nothing, or never finish asking, lock nobody out and are
closed after their time.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator

import pytest

from landscape_app.dashboard import connections
from tests.dashboard.test_serve import free_port, get, server
from tests.patience import patience, until

pytestmark = pytest.mark.slow

MANY = 300  # three times what waitress holds by itself
HALF = {
    "silent": b"",
    "in the headers": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    "in the body": b"POST /_dash-update-component HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a real server listens."""
    port = free_port()
    with server(tmp_path_factory.mktemp("runs"), port):
        yield port


@contextlib.contextmanager
def crowd(port: int, content: bytes) -> Iterator[list[socket.socket]]:
    """Connections that have sent this much and no more."""
    channels = []
    try:
        for _ in range(MANY):
            channels.append(socket.create_connection(("127.0.0.1", port), timeout=patience(5)))
            channels[-1].sendall(content)
        yield channels
    finally:
        for channel in channels:
            channel.close()


def closed(channel: socket.socket) -> bool:
    """Whether the other side has ended the connection."""
    channel.setblocking(False)
    try:
        return channel.recv(4096) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize("content", HALF.values(), ids=HALF)
def test_half_open_connections_lock_nobody_out(port: int, content: bytes) -> None:
    with crowd(port, content):
        begun = time.monotonic()
        assert get(port, "/_dash-layout") == 200
        assert time.monotonic() - begun < patience(2)


def test_a_request_that_never_becomes_complete_is_closed(port: int) -> None:
    content = HALF["in the headers"]
    with socket.create_connection(("127.0.0.1", port)) as channel:
        begun = time.monotonic()
        channel.sendall(content)
        while time.monotonic() - begun < connections.HEADERS - 1:
            assert not closed(channel)
            channel.setblocking(True)
            channel.sendall(b"x")  # it goes on for ever, byte by byte
            time.sleep(0.5)
        until(lambda: closed(channel), connections.HEADERS + 3)


def test_a_crowd_that_asks_for_nothing_gives_way() -> None:
    class Quiet(connections.Channel):
        def __init__(self) -> None:
            self.requests, self.total_outbufs_len = [], 0
            self.last_activity = time.time()

    quiet, now = Quiet(), time.time()
    assert not quiet.late(now + 5, crowded=False)
    assert quiet.late(now + 5, crowded=True)
    assert quiet.late(now + connections.IDLE + 1, crowded=False)
    quiet.requests = ["being answered"]
    assert not quiet.late(now + 1_000, crowded=True)
