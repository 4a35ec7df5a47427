"""What happens when a control changes, time passes, or something is picked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.appearance import scheme
from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import (
    cards,
    choice,
    details,
    embedding_text,
    header,
    ids,
    joining,
    measures,
    on_demand,
    reading,
)
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.stores import Pick, known
from landscape_app.dashboard.launch.records import MOST_COMPARED, LaunchRequest
from landscape_app.errors import LandscapeError

# In the order of choice.SHOWN.
CONTROLS = dict(
    zip(
        (ids.METHOD, ids.DIMS, ids.COLOUR, ids.FILTRATION, ids.DISTANCE, ids.PART),
        choice.SHOWN,
        strict=True,
    )
)
VIEW = tuple(State(id, "value") for id in CONTROLS)
# ms between looks at the folders, while something is unfinished and when all is done
QUICK, SLOW = 2000, 8000


def register(app: Dash, context: Context) -> None:
    """Registers everything of Explore."""
    _redraw(app, context)
    _runs(app, context)
    _answers(app, context)
    _launches(app, context)
    _clientside(app)


def _redraw(app: Dash, context: Context) -> None:
    @app.callback(
        Output(ids.graph(ALL), "figure"),
        Output(ids.words(ALL), "children"),
        Output(ids.FACTS, "children"),
        Output(ids.MEASURES, "data"),
        Output(ids.LEGEND, "children"),
        Output(ids.NOTE, "children"),
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
        _: int | None,
        runs: list[str],
        seen: Mapping[str, str],
        pick: Pick | None,
        *values: str,
    ) -> Any:
        chosen, changed = choose(runs, list(values)), _changed(seen, values)
        if not changed and joining.token(context, chosen.runs) == seen.get("token"):
            raise PreventUpdate
        comparison = reading.read(context, chosen)
        graphs, spoken = ([output["id"]["name"] for output in ctx.outputs_list[i]] for i in (0, 1))
        drawn = redrawn(comparison, graphs, spoken, changed, seen)
        return *drawn, details.details(pick, comparison)


def _changed(seen: Mapping[str, str], values: Sequence[str]) -> set[str]:
    """Names of the controls that stand at another value than what was drawn. What the page shows
    decides, not what triggered: a page that is put in place triggers every control once.
    """
    named = zip(CONTROLS.values(), values, strict=True)
    return {name for name, value in named if seen.get(name) != value}


def seen_now(comparison: Comparison) -> dict[str, Any]:
    """What the page shows when this is drawn: the token of the folders, what each figure is made
    of, and the value of each control.
    """
    values = {name: str(getattr(comparison.view, name)) for name in CONTROLS.values()}
    return {"token": comparison.token, "made": cards.stamps(comparison), **values}


def choose(runs: list[str], values: list[str]) -> ExploreChoice:
    """The choice that the controls stand at."""
    return ExploreChoice(
        tuple(str(run) for run in runs)[:MOST_COMPARED], choice.view_of(values, scheme())
    )


def redrawn(
    comparison: Comparison,
    graphs: list[str],
    spoken: list[str],
    changed: set[str],
    seen: Mapping[str, Any],
) -> tuple[Any, ...]:
    """Figures that the changed controls affect or that are now made of something else, and every
    word.
    """
    before = seen.get("made") or {}
    drawn = cards.figures(comparison, cards.changed(comparison, before, changed))
    words = cards.captions(comparison)
    return (
        [drawn.get(name, no_update) for name in graphs],
        [words.get(name, no_update) for name in spoken],
        embedding_text.facts(comparison),
        measures.table(comparison),
        header.legend(comparison),
        words["note"],
        known(comparison),
        seen_now(comparison),
        QUICK if comparison.unfinished else SLOW,
    )


def _runs(app: Dash, context: Context) -> None:
    """Another set of runs is another address; the page is then drawn anew, with the camera and the
    controls as they are.
    """

    @app.callback(
        Output(shell.LOCATION, "search", allow_duplicate=True),
        Input({"type": "remove-run", "run": ALL}, "n_clicks"),
        Input({"type": "add-run", "run": ALL}, "n_clicks"),
        State(ids.RUNS, "data"),
        *VIEW,
        prevent_initial_call=True,
    )
    def change(_: list[int | None], __: list[int | None], runs: list[str], *values: str) -> Any:
        asked = ctx.triggered_id
        if not isinstance(asked, Mapping) or not ctx.triggered[0]["value"]:
            raise PreventUpdate
        now = (
            [run for run in runs if run != asked["run"]]
            if asked["type"] == "remove-run"
            else added(context, runs, str(asked["run"]))
        )
        return "?" + choose(now, list(values)).query()

    @app.callback(
        Output(shell.REVISIT, "data", allow_duplicate=True),
        Input(shell.LOCATION, "search"),
        State(ids.RUNS, "data", allow_optional=True),  # the other pages have none
        prevent_initial_call=True,
    )
    def visit(search: str | None, runs: list[str] | None) -> Any:
        asked = parse_qs((search or "").lstrip("?")).get("runs", [""])[0]
        if runs is None or not asked or asked == ",".join(runs):
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
        State(ids.RUNS, "data"),
        *VIEW,
        prevent_initial_call=True,
    )
    def picked(pick: Pick | None, runs: list[str], *values: str) -> Any:
        try:
            return details.details(pick, reading.read(context, choose(runs, list(values))))
        except LandscapeError as error:
            return str(error)

    @app.callback(
        Output(ids.twin(MATCH), "children"),
        Input(ids.twin_open(MATCH), "n_clicks"),
        State(ids.RUNS, "data"),
        *VIEW,
        prevent_initial_call=True,
    )
    def table(clicks: int | None, runs: list[str], *values: str) -> Any:
        if not clicks or clicks % 2 == 0:  # every second click shows the figure again
            return None
        return cards.twin(
            ctx.triggered_id["name"], reading.read(context, choose(runs, list(values)))
        )


def _launches(app: Dash, context: Context) -> None:
    """The buttons that have something computed; what they start is followed in the strip, and drawn
    when it is there.
    """
    slot = shell.request("compare")

    def button(id: str, ask: Callable[[Comparison, str], LaunchRequest], **how: Any) -> None:
        @app.callback(
            Output(slot, "data", **how),
            Output(id, "loading"),
            Input(id, "n_clicks"),
            State(ids.RUNS, "data"),
            *VIEW,
            State(shell.NONCE, "data"),
            prevent_initial_call=True,
        )
        def launch(clicks: int | None, runs: list[str], *values: str) -> Any:
            if not clicks:
                raise PreventUpdate
            *view, nonce = values
            return ask(reading.read(context, choose(runs, view)), nonce), True

    button(ids.COMPARE, lambda comparison, nonce: on_demand.request(comparison, nonce, all=True))
    button(
        ids.COMPUTE,
        lambda comparison, nonce: on_demand.request(comparison, nonce, all=False),
        allow_duplicate=True,
    )
    button(ids.CURVATURE, on_demand.curvature, allow_duplicate=True)


def _clientside(app: Dash) -> None:
    """What needs no server: see assets/link.js, player.js and repaint.js."""

    def script(name: str, *arguments: Any, **how: Any) -> None:
        app.clientside_callback(ClientsideFunction("explore", name), *arguments, **how)

    # RUNS is what no callback writes: of inputs that one does, and then leaves as they are, the
    # renderer makes no first call.
    script("learn", Output(ids.LEARNT, "data"), Input(ids.KNOWN, "data"), Input(ids.RUNS, "data"))
    script(
        "measures", Output(ids.LISTED, "data"), Input(ids.MEASURES, "data"), Input(ids.RUNS, "data")
    )
    script(
        "filter",
        Output(ids.FILTER, "data"),
        Input(ids.SEEDS, "value"),
        Input(ids.STEPS, "value"),
        Input(ids.EPOCHS, "value"),
    )
    addresses.follow(app, Input(ids.RUNS, "data"), *(Input(id, "value") for id in CONTROLS))
    script(
        "turned",
        Input(ids.FILTRATION, "value"),
        Input(ids.DISTANCE, "value"),
        prevent_initial_call=True,
    )
    script(
        "repaint",
        Output(ids.graph(ALL), "figure", allow_duplicate=True),
        Input(shell.SCHEME, "computedColorScheme"),
        State(ids.graph(ALL), "id"),
        prevent_initial_call=True,
    )
