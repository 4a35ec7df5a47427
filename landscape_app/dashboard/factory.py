"""The application factory: one runs folder in, one Dash app out; nothing happens at import."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from dash import Dash
from flask import Flask, request
from flask_caching import Cache

from landscape_app import user_state
from landscape_app.dashboard import (
    access,
    appearance,
    archives,
    downloads,
    guard,
    health,
    looking,
    page_table,
    prefixes,
    request_validation,
    server_state,
    shell,
)
from landscape_app.dashboard.appearance import assets
from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.launch import manager
from landscape_app.errors import ServeError
from landscape_app.store.files import storing
from landscape_app.store.folder import check_runs

MEMORY = {
    "CACHE_TYPE": "SimpleCache",
    "CACHE_THRESHOLD": 96,
    "CACHE_DEFAULT_TIMEOUT": 900,
    "CACHE_NO_NULL_WARNING": True,
}


def create(
    runs: Path,
    *,
    hosts: Sequence[str] = (),
    proxies: Sequence[str] = (),
    prefix: str = "",
    entry: access.Access | None = None,
) -> Dash:
    """The dashboard of the runs in `runs`, ready to serve; its Flask server is `.server`.

    hosts: names of the server beside those of loopback that a request may give. proxies: names
    under which a proxy shows the page; pages from there may change something. prefix: what comes
    before every path in the browser ("/lab"), whether or not a proxy cuts it off. entry: the
    tokens, one of which is asked for; None: everybody on this machine is let in.

    A folder that cannot be written is shown all the same; a launch then says why there is none.
    Raises StorageError where the folder is none and cannot be made, or lies in the state folder,
    ServeError where LANDSCAPE_REDIS_URL is set without celery, or every host is trusted without a
    token.
    """
    check_runs(Path(runs))
    runs = Path(runs).resolve()
    user_state.apart_from(runs)
    if not runs.is_dir():
        with storing(runs):
            runs.mkdir(parents=True, exist_ok=True)
    server_state.say_old(runs)
    server = Flask("landscape", static_folder=None)
    server.secret_key = server_state.signing_key(runs)
    if entry is None and guard.ANY in proxies:
        raise ServeError("Every host ('*') can be trusted only where a token is asked for.")
    if entry is not None:
        access.require(server, entry, runs=runs, prefix=prefix)
    else:
        access.only_here(server)
    guard.protect(
        server, hosts=tuple(dict.fromkeys((*guard.LOOPBACK, *hosts, *proxies))), proxies=proxies
    )
    prefixes.put(server, prefix)
    app = _application(server, runs, prefix)
    context = context_of(server, runs)
    app.layout = shell.layout
    shell.register(app, context)
    for register in page_table.registers():
        register(app, context)
    archives.register(app, context)
    downloads.register(app, context)
    health.register(server, runs)
    request_validation.check(app)
    looking.register(app)
    guard.content_policy(app, appearance.BEFORE_PAINT)
    return app


class _Application(Dash):
    """Dash, which sends the scripts of a page's own library with that page only."""

    def interpolate_index(self, **parts: str) -> str:
        """The page's HTML: `parts` by their names in appearance.PAGE."""
        scripts = parts.get("scripts", "")
        for path, page in page_table.PAGES.items():
            if page.library and request.path != path:
                scripts = _without(scripts, page.library)
        return str(super().interpolate_index(**{**parts, "scripts": scripts}))


def _without(scripts: str, library: str) -> str:
    """The script elements of the page without those of the package `library`."""
    of_library = rf'<script [^>]*src="[^"]*/_dash-component-suites/{library}/[^>]*></script>\s*'
    return re.sub(of_library, "", scripts)


def _application(server: Flask, runs: Path, prefix: str) -> Dash:
    """Dash on `server`, without a page yet."""
    return _Application(
        "landscape",
        server=server,
        assets_folder=str(assets()),
        title=shell.TITLE,
        update_title=None,
        index_string=appearance.PAGE.replace("{%prefix%}", prefix),
        requests_pathname_prefix=f"{prefix}/",
        routes_pathname_prefix="/",
        serve_locally=True,
        compress=True,
        suppress_callback_exceptions=True,  # pages are rendered when they are opened
        background_callback_manager=manager.choose(runs),
        add_log_handler=False,
        enable_mcp=False,
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {"name": "color-scheme", "content": "light dark"},
        ],
        description="Loss landscapes by jump and retrain.",
    )


def context_of(server: Flask, runs: Path) -> Context:
    """What the callbacks of one application share."""
    return Context(runs=runs, cache=Cache(server, config=MEMORY), board=Board(runs))


def warm(app: Dash, entry: access.Access | None = None) -> None:
    """Answer the first requests before anyone asks: a cold start answered 500 to some."""
    client = app.server.test_client()
    headers = {} if entry is None else {"Authorization": f"Bearer {entry.full}"}
    for path in ("/", "/_dash-layout", "/_dash-dependencies"):
        status = client.get(path, headers=headers).status_code
        if status != 200:
            raise ServeError(
                f"The dashboard answers {status} to its own request for {path}. This is a bug. See"
                " the log."
            )
