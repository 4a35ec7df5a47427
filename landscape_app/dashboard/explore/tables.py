"""Tables in place of a figure: trajectories, bars, loops, leaves of the merge tree."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from dash import html

from landscape_app.dashboard.common.controls import message
from landscape_app.dashboard.common.run_view import mark
from landscape_app.dashboard.explore import verdicts
from landscape_app.dashboard.explore.panel import Card
from landscape_app.figures import rips_bars, tree
from landscape_app.figures.climbs import of as of_bars
from landscape_app.figures.paths import trajectory
from landscape_app.figures.view import DrawnRun
from landscape_app.number_text import DASH, number, percent
from landscape_app.protocol import NORM_UNIT
from landscape_app.registries import FILTRATIONS

MOST = 200  # rows of one table


def trajectories(card: Card) -> Any:
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


def sublevel_table(card: Card, subject: DrawnRun) -> Any:
    """The sublevel bars, a row each."""
    stored = subject.results.get("sublevel")
    if stored is None:
        return message("Sublevel persistence has not been computed yet.")
    if stored.meta.get("absent"):
        return message(
            f"There is no {FILTRATIONS[card.view.filtration].label}: {stored.meta['absent']}."
        )
    arrays, climbs = stored.arrays, of_bars(subject)
    rows = [
        line(
            [
                number(arrays["birth"][i]),
                number(arrays["death"][i]) if np.isfinite(arrays["death"][i]) else "never",
                verdicts.climb(climbs, i) if np.isfinite(arrays["death"][i]) else DASH,
                subject.snapshot(int(arrays["birth_row"][i])),
            ],
            {"kind": "sublevel", "run": subject.run, "bar": i},
        )
        for i in range(min(len(arrays["birth"]), MOST))
    ]
    title = (
        f"Sublevel bars of {FILTRATIONS[card.view.filtration].label}; climb: of the train loss,"
        " on the straight line"
    )
    return table(title, ("birth", "death", "climb", "born at"), rows)


def loop_table(card: Card, subject: DrawnRun) -> Any:
    """The loops that are drawn, the tested one first."""
    stored = subject.results.get("rips")
    if stored is None:
        return message("Rips persistence has not been computed yet.")
    arrays, tested = rips_bars.loops(subject)
    rows = [
        line(
            [
                number(arrays["h1_birth"][i]),
                (
                    number(arrays["h1_death"][i])
                    if np.isfinite(arrays["h1_death"][i])
                    else "beyond the threshold"
                ),
                subject.snapshot(int(arrays["h1_birth_rows"][i][0])),
            ],
            {"kind": "rips1", "run": subject.run, "bar": i},
        )
        for i in range(min(len(arrays["h1_birth"]), MOST))
    ]
    run, unit = card.run, stored.meta.get("unit", NORM_UNIT)
    verdict = verdicts.loops(run).removeprefix("H₁ ")
    of = (
        f" of {verdicts.tested(run, '')[1].get('thinning')}; the first is the longest, {verdict}"
        if tested
        else f" of all snapshots, {verdict}"
    )
    return table(
        f"Rips loops (H₁){of}{f'; distances in {unit}' if unit else ''}",
        ("birth", "death", "closed at"),
        rows,
    )


def leaf_table(subject: DrawnRun) -> Any:
    """A row a leaf of the barrier merge tree, by its loss."""
    if not tree.drawable(subject):
        return message("Barriers have not been evaluated yet.")
    arrays = subject.results["curvature"].arrays
    dies = {
        int(row): float(death)
        for row, death in zip(arrays["birth_row"], arrays["death"], strict=True)
    }
    rows = [
        line(
            [
                subject.snapshot(int(arrays["end_rows"][i])),
                number(arrays["end_losses"][i]),
                _merges(dies, int(arrays["end_rows"][i])),
            ],
            {"kind": "trajectory", "run": subject.run, "focus": int(arrays["end_rows"][i])},
        )
        for i in np.argsort(arrays["end_losses"], kind="stable")
    ]
    return table(
        "Ends of trajectories and the anchor; the loss at which each is joined to a lower one",
        ("end", "loss", "merges at"),
        rows,
    )


def _merges(dies: dict[int, float], row: int) -> str:
    return (
        "at once" if row not in dies else number(dies[row]) if np.isfinite(dies[row]) else "never"
    )
