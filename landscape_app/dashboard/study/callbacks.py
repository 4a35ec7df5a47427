"""What happens on the page Study when a study is chosen, a control changes, a point is picked, or
time passes.
"""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common import address_line
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.study import (
    cards,
    choice,
    definitions,
    drawing,
    form_callbacks,
    ids,
    rail,
    reading,
    tables,
    words,
    written,
)

EVERY = 1500  # ms between looks at the folders' times of modification
CONTROLS = (ids.MEASURE, ids.STRATUM, ids.COLOUR, ids.GAP, ids.BELOW)


def register(app: Dash, context: Context) -> None:
    """Registers everything of the page and of its form."""
    _turn(app, context)
    _show(app, context)
    _away(app, context)
    form_callbacks.register(app, context)
    app.clientside_callback(
        ClientsideFunction("study", "toggle"),
        Output(ids.TRAY, "data"),
        Input(ids.PICKED, "data"),
        State(ids.TRAY, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("study", "table"), Output(ids.DRAWN, "data"), Input(ids.TABLE, "data")
    )
    address_line.register(
        app,
        Input(ids.NAME, "value"),
        *(Input(id, "value") for id in CONTROLS),
        Input(ids.TRAY, "data"),
    )


def _turn(app: Dash, context: Context) -> None:
    @app.callback(
        Output(ids.NAME, "data"),
        Output(ids.STATE, "children"),
        Output(ids.RAIL, "children"),
        Output(ids.MAIN, "children"),
        Output(ids.NOTHING, "children"),
        Output(ids.SEEN, "data"),
        Input(ids.NAME, "value"),
        Input(ids.TICK, "n_intervals"),
        State(ids.SEEN, "data"),
        State(shell.SCHEME, "computedColorScheme"),
        State(shell.LOCATION, "search"),
        *(State(id, "value") for id in CONTROLS),
        State(ids.TRAY, "data"),
        prevent_initial_call=True,
    )
    def turn(name: Any, _: int | None, token: Any, scheme: Any, __: Any, *values: Any) -> Any:
        *stands, tray = values
        return turned(
            context,
            name,
            stands,
            tray,
            scheme,
            token if isinstance(token, dict) else {},
            another=ctx.triggered_id == ids.NAME,
        )


def turned(
    context: Context,
    name: Any,
    stands: Any,
    tray: Any,
    scheme: Any,
    token: dict[str, str],
    *,
    another: bool,
) -> tuple[Any, ...]:
    """(studies, state, rail, cards, token): everything for another study or other results, else
    what its job does, else nothing.
    """
    if another:
        context.board.entries(now=True)
    # another study is looked at in the same way
    seen = reading.read(context, chosen(name, stands, tray, scheme))
    if another or seen.token["results"] != token.get("results"):
        known = definitions.known(context, seen)
        return (
            rail.options(seen),
            rail.state(seen),
            rail.controls(seen),
            cards.main(seen, known),
            no_update,
            seen.token,
        )
    if seen.token["state"] == token.get("state"):
        raise PreventUpdate
    alone = cards.nothing(seen) if seen.table is None else no_update
    return no_update, rail.state(seen), no_update, no_update, alone, seen.token


def chosen(name: Any, stands: Any, tray: Any, scheme: Any) -> choice.Choice:
    """The choice that the controls stand at."""
    measure, stratum, colour, gap, below = stands
    return choice.of_values(name, measure, stratum, colour, gap, below, runs=tray, scheme=scheme)


def _away(app: Dash, context: Context) -> None:
    @app.callback(
        Output(ids.CSV, "data"),
        Input(ids.SAVE, "n_clicks"),
        *(State(id, "value") for id in (ids.NAME, *CONTROLS)),
        prevent_initial_call=True,
    )
    def save(clicks: int | None, name: Any, *stands: Any) -> Any:
        seen = reading.read(context, chosen(name, stands, (), None))
        if not clicks or seen.table is None:
            raise PreventUpdate
        return dcc.send_string(written.text(seen), written.name(seen))


SHOWN = (
    Output(ids.RANKING, "figure"),
    Output(ids.RANKING_STATE, "children"),
    Output(f"{ids.RANKING}-foot", "children"),
    Output(ids.RANKING_WORDS, "children"),
    Output(ids.MEASURE, "data"),
    Output(ids.SCATTER, "figure"),
    Output(ids.SCATTER_HEAD, "children"),
    Output(ids.ABOUT, "data-tip"),
    Output(ids.SCATTER_WORDS, "children"),
    Output(ids.SCATTER_SUMMARY, "children"),
    Output(f"{ids.STRATUM}-help", "children"),
    Output(ids.STRATUM, "data"),
    Output(ids.TABLE, "data"),
    Output(ids.TABLE_WORDS, "children"),
    Output(ids.TABLE_SAID, "children"),
    Output(ids.TRAY_LIST, "children"),
)


def _show(app: Dash, context: Context) -> None:
    @app.callback(
        *SHOWN,
        *(Input(id, "value") for id in CONTROLS),
        Input(ids.TRAY, "data"),
        Input(shell.SCHEME, "computedColorScheme"),
        State(ids.NAME, "value"),
        prevent_initial_call=True,
    )
    def show(*values: Any) -> Any:
        *stands, tray, scheme, name = values
        seen = reading.read(context, chosen(name, stands, tray, scheme))
        return shown(context, seen)


def shown(context: Context, seen: reading.Seen) -> tuple[Any, ...]:
    """Figures, words and table of what the controls stand at, in the order of SHOWN."""
    known = definitions.known(context, seen)
    data = tables.below(seen, known)
    return (
        drawing.ranked(seen, known),
        cards.ranking_state(seen),
        cards.ranking_foot(seen),
        words.ranking_summary(seen),
        cards.options(seen),
        drawing.scattered(seen, known),
        words.head(seen),
        cards.about(seen, known),
        cards.scatter_words(seen),
        words.scatter_summary(seen),
        words.stratum_help(seen),
        words.strata(seen),
        data,
        data["caption"],
        data["said"],
        rail.tray(seen.choice.runs),
    )
