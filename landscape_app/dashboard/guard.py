"""Who may talk to the page, and what the browser may do: hosts, origins, limits, headers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import partial
from urllib.parse import SplitResult, urlsplit

from dash import Dash
from flask import Flask, Response, abort, request

# Every name. Only where a token is asked for: its cookie is of this page alone (SameSite=Strict).
# So neither a page elsewhere nor a name that is bent to this machine can use it.
ANY = "*"
LOOPBACK = ("127.0.0.1", "localhost")
# bytes; the largest the page sends is a lasso of all snapshots of four runs, half of that
LARGEST_BODY = 2**20
READS = ("GET", "HEAD", "OPTIONS")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def protect(server: Flask, *, hosts: Sequence[str], proxies: Sequence[str] = ()) -> None:
    """Answer only requests that name one of `hosts` and, where they change something, come from a
    page of this server, or of one of `proxies` that shows it.

    A page elsewhere that resolves its own name to this machine (DNS rebinding) fails the Host
    check; one that posts across origins fails the Origin check.
    """
    every = ANY in proxies
    server.config.update(
        TRUSTED_HOSTS=None if every else list(hosts), MAX_CONTENT_LENGTH=LARGEST_BODY
    )
    server.before_request(partial(_same_origin, frozenset(proxies)))
    server.after_request(_headers)


def _same_origin(proxies: frozenset[str]) -> None:
    if request.method in READS:
        return
    origin = request.headers.get("Origin")
    # Browsers send Origin with every POST; a script on this machine may leave it out, a page
    # elsewhere cannot.
    if origin is not None and not _of_page(urlsplit(origin), proxies):
        abort(403, description="Requests from other origins are refused.")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403, description="Requests from other sites are refused.")


def _of_page(origin: SplitResult, proxies: frozenset[str]) -> bool:
    """Whether `origin` is this server's, or a proxy's: that one speaks TLS on a port of its own."""
    own = origin[:2] == (request.scheme, request.host)
    return own or origin.hostname in proxies or ANY in proxies


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if (
        request.path.startswith("/_dash")
        and request.method == "GET"
        and "component-suites" not in request.path
    ):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def content_policy(app: Dash, *inline: str) -> None:
    """Send a Content-Security-Policy that allows nothing from elsewhere; call it once all callbacks
    are registered.

    `inline`: scripts written into the page itself, allowed by their hash like Dash's own. No
    `unsafe-eval`: of plotly's parts only regl (scattergl, splom, parallel coordinates) compiles
    code at run time, and no figure here uses those. Styles may be inline because plotly and Mantine
    put style elements and attributes into the page.
    """
    scripts = [*app.csp_hashes(), *(_hash(script) for script in inline)]
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {' '.join(sorted(set(scripts)))}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )

    def send(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    app.server.after_request(send)


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
