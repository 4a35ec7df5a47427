"""What happens on the page Surface when a control changes, time passes, a surface is asked for, or
the table is taken away.
"""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common import address_line, launch_requests, run_stamps
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.launch.records import LaunchRequest
from landscape_app.dashboard.surface import (
    cards,
    choice,
    drawing,
    ids,
    legend,
    rail,
    reading,
    table,
)
from landscape_app.dashboard.surface.choice import Choice
from landscape_app.dashboard.surface.reading import Seen
from landscape_app.errors import LandscapeError
from landscape_app.figures.colours import COLOURS
from landscape_app.registries import PLANES
from landscape_app.settings import SurfaceSpec, parse

EVERY = 1500  # ms between looks at the folders' times of modification
CONTROLS = (ids.RUNS, ids.KIND, ids.VALUE, ids.HEIGHTS, ids.POINTS, ids.EXTENT)
STANDS = tuple(State(id, "value") for id in CONTROLS)
BUTTONS = {"type": "surface-compute", "run": ALL}  # ids.compute of every card
REPAINTS = (ids.VALUE, ids.HEIGHTS, shell.SCHEME)  # … change figures, and no card


def register(app: Dash, context: Context) -> None:
    """Registers everything of the page."""
    _redraw(app, context)
    _computing(app, context)
    _away(app, context)
    address_line.register(
        app, *(Input(id, "value") for id in (ids.RUNS, ids.KIND, ids.VALUE, ids.HEIGHTS))
    )


def _redraw(app: Dash, context: Context) -> None:
    @app.callback(
        Output(ids.GRID, "children"),
        Output(ids.graph(ALL), "figure"),
        Output(ids.words(ALL), "children"),
        Output(ids.LEGEND, "children"),
        Output(ids.KIND_HELP, "children"),
        Output(ids.HEIGHTS, "disabled"),
        Output(ids.SAVE, "disabled"),
        Output(ids.SEEN, "data"),
        Input(ids.TICK, "n_intervals"),
        Input(shell.SCHEME, "computedColorScheme"),
        *(Input(id, "value") for id in CONTROLS),
        State(ids.SEEN, "data"),
        prevent_initial_call=True,
    )
    def redraw(_: int | None, scheme: str | None, *values: Any) -> Any:
        *controls, token = values
        chosen = chosen_of(controls, scheme)
        changed = {one["prop_id"].rpartition(".")[0] for one in ctx.triggered} - {ids.TICK}
        token = token if isinstance(token, dict) else {}
        if not changed and run_stamps.stamp(context, chosen.runs) == token.get("states"):
            raise PreventUpdate
        graphs, spoken = ([one["id"]["name"] for one in group] for group in ctx.outputs_list[1:3])
        return redrawn(
            reading.read(context, chosen),
            token,
            graphs,
            spoken,
            repaint=bool(changed & set(REPAINTS)),
        )


def redrawn(
    seen: Seen, token: dict[str, str], graphs: list[str], spoken: list[str], *, repaint: bool
) -> tuple[Any, ...]:
    """All cards where there is another one, else the figures that a control changed, and every
    word.
    """
    rest = (
        legend.legend(seen),
        PLANES[seen.choice.kind].help,
        not COLOURS[seen.choice.value].log,
        not seen.drawn,
        seen.token,
    )
    if seen.token["cards"] != token.get("cards"):
        return cards.grid(seen), [no_update] * len(graphs), [no_update] * len(spoken), *rest
    drawn = drawing.figures(seen, graphs if repaint else [])
    said = cards.captions(seen, drawing.names(seen))
    return (
        no_update,
        [drawn.get(name, no_update) for name in graphs],
        [said.get(name, no_update) for name in spoken],
        *rest,
    )


def chosen_of(controls: list[Any], scheme: Any) -> Choice:
    """The choice that the controls stand at; a request that no control could have sent changes
    nothing.
    """
    runs, kind, value, heights, points, extent = controls
    try:
        return choice.of_values(
            runs if runs is not None else [], kind, value, heights, scheme, points, extent
        )
    except LandscapeError as error:
        raise PreventUpdate from error


def _computing(app: Dash, context: Context) -> None:
    @app.callback(
        Output(ids.COMPUTE, "children"),
        Output(ids.COMPUTE, "disabled"),
        Output(ids.COMPUTE_NOTE, "children"),
        Input(ids.SEEN, "data"),
        Input(ids.POINTS, "value"),
        Input(ids.EXTENT, "value"),
        *(State(id, "value") for id in CONTROLS[:4]),
    )
    def offer(_: Any, points: Any, extent: Any, *values: Any) -> Any:
        seen = reading.read(context, chosen_of([*values, points, extent], None))
        return rail.computing(seen, points, extent)

    @app.callback(
        Output(shell.request("compare"), "data", allow_duplicate=True),
        Output(ids.COMPUTE, "loading"),
        Output(BUTTONS, "loading"),
        Input(ids.COMPUTE, "n_clicks"),
        Input(BUTTONS, "n_clicks"),
        *STANDS,
        State(shell.NONCE, "data"),
        prevent_initial_call=True,
    )
    def compute(_: int | None, __: list[int | None], *values: Any) -> Any:
        *controls, nonce = values
        asked = ctx.triggered_id
        if not ctx.triggered or not ctx.triggered[0]["value"]:
            raise PreventUpdate  # a card was drawn, nothing was clicked
        seen = reading.read(context, chosen_of(controls, None))
        only = str(asked["run"]) if isinstance(asked, dict) else None
        wanted = request(seen, controls[4], controls[5], str(nonce), only=only)
        buttons = [one["id"]["run"] in wanted["ids"] for one in ctx.outputs_list[2]]
        return wanted, only is None, buttons


def request(
    seen: Seen, points: Any, extent: Any, nonce: str, *, only: str | None = None
) -> LaunchRequest:
    """What is asked to be launched: the surface of `only`, or of every run shown that lacks it.
    Nothing where the grid is none.
    """
    try:
        spec = parse(SurfaceSpec, {"kind": seen.choice.kind, "points": points, "extent": extent})
    except LandscapeError as error:
        raise PreventUpdate from error
    wanted = [only] if only is not None else rail.wanting(seen, spec)
    if not wanted:
        raise PreventUpdate
    return launch_requests.ask(
        nonce,
        "surface",
        ids=wanted,
        kind=spec.kind,
        points=spec.points,
        extent=spec.extent,
        place="surface",
    )


def _away(app: Dash, context: Context) -> None:
    @app.callback(
        Output(ids.CSV, "data"), Input(ids.SAVE, "n_clicks"), *STANDS, prevent_initial_call=True
    )
    def save(clicks: int | None, *values: Any) -> Any:
        seen = reading.read(context, chosen_of(list(values), None))
        if not clicks or not seen.drawn:
            raise PreventUpdate
        return dcc.send_string(table.text(seen), table.name(seen))
