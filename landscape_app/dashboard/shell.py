"""What is around every page: header, navigation, colour scheme, notices and router."""

from __future__ import annotations

import secrets
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from landscape_app.dashboard import access, appearance, empty, helping, page_table
from landscape_app.dashboard.appearance import THEME
from landscape_app.dashboard.common import (
    addresses,
    buttons,
    checks_mark,
    controls,
    deletion,
    gallery,
    ids,
    job_parts,
    launch_requests,
    side_rail,
)
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.page_table import PAGES, Page
from landscape_app.errors import LandscapeError

TITLE = "Landscape"
NAV_EVERY = 5000  # ms; the only requests of an idle page (see controls.clock)
Rendered = tuple[Any, Any]  # (what fills the header's slot, the page)


def layout() -> Any:
    """The page as a browser first gets it, with a nonce of its own and in its colour scheme."""
    return dmc.MantineProvider(
        theme=THEME,
        defaultColorScheme=appearance.scheme(),
        children=[
            dcc.Location(id=ids.LOCATION, refresh="callback-nav"),
            dcc.Store(id=ids.NONCE, data=secrets.token_hex(8)),
            dcc.Store(id=ids.TITLED),
            dcc.Store(id=ids.TITLES, data={path: page.title for path, page in PAGES.items()}),
            dcc.Interval(id=ids.TICK, interval=NAV_EVERY),
            *(dcc.Store(id=id) for id in (ids.PULSE, ids.PACED)),
            *launch_requests.stores(),
            dmc.NotificationContainer(
                id=ids.NOTICES,
                position="bottom-right",
                autoClose=6000,
                limit=4,
                sendNotifications=_first_notices(),
            ),
            helping.panel(),
            html.A("Skip to the page", href=f"#{ids.PAGE}", className="ls-skip"),
            html.Header(_header(), className="ls-header"),
            html.Main(id=ids.PAGE, className="ls-page", tabIndex="-1"),
        ],
    )


def _first_notices() -> list[dict[str, Any]]:
    """What is said when the page opens: that it has no 3-D figures, where it has none."""
    if not appearance.flat():
        return []
    return [notice | {"autoClose": 15_000} for notice in controls.notice(appearance.FLAT)]


def _header() -> list[Any]:
    brand = [
        html.Span(className="ls-brand-mark"),
        html.Span(TITLE, className="ls-brand-name"),
    ]
    links = [_link(path, page) for path, page in PAGES.items() if page.navigation]
    return [
        html.Button(
            "Controls",
            id=ids.RAIL_OPEN,
            className="ls-rail-open",
            type="button",
            **{"aria-expanded": "false", "aria-controls": ids.RAIL},
        ),
        dcc.Link(brand, href=addresses.at("/"), className="ls-brand"),
        html.Button(
            "Pages",
            id=ids.NAV_OPEN,
            className="ls-nav-open",
            type="button",
            **{"aria-expanded": "false", "aria-controls": ids.NAV},
        ),
        html.Nav(links, id=ids.NAV, className="ls-nav", **{"aria-label": "Pages"}),
        html.Div(id=ids.HEADER_SLOT, className="ls-header-slot"),
        *_looking(),
        html.Div(_tools(), className="ls-header-tools"),
    ]


def _link(path: str, page: Page) -> Any:
    live = [html.Span(id=ids.NAV_LIVE)] if path == "/jobs" else []
    return dcc.Link(
        [page.title, *live],
        href=addresses.at(path),
        className="ls-nav-link",
        refresh=bool(page.library),
    )


def _looking() -> list[Any]:
    """That nothing can be changed here, for who may only look."""
    if access.may_change():
        return []
    return [controls.badge("looking only", "wait", access.NO_CHANGE)]


def _tools() -> list[Any]:
    return [
        dmc.ActionIcon(
            html.Span("Aa", **{"aria-hidden": "true"}),
            id=ids.PRESENTATION,
            variant="default",
            size=30,
            className="ls-presentation",
            **{"aria-label": "Larger, for a presentation", "aria-pressed": "false"},
        ),
        dmc.ActionIcon(
            html.Span(className="ls-icon ls-icon-help"),
            id=ids.HELP_OPEN,
            variant="default",
            size=30,
            **{"aria-label": "Help"},
        ),
        dmc.ColorSchemeToggle(
            id=ids.SCHEME,
            lightIcon=html.Span(className="ls-icon ls-icon-sun"),
            darkIcon=html.Span(className="ls-icon ls-icon-moon"),
            variant="default",
            size=30,
            **{"aria-label": "Light or dark"},
        ),
    ]


def register(app: Dash, context: Context) -> None:
    """The router, the count of live jobs, the scripts, help, and the launch slots."""

    @app.callback(
        Output(ids.HEADER_SLOT, "children"),
        Output(ids.PAGE, "children"),
        Input(ids.LOCATION, "pathname"),
        Input(ids.REVISIT, "data"),
        State(ids.LOCATION, "search"),
    )
    def route(pathname: str | None, _: int | None, search: str | None) -> Rendered:
        return render(context, addresses.path_of(pathname), search or "")

    @app.callback(
        Output(ids.NAV_LIVE, "children"),
        Output(ids.PULSE, "data"),
        Input(ids.TICK, "n_intervals"),
        State(ids.PULSE, "data"),
    )
    def live(_: int | None, seen: Any) -> tuple[str, dict[str, Any]]:
        count, token = len(context.board.live()), job_parts.token(context.board, [])["all"]
        pulse = {"live": bool(count), "token": token}
        if pulse == seen:
            raise PreventUpdate
        return str(count) if count else "", pulse

    _scripts(app)
    helping.register(app)
    checks_mark.register(app, context)
    deletion.register(app, context)
    side_rail.register(app, context)
    buttons.job_buttons(app, context)
    launch_requests.register(app)
    gallery.register(app)


def _scripts(app: Dash) -> None:
    """The page marked in the navigation, and the colour scheme's cookie."""
    app.clientside_callback(
        ClientsideFunction("shell", "markPage"),
        Input(ids.LOCATION, "pathname"),
        State(ids.TITLES, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "titled"),
        Output(ids.TITLED, "data"),
        Input(ids.SHOWN, "data"),
        State(ids.TITLES, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "followed"),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input(ids.FOLLOWED, "data"),
        prevent_initial_call="initial_duplicate",
    )
    app.clientside_callback(
        ClientsideFunction("shell", "paced"),
        Output(ids.PACED, "data"),
        Input(ids.TICK, "n_intervals"),
        Input(ids.PULSE, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "keepScheme"), Input(ids.SCHEME, "computedColorScheme")
    )


def render(context: Context, pathname: str, search: str) -> Rendered:
    """(header slot, page) for a path; a fault that has words is shown in the page's place."""
    context.board.entries(now=True)  # an opened page shows what is there now
    page = PAGES.get(pathname)
    if page is None:
        return None, empty.unknown(pathname)
    if page.needs_runs and all(entry.results_only for entry in context.board.entries()):
        return None, empty.layout(context)
    query = {**addresses.parsed(search), **page.query}
    try:
        header = page_table.load(pathname, "header")(context, query) if page.header else None
        return header, page_table.load(pathname, "layout")(context, query)
    except LandscapeError as error:
        return None, empty.fault(str(error))
