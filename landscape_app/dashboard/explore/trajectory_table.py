"""Tables in place of a figure; first that of trajectories, for the scenes and the curves."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from dash import html

from landscape_app.dashboard.common.run_view import mark
from landscape_app.dashboard.explore.panel import Card
from landscape_app.figures.paths import trajectory
from landscape_app.figures.view import DrawnRun
from landscape_app.number_text import DASH, number, percent

MOST = 200  # rows of one table


def twin(card: Card) -> Any:
    """The table of a card that shows trajectories."""
    subjects = [run.subject for run in card.runs if run.subject is not None]
    return _trajectories(subjects, several=card.of is None)


def _trajectories(subjects: list[DrawnRun], *, several: bool) -> Any:
    """A row a trajectory: where it begins and where it ends."""
    names = ("seed", "step", "loss, jump", "loss, end", "test acc.", "distance")
    rows = [row for subject in subjects for row in _ends(subject, several)]
    return table(
        "Trajectories: train loss at the jump and at the end; test accuracy and ‖θ − θo‖ at"
        " the end",
        (*(["run"] if several else []), *names),
        rows,
    )


def _ends(subject: DrawnRun, several: bool) -> list[Any]:
    path = trajectory(subject, subject.rows)
    lines = []
    for index in np.unique(path[path >= 0]):
        at = np.flatnonzero(path == index)
        first, last = int(at[0]), int(at[-1])
        columns = subject.columns
        begun, ended = columns["epoch"][first] == 0, columns["epoch"][last] == subject.epochs
        cells = [
            f"{int(columns['seed'][first])}",
            f"{columns['step_size'][first]:g}",
            # its jump is not there: another snapshot is none
            number(columns["train_loss"][first]) if begun else DASH,
            number(columns["train_loss"][last]) if ended else DASH,
            percent(columns["test_accuracy"][last]) if ended else DASH,
            number(columns["distance"][last]) if ended else DASH,
        ]
        pick = {"kind": "trajectory", "run": subject.run, "focus": int(subject.rows[last])}
        lines.append(
            line([*([mark(subject.slot, subject.label)] if several else []), *cells], pick)
        )
    return lines


def table(title: str, names: tuple[str, ...], rows: list[Any]) -> Any:
    """A table with its title and the names of its columns."""
    head = html.Tr([html.Th(name, scope="col") for name in names])
    body = rows or [html.Tr(html.Td("none", colSpan=len(names)))]
    return html.Table(
        [html.Caption(title), html.Thead(head), html.Tbody(body)], className="ls-twin-table"
    )


def line(cells: list[Any], pick: dict[str, Any]) -> Any:
    """A row that picks what it names, for every view."""
    return html.Tr(
        [html.Td(cell) for cell in cells],
        tabIndex=0,
        className="ls-pickable",
        **{"data-pick": json.dumps(pick)},
    )
