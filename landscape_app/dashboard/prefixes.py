"""A prefix of all addresses: where a proxy shows the page at `/lab/…` beside other servers.

A proxy may hand on a path with the prefix, as a notebook's `proxy/absolute` does, or without it, as
most do. Both are answered, and every address that the page gets begins with the prefix.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from landscape_app.errors import ServeError

PREFIX = re.compile(r"(/[A-Za-z0-9._~@%-]+)*")
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def checked(prefix: str) -> str:
    """`prefix` as it is used: it begins with a slash and ends without one; "" for none. Raises
    ServeError for what is no path.
    """
    path = f"/{prefix.strip('/')}" if prefix.strip("/") else ""
    if not PREFIX.fullmatch(path) or any(part in (".", "..") for part in path.split("/")):
        raise ServeError(
            f"--prefix is a path of letters, digits and ._~@%-, such as /lab, not {prefix!r}."
        )
    return path


def put(server: Flask, prefix: str) -> None:
    """Have `server` answer below `prefix`, as `checked` gives it, too."""
    inside: Application = server.wsgi_app

    def below(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == prefix or path.startswith(f"{prefix}/"):
            path = path.removeprefix(prefix) or "/"
        return inside({**environ, "SCRIPT_NAME": prefix, "PATH_INFO": path}, start)

    if prefix:
        server.wsgi_app = below  # type: ignore[assignment, method-assign]
