"""The table twin of every figure: what it shows, in rows that can be read, copied and picked."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from dash import html

from landscape_app.dashboard.common.run_mark import mark
from landscape_app.dashboard.explore import verdicts
from landscape_app.dashboard.explore.reading import Compared
from landscape_app.dashboard.explore.words import climb, snapshot
from landscape_app.figures import diagrams, tree
from landscape_app.figures.climbs import of as of_bars
from landscape_app.figures.paths import trajectory
from landscape_app.figures.view import Subject
from landscape_app.number_text import DASH, number, percent
from landscape_app.registries import FILTRATIONS

MOST = 200  # rows of one table


def twin(name: str, compared: Compared) -> Any:
    """The table of the figure `name`."""
    kind, _, slot = name.partition("-")
    subjects = [subject for subject in compared.subjects if not slot or subject.slot == int(slot)]
    if not subjects:
        return html.P("There is nothing to list yet.", className="ls-muted")
    if kind == "diagrams":
        if compared.view.part == "tree":
            return _ends_of_tree(subjects[0])
        return [
            _sublevel(subjects[0], compared),
            *([_loops(subjects[0], compared)] if compared.view.part == "diagrams" else []),
        ]
    return _trajectories(subjects, several=not slot)


def _trajectories(subjects: list[Subject], *, several: bool) -> Any:
    """A row a trajectory: where it begins and where it ends."""
    names = ("seed", "step", "loss, jump", "loss, end", "test acc.", "distance")
    rows = [line for subject in subjects for line in _ends(subject, several)]
    return _table(
        "Trajectories: train loss at the jump and at the end; test accuracy and ‖θ − θo‖ at"
        " the end",
        (*(["run"] if several else []), *names),
        rows,
    )


def _ends(subject: Subject, several: bool) -> list[Any]:
    path = trajectory(subject, subject.rows)
    lines = []
    for one in np.unique(path[path >= 0]):
        at = np.flatnonzero(path == one)
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
            _line([*([mark(subject.slot, subject.label)] if several else []), *cells], pick)
        )
    return lines


def _sublevel(subject: Subject, compared: Compared) -> Any:
    stored = subject.results.get("sublevel")
    if stored is None:
        return html.P("Sublevel persistence has not been computed yet.", className="ls-muted")
    if stored.meta.get("absent"):
        return html.P(
            f"There is no {FILTRATIONS[compared.view.filtration].label}: {stored.meta['absent']}.",
            className="ls-muted",
        )
    arrays, climbs = stored.arrays, of_bars(subject)
    rows = [
        _line(
            [
                number(arrays["birth"][i]),
                number(arrays["death"][i]) if np.isfinite(arrays["death"][i]) else "never",
                climb(climbs, i) if np.isfinite(arrays["death"][i]) else DASH,
                snapshot(subject, int(arrays["birth_row"][i])),
            ],
            {"kind": "sublevel", "run": subject.run, "bar": i},
        )
        for i in range(min(len(arrays["birth"]), MOST))
    ]
    title = (
        f"Sublevel bars of {FILTRATIONS[compared.view.filtration].label}; climb: of the train loss,"
        " on the straight line"
    )
    return _table(title, ("birth", "death", "climb", "born at"), rows)


def _ends_of_tree(subject: Subject) -> Any:
    """A row a leaf of the barrier merge tree, by its loss."""
    if not tree.drawable(subject):
        return html.P("Barriers have not been evaluated yet.", className="ls-muted")
    arrays = subject.results["curvature"].arrays
    dies = {
        int(row): float(death)
        for row, death in zip(arrays["birth_row"], arrays["death"], strict=True)
    }
    rows = [
        _line(
            [
                snapshot(subject, int(arrays["end_rows"][i])),
                number(arrays["end_losses"][i]),
                _merges(dies, int(arrays["end_rows"][i])),
            ],
            {"kind": "trajectory", "run": subject.run, "focus": int(arrays["end_rows"][i])},
        )
        for i in np.argsort(arrays["end_losses"], kind="stable")
    ]
    return _table(
        "Ends of trajectories and the anchor; the loss at which each is joined to a lower one",
        ("end", "loss", "merges at"),
        rows,
    )


def _merges(dies: dict[int, float], row: int) -> str:
    return (
        "at once" if row not in dies else number(dies[row]) if np.isfinite(dies[row]) else "never"
    )


def _loops(subject: Subject, compared: Compared) -> Any:
    """The loops that are drawn, the tested one first."""
    stored = subject.results.get("rips")
    if stored is None:
        return html.P("Rips persistence has not been computed yet.", className="ls-muted")
    arrays, tested = diagrams.loops(subject)
    rows = [
        _line(
            [
                number(arrays["h1_birth"][i]),
                (
                    number(arrays["h1_death"][i])
                    if np.isfinite(arrays["h1_death"][i])
                    else "beyond the threshold"
                ),
                snapshot(subject, int(arrays["h1_birth_rows"][i][0])),
            ],
            {"kind": "rips1", "run": subject.run, "bar": i},
        )
        for i in range(min(len(arrays["h1_birth"]), MOST))
    ]
    one, unit = compared.shown[subject.slot], stored.meta.get("unit", "‖θo‖")
    said = verdicts.loops(one).removeprefix("H₁ ")
    of = (
        f" of {verdicts.tested(one, '')[1].get('thinning')}; the first is the longest, {said}"
        if tested
        else f" of all snapshots, {said}"
    )
    return _table(
        f"Rips loops (H₁){of}{f'; distances in {unit}' if unit else ''}",
        ("birth", "death", "closed at"),
        rows,
    )


def _table(title: str, names: tuple[str, ...], rows: list[Any]) -> Any:
    head = html.Tr([html.Th(name, scope="col") for name in names])
    body = rows or [html.Tr(html.Td("none", colSpan=len(names)))]
    return html.Table(
        [html.Caption(title), html.Thead(head), html.Tbody(body)], className="ls-twin-table"
    )


def _line(cells: list[Any], pick: dict[str, Any]) -> Any:
    return html.Tr(
        [html.Td(cell) for cell in cells],
        tabIndex=0,
        className="ls-pickable",
        **{"data-pick": json.dumps(pick)},
    )
