"""What happens on the page Surface when a control changes, time passes, a surface is asked for, or
the table is taken away.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.appearance import flat
from landscape_app.dashboard.common import (
    addresses,
    buttons,
    launch_requests,
    run_view,
)
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.launch.records import LaunchRequest
from landscape_app.dashboard.surface import (
    captions,
    cards,
    choice,
    figures,
    ids,
    rail,
    table,
    view,
)
from landscape_app.dashboard.surface.choice import SurfaceChoice
from landscape_app.dashboard.surface.view import SurfaceView
from landscape_app.errors import LandscapeError
from landscape_app.figures.colours import COLOURS
from landscape_app.registries import PLANES
from landscape_app.settings import SurfaceSpec, parse

EVERY = 1500  # ms between looks at the folders' times of modification
CONTROLS = (ids.RUNS, ids.KIND, ids.VALUE, ids.HEIGHTS, ids.POINTS, ids.EXTENT)
STANDS = tuple(State(id, "value") for id in CONTROLS)
REPAINTS = (ids.VALUE, ids.HEIGHTS, shell.SCHEME)  # … change figures, and no card
DRAWN = (
    Output(ids.GRID, "children"),
    Output(ids.graph(ALL), "figure"),
    Output(ids.words(ALL), "children"),
    Output(ids.LEGEND, "children"),
    Output(ids.KIND_HELP, "children"),
    Output(ids.HEIGHTS, "disabled"),
    Output(ids.SAVE, "disabled"),
    Output(ids.SEEN, "data"),
    Output(ids.COMPUTE, "children"),
    Output(ids.COMPUTE, "disabled"),
    Output(ids.COMPUTE_NOTE, "children"),
)


def register(app: Dash, context: Context) -> None:
    """Registers everything of the page."""
    _redraw(app, context)
    buttons.run_buttons(app, ids.COMPUTE, list(STANDS), partial(_asked, context))
    _save(app, context)
    addresses.follow(
        app, *(Input(id, "value") for id in (ids.RUNS, ids.KIND, ids.VALUE, ids.HEIGHTS))
    )


def _redraw(app: Dash, context: Context) -> None:
    """Cards, figures and words of what the controls stand at."""

    def redraw(_: int | None, scheme: str | None, *values: Any) -> Any:
        *controls, token = values
        chosen = _chosen(controls, scheme)
        changed = {change["prop_id"].rpartition(".")[0] for change in ctx.triggered} - {ids.TICK}
        token = token if isinstance(token, dict) else {}
        if not changed and run_view.stamp(context, chosen.runs) == token.get("states"):
            raise PreventUpdate
        graphs, spoken = (
            [output["id"]["name"] for output in outputs] for outputs in ctx.outputs_list[1:3]
        )
        surfaces, repaint = view.read(context, chosen), bool(changed & set(REPAINTS))
        return (
            *_redrawn(surfaces, token, graphs, spoken, repaint=repaint),
            *rail.computing(surfaces, *controls[4:]),
        )

    app.callback(
        *DRAWN,
        Input(ids.TICK, "n_intervals"),
        Input(shell.SCHEME, "computedColorScheme"),
        *(Input(id, "value") for id in CONTROLS),
        State(ids.SEEN, "data"),
        prevent_initial_call=True,
    )(redraw)


def _redrawn(
    surfaces: SurfaceView,
    token: dict[str, str],
    graphs: list[str],
    spoken: list[str],
    *,
    repaint: bool,
) -> tuple[Any, ...]:
    """All cards where there is another one, else the figures that a control changed, and every
    word.
    """
    rest = (
        cards.legend(surfaces),
        PLANES[surfaces.choice.kind].help,
        not COLOURS[surfaces.choice.value].log,
        not surfaces.drawn,
        surfaces.token,
    )
    if surfaces.token["cards"] != token.get("cards"):
        unchanged = [no_update] * len(graphs), [no_update] * len(spoken)
        return cards.grid(surfaces), *unchanged, *rest
    drawn = figures.figures(surfaces, graphs if repaint else [])
    words = captions.captions(surfaces, figures.names(surfaces))
    return (
        no_update,
        [drawn.get(name, no_update) for name in graphs],
        [words.get(name, no_update) for name in spoken],
        *rest,
    )


def _chosen(controls: list[Any], scheme: Any) -> SurfaceChoice:
    """The choice that the controls stand at; a request that no control could have sent changes
    nothing.
    """
    runs, kind, value, heights, points, extent = controls
    try:
        chosen = choice.of_values(
            runs if runs is not None else [], kind, value, heights, scheme, points, extent
        )
        return replace(chosen, flat=flat())
    except LandscapeError as error:
        raise PreventUpdate from error


def _asked(context: Context, controls: list[Any], nonce: str, only: str | None) -> LaunchRequest:
    """What a click asks for: the surface of `only`, or of every run shown that lacks it."""
    surfaces = view.read(context, _chosen(controls, None))
    kind, points, extent = surfaces.choice.kind, *controls[4:]
    try:
        spec = parse(SurfaceSpec, {"kind": kind, "points": points, "extent": extent})
    except LandscapeError as error:
        raise PreventUpdate from error
    wanted = [only] if only is not None else rail.wanting(surfaces, spec)
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


def _save(app: Dash, context: Context) -> None:
    """What is shown as a file."""

    def save(clicks: int | None, *values: Any) -> Any:
        surfaces = view.read(context, _chosen(list(values), None))
        if not clicks or not surfaces.drawn:
            raise PreventUpdate
        return dcc.send_string(table.text(surfaces), table.name(surfaces))

    app.callback(
        Output(ids.CSV, "data"), Input(ids.SAVE, "n_clicks"), *STANDS, prevent_initial_call=True
    )(save)
