"""What happens when a control changes, time passes, or something is picked."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.appearance import flat, scheme
from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import (
    cards,
    choice,
    colour_columns,
    details,
    figure_stream,
    finding_line,
    grid,
    header,
    ids,
    joining,
    measures,
    messages,
    on_demand,
    share,
)
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.dashboard.explore.compared import compared
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.stores import KnownToScripts, Pick, known
from landscape_app.dashboard.launch.records import MOST_COMPARED, LaunchRequest
from landscape_app.errors import LandscapeError

# {id: its name in choice.SHOWN}, in that order
CONTROLS = {
    ids.METHOD: "method",
    ids.DIMS: "dims",
    ids.JOINT_DIMS: "joint_dims",
    ids.COLOUR: "colour",
    ids.FILTRATION: "filtration",
    ids.DISTANCE: "distance",
    ids.PART: "part",
    ids.CURVE: "curve",
    ids.SAMPLING: "sampling",
}
# what the page shows: the runs, and the value of each control
SHOWN = (State(ids.RUNS, "data"), *(State(id, "value") for id in CONTROLS))
# ms between looks at the folders, while something is unfinished and when all is done
QUICK, SLOW = 2000, 600_000


def register(app: Dash, context: Context) -> None:
    """Registers everything of Explore."""
    _redraw(app, context)
    _runs(app, context)
    _answers(app, context)
    _launches(app, context)
    _clientside(app)
    share.register(app, context, SHOWN)
    figure_stream.register(app, context)
    colour_columns.register(app, context)


def _redraw(app: Dash, context: Context) -> None:
    @app.callback(
        Output(ids.graph(ALL), "figure"),
        Output(ids.words(ALL), "children"),
        Output(ids.MEASURES, "data"),
        Output(ids.LEGEND, "children"),
        Output(ids.NOTE, "children"),
        Output(ids.FINDING, "children"),
        Output(ids.GRID, "className"),
        Output(ids.KNOWN, "data"),
        Output(ids.SEEN, "data"),
        Output(ids.TICK, "interval"),
        Output(ids.DETAILS, "children", allow_duplicate=True),
        Input(ids.TICK, "n_intervals"),
        State(ids.RUNS, "data"),
        State(ids.SEEN, "data"),
        State(ids.PICK, "data"),
        *(Input(id, "value") for id in CONTROLS),
        prevent_initial_call=True,
    )
    def redraw(
        _: int | None, runs: list[str], seen: Mapping[str, str], pick: Pick | None, *values: str
    ) -> Any:
        chosen, changed = choose(runs, values), _changed(seen, values)
        if not changed and joining.token(context, chosen.runs) == seen.get("token"):
            raise PreventUpdate
        comparison = compared(context, chosen)
        graphs, spoken = ([output["id"]["name"] for output in ctx.outputs_list[i]] for i in (0, 1))
        alone = changed == {"colour"} and comparison.token == seen.get("token")
        if alone:
            return *recoloured(comparison, graphs, spoken, seen), no_update
        drawn = redrawn(comparison, graphs, spoken, changed, seen)
        return *drawn, details.details(pick, comparison)


def _changed(seen: Mapping[str, str], values: Sequence[str]) -> set[str]:
    """Names of the controls that stand at another value than what was drawn. A page that is put in
    place triggers every control once: what triggered says nothing.
    """
    named = zip(CONTROLS.values(), values, strict=True)
    return {name for name, value in named if seen.get(name) != value}


def seen_now(comparison: Comparison, without: Collection[str] = ()) -> dict[str, Any]:
    """What the page shows when this is drawn: the token of the folders, what each figure is made
    of, and the value of each control. without: figures that could not be drawn, and are tried again
    at the next redraw.
    """
    made = {name: made for name, made in cards.stamps(comparison).items() if name not in without}
    values = {name: str(getattr(comparison.view, name)) for name in CONTROLS.values()}
    return {"token": comparison.token, "made": made, **values}


def known_now(comparison: Comparison) -> KnownToScripts:
    """What the scripts know of this comparison, and where they get the rest."""
    return known(comparison, figure_stream.address(comparison), colour_columns.address(comparison))


def choose(runs: Sequence[str], values: Sequence[str]) -> ExploreChoice:
    """The choice that the controls stand at."""
    chosen = tuple(str(run) for run in runs)[:MOST_COMPARED]
    return ExploreChoice(chosen, choice.view_of(values, scheme(), flat=flat()))


def redrawn(
    comparison: Comparison,
    graphs: list[str],
    spoken: list[str],
    changed: set[str],
    seen: Mapping[str, Any],
) -> tuple[Any, ...]:
    """Figures that a changed control affects or that are made of something else; every word. Those
    that are still to come (`graphs` are there) come by figure_stream.
    """
    wanted = set(cards.changed(comparison, seen, changed)) & set(graphs)
    drawn = cards.pictures(comparison, wanted)
    faults = {name: picture.fault for name, picture in drawn.items() if picture.fault}
    words = cards.captions(comparison)
    words |= {f"{name}-state": messages.message(fault) for name, fault in faults.items()}
    return (
        [drawn[name].figure if name in drawn else no_update for name in graphs],
        [words.get(name, no_update) for name in spoken],
        cards.attempt("measures", partial(measures.table, comparison), lambda why: no_update),
        header.legend(comparison),
        words["note"],
        finding_line.content(comparison),
        grid.arrangement(comparison),
        known_now(comparison),
        seen_now(comparison, without=faults),
        QUICK if comparison.unfinished else SLOW,
    )


def recoloured(
    comparison: Comparison, graphs: list[str], spoken: list[str], seen: Mapping[str, Any]
) -> tuple[Any, ...]:
    """As `redrawn` where nothing but the colour is another one: the page changes most of it itself
    (assets/recolour.js), and the rest is as it was.
    """
    wanted = set(cards.asking(comparison, {"colour"}, seen.get("colour")))
    drawn = cards.pictures(comparison, wanted & set(graphs))
    words = cards.captions(comparison, wanted)
    return (
        [drawn[name].figure if name in drawn else no_update for name in graphs],
        [words.get(name, no_update) for name in spoken],
        no_update,
        header.legend(comparison),
        words["note"],
        *(no_update,) * 2,
        known_now(comparison),
        seen_now(comparison),
        no_update,
    )


def _runs(app: Dash, context: Context) -> None:
    """Another set of runs is another address; the page is drawn anew, its controls as they are."""

    @app.callback(
        Output(shell.LOCATION, "search", allow_duplicate=True),
        Input({"type": "remove-run", "run": ALL}, "n_clicks"),
        Input({"type": "add-run", "run": ALL}, "n_clicks"),
        *SHOWN,
        prevent_initial_call=True,
    )
    def change(_: list[int | None], __: list[int | None], runs: list[str], *values: str) -> Any:
        asked = ctx.triggered_id
        if not isinstance(asked, Mapping) or not ctx.triggered[0]["value"]:
            raise PreventUpdate
        if asked["type"] == "remove-run":
            now = [run for run in runs if run != asked["run"]]
        else:
            now = added(context, runs, str(asked["run"]))
        return "?" + choose(now, values).query()

    @app.callback(
        Output(shell.REVISIT, "data", allow_duplicate=True),
        Input(shell.LOCATION, "search"),
        State(ids.RUNS, "data", allow_optional=True),  # the other pages have none
        prevent_initial_call=True,
    )
    def visit(search: str | None, runs: list[str] | None) -> Any:
        asked = addresses.run_ids(addresses.parsed(search))
        if runs is None or not asked or asked == runs:
            raise PreventUpdate
        return time.time_ns()


def added(context: Context, runs: list[str], id: str) -> list[str]:
    """`runs` with the run `id`, or the runs of the study `id` in their place."""
    entry = context.board.find(id)
    members = entry.runs if entry is not None else ()
    return list(members[:MOST_COMPARED]) or [*runs, id]


def _answers(app: Dash, context: Context) -> None:
    @app.callback(
        Output(ids.DETAILS, "children"),
        Input(ids.PICK, "data"),
        *SHOWN,
        prevent_initial_call=True,
    )
    def picked(pick: Pick | None, runs: list[str], *values: str) -> Any:
        try:
            return details.details(pick, compared(context, choose(runs, values)))
        except LandscapeError as error:
            return str(error)

    @app.callback(
        Output(ids.twin(MATCH), "children"),
        Input(ids.twin_open(MATCH), "n_clicks"),
        *SHOWN,
        prevent_initial_call=True,
    )
    def table(clicks: int | None, runs: list[str], *values: str) -> Any:
        if not clicks or clicks % 2 == 0:  # every second click shows the figure again
            return None
        comparison = compared(context, choose(runs, values))
        return cards.twin(ctx.triggered_id["name"], comparison)


def _launches(app: Dash, context: Context) -> None:
    """The buttons that have something computed; the strip follows what they start."""
    slot = shell.request("compare")

    def button(id: str, ask: Callable[[Comparison, str], LaunchRequest], **how: Any) -> None:
        @app.callback(
            Output(slot, "data", **how),
            Output(id, "loading"),
            Input(id, "n_clicks"),
            State(shell.NONCE, "data"),
            *SHOWN,
            prevent_initial_call=True,
        )
        def launch(clicks: int | None, nonce: str, runs: list[str], *values: str) -> Any:
            if not clicks:
                raise PreventUpdate
            return ask(compared(context, choose(runs, values)), nonce), True

    button(ids.COMPARE, partial(on_demand.request, all=True))
    button(ids.COMPUTE, partial(on_demand.request, all=False), allow_duplicate=True)
    button(ids.CURVATURE, on_demand.curvature, allow_duplicate=True)


def _clientside(app: Dash) -> None:
    """What needs no server: see assets/link.js, player.js, recolour.js and repaint.js."""

    def script(name: str, *arguments: Any, **how: Any) -> None:
        app.clientside_callback(ClientsideFunction("explore", name), *arguments, **how)

    def values(*controls: str) -> list[Input]:
        return [Input(id, "value") for id in controls]

    # RUNS is what no callback writes: of inputs that one does, and then leaves as they are, the
    # renderer makes no first call.
    runs = Input(ids.RUNS, "data")
    linked = State(ids.LINKED, "data")
    script("learn", Output(ids.LEARNT, "data"), Input(ids.KNOWN, "data"), runs, linked)
    script("measures", Output(ids.LISTED, "data"), Input(ids.MEASURES, "data"), runs)
    script("filter", Output(ids.FILTER, "data"), *values(ids.SEEDS, ids.STEPS, ids.EPOCHS))
    addresses.follow(app, runs, *values(*CONTROLS))
    script("switched", Output(ids.SWITCHED, "data"), *values(*CONTROLS), runs)
    script("tabled", Input(ids.twin(ALL), "children"), prevent_initial_call=True)
    script("turned", *values(ids.FILTRATION, ids.DISTANCE), prevent_initial_call=True)
    script(
        "repaint",
        Output(ids.graph(ALL), "figure", allow_duplicate=True),
        Input(shell.SCHEME, "computedColorScheme"),
        State(ids.graph(ALL), "id"),
        prevent_initial_call=True,
    )
