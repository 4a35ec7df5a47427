"""What happens on the page of a lesson when a prediction is made, the button is pressed, or time
passes.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import ALL, Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard import access
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common import launch_requests, run_view
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.lessons.lesson import lesson_of
from landscape_app.dashboard.teaching import ids, reading, reveal, standing
from landscape_app.dashboard.teaching.reading import LessonView
from landscape_app.figures.palette import Scheme

CHOSEN = ids.choice(ALL, ALL)


def register(app: Dash, context: Context) -> None:
    """Registers everything of the page."""
    app.callback(
        Output(ids.MADE, "data"),
        Output(shell.request("lesson"), "data"),
        Input(ids.GO, "n_clicks"),
        State(CHOSEN, "value"),
        State(CHOSEN, "id"),
        State(ids.NAME, "data"),
        State(ids.MADE, "data"),
        State(shell.NONCE, "data"),
        prevent_initial_call=True,
    )(partial(go, context))
    app.callback(
        Output(ids.GO, "children"),
        Output(ids.GO, "disabled"),
        Output(ids.HINT, "children"),
        Output(ids.CHOICES, "disabled"),
        Output(ids.STATE, "children"),
        Output(ids.BAR, "children"),
        Output(ids.STATE_SEEN, "data"),
        Input(ids.TICK, "n_intervals"),
        Input(CHOSEN, "value"),
        Input(ids.MADE, "data"),
        State(CHOSEN, "id"),
        State(ids.NAME, "data"),
        State(ids.STATE_SEEN, "data"),
    )(partial(stand, context))
    app.callback(
        Output(ids.REVEAL, "hidden"),
        Output(ids.figure(ALL), "figure"),
        Output(ids.says(ALL), "children"),
        Output(ids.table(ALL), "children"),
        Output(ids.WHY, "children"),
        Output(ids.SEEN, "data"),
        Input(ids.TICK, "n_intervals"),
        Input(ids.MADE, "data"),
        Input(shell.SCHEME, "computedColorScheme"),
        State(ids.NAME, "data"),
        State(ids.SEEN, "data"),
    )(partial(show, context))


def go(
    context: Context,
    clicks: int | None,
    values: list[Any],
    controls: list[dict[str, str]],
    name: str,
    made: Any,
    nonce: str,
) -> tuple[Any, Any]:
    """(the predictions that stand, what is launched) once the button is pressed: the predictions
    are taken back where they stand and there is a study.
    """
    lesson, every = lesson_of(name), made if isinstance(made, dict) else {}
    stands, entry = reading.predicted(made, lesson, name), reading.entry_of(context, name)
    if not clicks:
        raise PreventUpdate
    if stands is not None and entry is not None:
        return {other: every[other] for other in every if other != name}, no_update
    chosen = stands or reading.places(_by_measure(controls, values), lesson)
    if chosen is None:
        raise PreventUpdate
    request = launch_requests.ask(nonce, "lesson", lesson=name)
    finished = entry is not None and entry.job.state == "finished"
    launched = not finished and access.may_change()
    return {**every, name: dict(chosen)}, request if launched else no_update


def stand(
    context: Context,
    _: int | None,
    values: list[Any],
    made: Any,
    controls: list[dict[str, str]],
    name: str,
    seen: Any,
) -> tuple[Any, ...]:
    """The button, what is said beside it, whether the predictions are fixed, and the study. What
    says how the study stands, and the buttons in it, is drawn anew only when it changes.
    """
    lesson, entry = lesson_of(name), reading.entry_of(context, name)
    stands = reading.predicted(made, lesson, name) is not None
    ready = stands or reading.places(_by_measure(controls, values), lesson) is not None
    shown = None if entry is None else (entry.id, entry.job.state, entry.job.message)
    word = run_view.short_hash(shown)
    return (
        standing.button(entry, lesson, made=stands),
        not (ready and standing.usable(entry, made=stands)),
        standing.hint(context, entry, lesson, made=stands, ready=ready),
        stands and entry is not None,
        no_update if word == seen else standing.state(entry),
        standing.bar(entry),
        word,
    )


def show(
    context: Context, _: int | None, made: Any, scheme: Any, name: str, seen: Any
) -> tuple[Any, ...]:
    """(whether the result stays hidden, figures, verdicts, tables, why, a word for what is shown);
    nothing is revealed before the predictions stand.
    """
    lesson = lesson_of(name)
    chosen = reading.predicted(made, lesson, name)
    if chosen is None:
        number = len(lesson.predictions)
        return True, *([no_update] * number for _ in range(3)), no_update, None
    view = reading.read(context, name)
    word = f"{view.token} {run_view.short_hash((chosen, scheme))}"
    if word == seen:
        raise PreventUpdate
    return False, *_drawn(view, chosen, scheme), reveal.why(view), word


def _drawn(view: LessonView, chosen: Any, scheme: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """Figures, verdicts and tables, in the order of the predictions."""
    look: Scheme = "dark" if scheme == "dark" else "light"
    pairs = [(each, chosen[each.measure]) for each in view.lesson.predictions]
    return (
        [reveal.figure(view, each, place, look) for each, place in pairs],
        [reveal.says(view, each, place) for each, place in pairs],
        [reveal.table(view, each, place) for each, place in pairs],
    )


def _by_measure(controls: list[dict[str, str]], values: list[Any]) -> dict[str, Any]:
    """{measure: value of its control}."""
    pairs = zip(controls, values, strict=True)
    return {str(control["measure"]): value for control, value in pairs}
