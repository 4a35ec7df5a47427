"""What came out, beside what was predicted: figure, verdict, table; and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
from dash import dcc, html

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.controls import message
from landscape_app.dashboard.lessons.lesson import Prediction, nearest, share
from landscape_app.dashboard.teaching.page import CLASS
from landscape_app.dashboard.teaching.reading import LessonView
from landscape_app.figures.palette import Scheme
from landscape_app.figures.prediction import MeasuredShare, draw
from landscape_app.finding.sentences import listed, with_error
from landscape_app.number_text import percent


def figure(view: LessonView, prediction: Prediction, place: int, scheme: Scheme) -> go.Figure:
    """The chosen curve, and the numbers that are there."""
    return draw(
        view.lesson.values,
        prediction.choices[place].shares,
        measured(view, prediction),
        axis=view.lesson.axis,
        scheme=scheme,
    )


def measured(view: LessonView, prediction: Prediction) -> list[MeasuredShare]:
    """The numbers of the networks that have one, in the order of the values."""
    points = []
    for network in view.networks:
        number = share(network.numbers, prediction.measure)
        if number.known and number.value is not None:
            unfit = network.numbers.interpolates is False
            points.append(MeasuredShare(network.value, number.value, number.error, unfit))
    return points


def says(view: LessonView, prediction: Prediction, place: int) -> str:
    """Which of the predictions is nearest, once all numbers are there."""
    shares = [point.share for point in measured(view, prediction)]
    missing = len(view.networks) - len(shares)
    if missing:
        return f"{len(shares)} of {len(view.networks)} networks have this number."
    near = nearest(prediction, shares)
    chosen = prediction.choices[place].words
    if place in near:
        return f"You predicted: {chosen} Of the predictions, this is the nearest."
    others = listed([f"“{prediction.choices[other].words}”" for other in near])
    return f"You predicted: {chosen} Nearest to what was measured: {others}"


def table(view: LessonView, prediction: Prediction, place: int) -> Any:
    """A row for each network."""
    head = (view.lesson.axis, "predicted", "measured", "train accuracy")
    rows = [
        html.Tr(
            [
                html.Th(f"{network.value:.0%}".replace("%", " %"), scope="row"),
                html.Td(f"{100 * guess:.0f} %"),
                html.Td(with_error(share(network.numbers, prediction.measure), in_percent=True)),
                html.Td(_fit(network.numbers.train_accuracy.value, network.numbers.interpolates)),
            ]
        )
        for network, guess in zip(view.networks, prediction.choices[place].shares, strict=True)
    ]
    columns = html.Tr([html.Th(name, scope="col") for name in head])
    return html.Table(
        [html.Caption(prediction.title), html.Thead(columns), html.Tbody(rows)],
        className="ls-twin-table",
    )


def _fit(accuracy: float | None, interpolates: bool | None) -> str:
    return percent(accuracy) + (" (does not fit)" if interpolates is False else "")


def why(view: LessonView) -> list[Any]:
    """What the numbers support, and where to look further; before they are all there, what is
    waited for.
    """
    problems = [
        html.P(f"{network.numbers.label}: {network.problem}", role="alert")
        for network in view.networks
        if network.problem
    ]
    if problems or not view.done:
        return [*problems, message(_waiting(view))]
    paragraphs = view.lesson.why([network.numbers for network in view.networks])
    return [*(html.P(text) for text in paragraphs), _further(view)]


def _waiting(view: LessonView) -> str:
    if view.entry is None or view.entry.live:
        return "The reasons appear when all numbers are there."
    return "The study has ended, and some numbers are missing. Jobs says why."


def _further(view: LessonView) -> Any:
    runs = [network.run for network in view.networks if network.value in view.lesson.explored]
    shown = listed([f"{100 * value:.0f} %" for value in view.lesson.explored])
    study = "" if view.entry is None else view.entry.id
    links: Mapping[str, str] = {
        f"Open {shown} in Explore": addresses.explore(runs),
        "Open the study": addresses.study(study),
    }
    return html.Div(
        [
            html.H3("Look further"),
            html.Ul([html.Li(dcc.Link(words, href=href)) for words, href in links.items()]),
            message(CLASS),
        ]
    )
