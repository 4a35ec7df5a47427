"""Tables in place of a figure: trajectories, bars, loops, leaves of the merge tree."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from dash import html

from landscape_app.dashboard.common.controls import message
from landscape_app.dashboard.common.run_view import mark
from landscape_app.dashboard.explore import embedding_text, messages, verdicts
from landscape_app.dashboard.explore.panel import Card
from landscape_app.figures import rips_bars, tree
from landscape_app.figures.climbs import of as of_bars
from landscape_app.figures.paths import trajectory
from landscape_app.figures.view import DrawnRun
from landscape_app.number_text import DASH, number, percent
from landscape_app.protocol import NORM_UNIT
from landscape_app.registries import FILTRATIONS

MOST = 200  # rows of one table
LOOP = ("birth", "death", "birth_rows")  # of a Rips bar


def scene(card: Card) -> list[Any]:
    """The numbers behind the verdict of a scene, and its trajectories."""
    joint = card.comparison.joint
    meta = card.of.embedding if card.of is not None else {} if joint is None else joint.meta
    rows = [html.Tr([html.Td(cell) for cell in line]) for line in embedding_text.known(meta)]
    quality = table("How far the picture can be believed", ("number", "value", "says"), rows)
    return [*([messages.unfiltered(), quality] if rows else []), *trajectories(card)]


def trajectories(card: Card) -> list[Any]:
    """A row a trajectory: where it begins and where it ends."""
    several = card.of is None
    names = ("seed", "step", "loss, jump", "loss, end", "test acc.", "distance")
    subjects = [run.subject for run in card.runs if run.subject is not None]
    rows = [row for subject in subjects for row in _ends(subject, several)]
    title = (
        "Trajectories: train loss at the jump and at the end; test accuracy and ‖θ − θo‖ at the end"
    )
    listed = table(title, (*(["run"] if several else []), *names), rows)
    return [messages.whole_trajectories(), listed]


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
        named = [mark(subject.look, subject.label)] if several else []
        lines.append(line([*named, *cells], pick))
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
    stored, label = subject.results.get("sublevel"), FILTRATIONS[card.view.filtration].label
    if stored is None:
        return message("Sublevel persistence has not been computed yet.")
    if stored.meta.get("absent"):
        return message(f"There is no {label}: {stored.meta['absent']}.")
    arrays, climbs = stored.arrays, of_bars(subject)
    rows = []
    for bar, (birth, death, row) in _bars(arrays["birth"], arrays["death"], arrays["birth_row"]):
        climb = verdicts.climb(climbs, bar) if np.isfinite(death) else DASH
        cells = [number(birth), _finite(death, "never"), climb, subject.snapshot(int(row))]
        rows.append(line(cells, {"kind": "sublevel", "run": subject.run, "bar": bar}))
    title = f"Sublevel bars of {label}; climb: of the train loss, on the straight line"
    return table(title, ("birth", "death", "climb", "born at"), rows)


def loop_table(card: Card, subject: DrawnRun) -> Any:
    """The loops that are drawn, the tested one first."""
    stored = subject.results.get("rips")
    if stored is None:
        return message("Rips persistence has not been computed yet.")
    arrays, tested = rips_bars.loops(subject)
    rows = []
    for bar, (birth, death, closing) in _bars(*(arrays[f"h1_{name}"] for name in LOOP)):
        ends = _finite(death, "beyond the threshold")
        cells = [number(birth), ends, subject.snapshot(int(closing[0]))]
        rows.append(line(cells, {"kind": "rips1", "run": subject.run, "bar": bar}))
    verdict, unit = verdicts.loops(card.run).removeprefix("H₁ "), stored.meta.get("unit", NORM_UNIT)
    thinning = verdicts.tested(card.run, "")[1].get("thinning")
    of = f"{thinning}; the first is the longest" if tested else "all snapshots"
    distances = f"; distances in {unit}" if unit else ""
    title = f"Rips loops (H₁) of {of}, {verdict}{distances}"
    return table(title, ("birth", "death", "closed at"), rows)


def _bars(*columns: np.ndarray) -> list[tuple[int, tuple[Any, ...]]]:
    """(bar, its value in each column) of the first MOST bars."""
    return list(enumerate(zip(*(column[:MOST] for column in columns), strict=True)))


def _finite(value: float, otherwise: str) -> str:
    return number(value) if np.isfinite(value) else otherwise


def leaf_table(subject: DrawnRun) -> Any:
    """A row a leaf of the barrier merge tree, by its loss."""
    if not tree.drawable(subject):
        return message("Barriers have not been evaluated yet.")
    arrays = subject.results["curvature"].arrays
    dies = dict(zip(arrays["birth_row"].tolist(), arrays["death"].tolist(), strict=True))
    rows = []
    for i in np.argsort(arrays["end_losses"], kind="stable"):
        row = int(arrays["end_rows"][i])
        merges = _finite(dies[row], "never") if row in dies else "at once"
        cells = [subject.snapshot(row), number(arrays["end_losses"][i]), merges]
        rows.append(line(cells, {"kind": "trajectory", "run": subject.run, "focus": row}))
    title = "Ends of trajectories and the anchor; the loss at which each is joined to a lower one"
    return table(title, ("end", "loss", "merges at"), rows)
