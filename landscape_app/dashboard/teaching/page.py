"""The pages: the list of lessons, and one lesson from its question to why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.controls import GRAPH_CONFIG, badge, clock, message
from landscape_app.dashboard.lessons import LESSONS
from landscape_app.dashboard.lessons.lesson import Choice, Lesson, Prediction, lesson_of
from landscape_app.dashboard.teaching import ids, reading
from landscape_app.number_text import duration

EVERY = 1000  # ms between looks at the folders' times of modification
CLASS = (
    "For a lesson of 45 minutes with a projector, see the tutorial “A lesson for a class” in the"
    " documentation of this program."
)


def address(name: str) -> str:
    """The address of a lesson."""
    return addresses.at(f"/lessons/{name}")


def layout(context: Context, query: Mapping[str, str]) -> Any:
    """The list of all lessons."""
    return html.Div(
        [
            html.H1("Lessons"),
            message(
                "Each lesson asks a question. You predict the answer, this machine trains a few"
                " small networks, and you see whether you were right."
            ),
            html.Ul([_listed(context, name) for name in LESSONS], className="ls-lesson-list"),
            message(CLASS),
        ],
        className="ls-lesson",
    )


def _listed(context: Context, name: str) -> Any:
    entry, lesson = LESSONS[name], lesson_of(name)
    study = reading.entry_of(context, name)
    finished = study is not None and study.job.state == "finished"
    return html.Li(
        [
            html.H2(dcc.Link(entry.label, href=address(name))),
            html.P(entry.help),
            html.P(
                [
                    f"About {duration(lesson.seconds)} on two idle cores. ",
                    badge("its result is here", "ok") if finished else None,
                ],
                className="ls-muted ls-small",
            ),
        ],
        className="ls-card ls-lesson-card ls-lesson-listed",
    )


def lesson(context: Context, query: Mapping[str, str]) -> Any:
    """One lesson, ?name=…; what the browser keeps and the folder knows is filled in at once by
    the callbacks.
    """
    name = query.get("name", "")
    shown = lesson_of(name)
    return html.Div(
        [
            dcc.Store(id=ids.NAME, data=name),
            dcc.Store(id=ids.MADE, storage_type="local"),
            dcc.Store(id=ids.SEEN),
            dcc.Store(id=ids.STATE_SEEN),
            clock(ids.TICK, EVERY),
            dcc.Link("All lessons", href=addresses.at("/lessons"), className="ls-small"),
            html.H1(shown.title),
            _card("The question", *(html.P(text) for text in shown.question)),
            _card("Your prediction", _predictions(name, shown)),
            _card("The study", *_study()),
            html.Div(_revealed(shown), id=ids.REVEAL, hidden=True, className="ls-lesson-revealed"),
        ],
        id=ids.LESSON,
        className="ls-lesson",
    )


def _card(title: str, *body: Any, **props: Any) -> Any:
    return html.Section([html.H2(title), *body], className="ls-card ls-lesson-card", **props)


def _predictions(name: str, lesson: Lesson) -> Any:
    groups = [_prediction(name, prediction) for prediction in lesson.predictions]
    return html.Fieldset(
        [html.Legend("Your predictions", className="ls-unseen"), *groups],
        id=ids.CHOICES,
        className="ls-lesson-columns ls-lesson-choices",
    )


def _prediction(name: str, prediction: Prediction) -> Any:
    radios = [
        dmc.Radio(label=[_drawn(choice), html.Span(choice.words)], value=str(place), size="xs")
        for place, choice in enumerate(prediction.choices)
    ]
    return dmc.RadioGroup(
        html.Div(radios, className="ls-lesson-radios"),
        id=ids.choice(name, prediction.measure),
        label=prediction.title,
        description=prediction.question,
        size="sm",
        persistence=True,
        persistence_type="local",
    )


def _drawn(choice: Choice) -> Any:
    """The curve of a choice as a small picture; its words say the same."""
    last = len(choice.shares) - 1
    points = " ".join(
        f"{2 + 36 * place / last:.1f},{22 - 20 * share:.1f}"
        for place, share in enumerate(choice.shares)
    )
    picture = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 24' fill='none' stroke='#000'>"
        "<path stroke-opacity='.35' d='M1 1v22h38'/>"
        f"<polyline stroke-width='2' points='{points}'/></svg>"
    )
    icon = {"--icon": f'url("data:image/svg+xml,{quote(picture)}")'}
    return html.Span(className="ls-icon ls-lesson-curve", style=icon, **{"aria-hidden": "true"})


def _study() -> list[Any]:
    """The button with what it does, the state of the study, and its progress."""
    button = dmc.Button("Train the networks", id=ids.GO, disabled=True)
    return [
        html.Div([button, html.Span(id=ids.HINT, className="ls-muted")], className="ls-buttons"),
        html.Div(id=ids.STATE, role="status", className="ls-lesson-state"),
        html.Div(id=ids.BAR),
    ]


def _revealed(lesson: Lesson) -> list[Any]:
    """A figure, a verdict and a table for each prediction, and why."""
    parts = [_result(prediction) for prediction in lesson.predictions]
    return [
        _card("What came out", html.Div(parts, className="ls-lesson-columns")),
        _card("Why", html.Div(id=ids.WHY, className="ls-lesson-why")),
    ]


def _result(prediction: Prediction) -> Any:
    """aria: the verdict and the table say what the figure shows."""
    graph = dcc.Graph(
        id=ids.figure(prediction.measure),
        config=GRAPH_CONFIG,
        responsive=True,
        className="ls-graph",
    )
    return html.Section(
        [
            html.H3(prediction.title),
            html.Div(
                graph,
                className="ls-lesson-figure",
                role="img",
                **{"aria-label": f"{prediction.title}: your prediction, and what was measured"},
            ),
            html.P(id=ids.says(prediction.measure)),
            html.Details(
                [
                    html.Summary(f"{prediction.title} as a table"),
                    html.Div(id=ids.table(prediction.measure)),
                ]
            ),
        ],
        className="ls-lesson-result",
    )
