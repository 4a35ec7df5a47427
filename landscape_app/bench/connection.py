"""Connections to a server as a browser keeps them: HTTP/1.1, several at once, used again and again.
Light, so that what is measured is the server.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

PATIENCE = 120.0  # s for one answer
LONGEST = 2**20  # bytes of one line
HEAD = "Host: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n"


@dataclass(frozen=True)
class PageAnswer:
    """status: of HTTP; 0 where none came, and `body` says why. first, seconds: until its body
    began and ended, in s.
    """

    status: int
    body: bytes
    first: float = 0.0
    seconds: float = 0.0


class Browser:
    """`most` connections to a port of this machine; a request takes one that is free."""

    def __init__(self, port: int, most: int = 6) -> None:
        self._port, self._most = port, most
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]

    async def __aenter__(self) -> Self:
        self._free = asyncio.Queue()
        for _ in range(self._most):
            self._free.put_nowait(await self._opened())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        while not self._free.empty():
            writer = self._free.get_nowait()[1]
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def get(self, path: str) -> PageAnswer:
        """The answer to a GET."""
        head = f"GET {path} HTTP/1.1\r\n{HEAD.format(port=self._port)}\r\n"
        return await self._ask(head.encode())

    async def post(self, path: str, body: bytes) -> PageAnswer:
        """The answer to a POST of JSON."""
        head = (
            f"POST {path} HTTP/1.1\r\n{HEAD.format(port=self._port)}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return await self._ask(head.encode() + body)

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._port, limit=LONGEST)

    async def _ask(self, request: bytes) -> PageAnswer:
        reader, writer = await self._free.get()
        try:
            async with asyncio.timeout(PATIENCE):
                begun = time.perf_counter()
                writer.write(request)
                answer, goes_on = await _answer(reader, begun)
        except (OSError, EOFError, ValueError, zlib.error) as error:
            answer, goes_on = PageAnswer(0, f"{type(error).__name__}: {error}".encode()), False
        if not goes_on:
            writer.close()
            reader, writer = await self._opened()
        self._free.put_nowait((reader, writer))
        return answer


async def _answer(reader: asyncio.StreamReader, begun: float) -> tuple[PageAnswer, bool]:
    """The answer, and whether the connection can be used again."""
    status = int((await _line(reader)).split()[1])
    headers: dict[str, str] = {}
    while line := await _line(reader):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip().lower()
    parts, first = [], 0.0
    async for part in _body(reader, headers, status):
        first = first or time.perf_counter() - begun
        parts.append(part)
    seconds = time.perf_counter() - begun
    body = b"".join(parts)
    if headers.get("content-encoding") == "gzip":
        body = zlib.decompress(body, 16 + zlib.MAX_WBITS)
    return PageAnswer(status, body, first or seconds, seconds), headers.get("connection") != "close"


async def _line(reader: asyncio.StreamReader) -> str:
    line = await reader.readline()
    if not line.endswith(b"\n"):
        raise EOFError("the connection was closed")
    return line.decode("latin-1").strip()


async def _body(
    reader: asyncio.StreamReader, headers: dict[str, str], status: int
) -> AsyncIterator[bytes]:
    """The pieces of a body as they come."""
    if headers.get("transfer-encoding") == "chunked":
        while length := int(await _line(reader), 16):
            yield await reader.readexactly(length)
            await reader.readexactly(2)
        await _line(reader)
    elif "content-length" in headers:
        yield await reader.readexactly(int(headers["content-length"]))
    elif status != 204:
        yield await reader.read()
