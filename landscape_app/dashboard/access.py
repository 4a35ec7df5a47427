"""Who is let in where other people can reach the server: a token, which the server prints as a link
and the browser exchanges for a cookie.

There are two tokens: one for everything, and one for looking alone. Both follow from a key of this
user, so an open page and a kept link go on after a restart. A program may send a token in the
header `Authorization: Bearer TOKEN`.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote, urlencode

from flask import Flask, Response, abort, g, has_request_context, request, session

from landscape_app import user_state
from landscape_app.dashboard import server_state
from landscape_app.errors import AccessError, ServeError

QUERY = "token"
OPEN = ("/healthz", "/readyz")  # they tell nothing but that the server is there
TOKENS = {"full": "LANDSCAPE_TOKEN", "read": "LANDSCAPE_READ_TOKEN"}  # {role: its variable}
log = logging.getLogger("landscape")
LONGEST = 500  # characters of names in a line of the log
LEAST = 16  # characters of a token that a person chose
REFUSED = (
    "Landscape asks for a token. Open the link that the server printed when it began; it has the"
    " token. A program sends it in the header Authorization: Bearer TOKEN."
)
NO_TOKEN = (
    "This server asks for no token, so it answers only its own machine. Set LANDSCAPE_TOKEN to at"
    f" least {LEAST} letters or digits, and start it again."
)
NO_CHANGE = "This link is for looking only. Who has the other link can change something here."
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"


@dataclass(frozen=True)
class Access:
    """The two tokens. read: None where nobody is let in to look alone."""

    full: str
    read: str | None = None

    def role(self, given: str) -> str | None:
        """Which token `given` is ("full" or "read"), None where it is neither. Every comparison
        takes the same time, whatever is right about it.
        """
        tokens = {"full": self.full, "read": self.read or ""}
        fitting = [
            role
            for role, token in tokens.items()
            if hmac.compare_digest(given.encode(), token.encode()) and token
        ]
        return fitting[0] if fitting else None

    def link(self, address: str, role: str = "full") -> str:
        """`address` with the token of `role` in its query."""
        return f"{address}/?{urlencode({QUERY: self.full if role == 'full' else self.read or ''})}"


def of_user(runs: Path, *, read: bool = False) -> Access:
    """The tokens of this user for the folder `runs`, or those of the environment. read: with one
    for looking alone. Raises ServeError where a chosen token is too short or has odd characters.
    """
    tokens = {role: os.environ.get(name) or _own(runs, role) for role, name in TOKENS.items()}
    for role, token in tokens.items():
        if len(token) < LEAST or not set(token) <= set(LETTERS):
            raise ServeError(f"{TOKENS[role]} must have at least {LEAST} letters, digits, - or _.")
    wanted = read or bool(os.environ.get(TOKENS["read"]))
    if wanted and tokens["full"] == tokens["read"]:
        raise ServeError("The two tokens must differ.")
    return Access(tokens["full"], tokens["read"] if wanted else None)


def _own(runs: Path, role: str) -> str:
    what = f"{role} {server_state.name(runs)}".encode()
    return hmac.digest(user_state.key("token"), what, "sha256").hex()[:40]


def require(server: Flask, access: Access, *, runs: Path, prefix: str = "") -> None:
    """Let in only who has a token of `access`; everybody else gets 401. Call it before any other
    check of requests. The cookie is signed with the server's key and the tokens, so it ends with
    the token that it was given for.
    """
    tokens = f"{access.full} {access.read}".encode()
    server.secret_key = hmac.digest(str(server.secret_key).encode(), tokens, "sha256").hex()
    server.config.update(
        SESSION_COOKIE_NAME=f"landscape-{server_state.name(runs)[:12]}",  # one a runs folder
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_PATH=f"{prefix}/",
    )

    def check() -> Response | None:
        if request.path in OPEN:
            return None
        given = request.args.get(QUERY)
        if given is not None and request.method == "GET":
            return _exchanged(access, given)
        scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
        role = access.role(sent) if scheme.lower() == "bearer" else session.get("role")
        if role not in TOKENS or (role == "read" and access.read is None):
            abort(401, description=REFUSED)
        g.role = role
        return None

    server.before_request(check)


def only_here(server: Flask) -> None:
    """Where no token is asked for, answer only programs of this machine, however the server is
    bound: its other ways in (gunicorn's --bind) are not known here.
    """

    def check() -> None:
        if request.path not in OPEN and not _of_this_machine(request.remote_addr or ""):
            abort(403, description=NO_TOKEN)

    server.before_request(check)


def _of_this_machine(address: str) -> bool:
    """Whether a request came from here; "" is that of a socket in the file system."""
    try:
        came = ipaddress.ip_address(address or "127.0.0.1")
    except ValueError:
        return False
    return (getattr(came, "ipv4_mapped", None) or came).is_loopback


def _exchanged(access: Access, given: str) -> Response:
    """A page that sets the cookie and goes on to the address without the token. A redirection would
    lose the cookie where the link was on a page elsewhere.
    """
    role = access.role(given)
    if role is None:
        abort(401, description=REFUSED)
    session.clear()
    session["role"] = role
    rest = [(key, value) for key, value in request.args.items(multi=True) if key != QUERY]
    path = (request.script_root + request.path).lstrip("/\\")  # never of another host
    to = escape(f"/{quote(path)}" + (f"?{urlencode(rest)}" if rest else ""), quote=True)
    page = (
        f'<!doctype html><meta http-equiv="refresh" content="0; url={to}"><title>Landscape</title>'
        f'<a href="{to}">Landscape</a>'
    )
    return Response(page, mimetype="text/html", headers={"Cache-Control": "no-store"})


def noted(deed: str, ids: Sequence[str]) -> None:
    """Write to the server's log what who asks did to these runs and studies."""
    names = ", ".join(ids)[:LONGEST]
    shown = "".join(char if char.isprintable() else "?" for char in f"{deed} {names}")
    log.info("%s (asked from %s)", shown, request.remote_addr if has_request_context() else "here")


def may_change() -> bool:
    """Whether who asks may change something; true where no token is asked for."""
    return not has_request_context() or g.get("role", "full") == "full"


def changing() -> None:
    """Raise AccessError where who asks may look only."""
    if not may_change():
        raise AccessError(NO_CHANGE)
