"""What is picked, in numbers: one request a pick, answered from the columns and the stored
results.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from dash import html

from landscape_app.dashboard.common.run_view import mark
from landscape_app.dashboard.explore import measure_rows, messages
from landscape_app.dashboard.explore.bars import BARS, pairs, paths, table, title
from landscape_app.dashboard.explore.comparison import ComparedRun, Comparison
from landscape_app.dashboard.explore.stores import Pick
from landscape_app.figures import clouds
from landscape_app.figures.view import SAMPLINGS, DrawnRun
from landscape_app.measure_table import MEASURES
from landscape_app.number_text import DASH, narrow, number, percent
from landscape_app.records import paper_sample

SCORES = (
    ("train_loss", "train loss", number),
    ("test_loss", "test loss", number),
    ("train_accuracy", "train accuracy", percent),
    ("test_accuracy", "test accuracy", percent),
    ("distance", "‖θ − θo‖", number),
)
# of the paper's sample, the train loss over its graph
TOPOLOGY = (
    ("published_d0", "total D0", number),
    ("published_share", "never dies", percent),
    ("published_d1", "total D1", number),
    ("loss_range", "(M − m)²", number),
)
MOST = 20_000  # canonical ids that a pick may name


def nothing(comparison: Comparison) -> Any:
    """What stands there while nothing is picked: the anchors, and how to pick."""
    subjects = comparison.subjects
    anchors = _snapshots(subjects, None, 0) if subjects else []
    hint = (
        "Click a point, a bar, a curve or a row: it lights up in every view. Arrow keys step, Esc"
        " clears."
    )
    return [*anchors, html.P(hint, className="ls-muted ls-small ls-hint"), *_selections(comparison)]


def _selections(comparison: Comparison) -> list[Any]:
    """The selections that have a name, to be picked."""
    pick = measure_rows.sample(comparison)
    if pick is None:
        return []
    size = max(len(subject.sample) for subject in comparison.subjects)
    named = html.Span(paper_sample.LABEL, title=paper_sample.HELP)
    cells = [html.Th(named, scope="row"), html.Td(f"{size:,} snapshots")]
    picked = {"tabIndex": 0, "className": "ls-pickable", "data-pick": json.dumps(pick)}
    return [table([html.Tr(cells, **picked)])]


def details(pick: Pick | None, comparison: Comparison) -> Any:
    """The panel for a pick as assets/link.js writes it; `nothing` for one that names no snapshot
    that is there.
    """
    subjects = {subject.run: subject for subject in comparison.subjects}
    subject = subjects.get(str(pick.get("run"))) if pick else None
    if not pick or subject is None:
        return nothing(comparison)
    kind = pick.get("kind")
    if kind == "trajectory":
        focus = pick.get("focus", 0)
        return _snapshots(comparison.subjects, subject, 0 if focus is None else int(focus))
    if kind == "point":
        return _point(subject, str(pick.get("sampling")), pick.get("focus")) or nothing(comparison)
    if kind in BARS:
        several = BARS[kind](subject, comparison, int(pick.get("bar", -1)))
    else:
        several = _several(subjects, pick, comparison)
    return [*several, messages.unfiltered()] if several else nothing(comparison)


def _point(subject: DrawnRun, sampling: str, row: int | None) -> list[Any]:
    """A point of a static sampling: its direction, its step and its scores."""
    if clouds.key(sampling) not in subject.results or row is None:
        return []
    cloud = clouds.points(subject, sampling)
    at = cloud.position(int(row))
    if at is None:
        return []
    where = f"{SAMPLINGS[sampling].lower()} sampling · {clouds.name(cloud, int(row))}"
    scores = [(label, show(float(cloud.columns[name][at]))) for name, label, show in SCORES]
    return [title(subject, where), pairs(*scores)]


def _snapshots(subjects: Sequence[DrawnRun], subject: DrawnRun | None, focus: int) -> list[Any]:
    """The snapshot in focus and its counterparts (same seed, step size, epoch), a column a run;
    without a subject the anchors.
    """
    places = [(other, _counterpart(other, subject, focus)) for other in subjects]
    same = [(other, at) for other, at in places if at is not None]
    name = (
        ["Anchors"]
        if subject is None
        else [mark(subject.look, subject.label), " ", subject.snapshot(focus)]
    )
    head = [
        html.Th(mark(other.look, other.label), scope="col", className=_here(other, subject))
        for other, _ in same
    ]
    rows = [_score_row(score, same, subject) for score in SCORES]
    return [
        html.P(name, className="ls-picked-name"),
        table(rows, html.Tr([html.Td(), *head])),
    ]


def _score_row(
    score: tuple[str, str, Any], same: Sequence[tuple[DrawnRun, int]], subject: DrawnRun | None
) -> Any:
    """A score of each of these snapshots; of four runs there is room for short numbers only."""
    name, label, show = score
    if tight := len(same) > 3:
        label = label.replace("accuracy", "acc.")
    text = narrow if tight and show is number else show
    cells = [
        html.Td(text(float(other.columns[name][at])), className=_here(other, subject))
        for other, at in same
    ]
    return html.Tr([html.Th(label, scope="row"), *cells])


def _here(other: DrawnRun, subject: DrawnRun | None) -> str:
    return "ls-here" if other is subject else ""


def _counterpart(other: DrawnRun, subject: DrawnRun | None, focus: int) -> int | None:
    """Position in `other` of the snapshot that is to it what `focus` is to `subject`."""
    if subject is None or focus == 0:
        return 0 if len(other.rows) and other.rows[0] == 0 else None
    at = subject.position(focus)
    if at is None:
        return None
    match = np.asarray(other.rows != 0)
    for name in ("seed", "step_size", "epoch"):
        match = match & (np.asarray(other.columns[name]) == subject.columns[name][at])
    positions = np.flatnonzero(match)
    return int(positions[0]) if len(positions) else None


def _several(subjects: Mapping[str, DrawnRun], pick: Pick, comparison: Comparison) -> Any:
    """A lasso, a row of a table or a named selection: how many snapshots of which runs, and the
    range of their scores; of the paper's sample also its topology.
    """
    chosen: Mapping[str, Any] = pick.get("sets") or {pick["run"]: pick.get("rows") or []}
    lines: list[Any] = []
    sample = pick.get("name") == paper_sample.NAME
    if sample:
        chosen = {run: subject.sample.tolist() for run, subject in subjects.items()}
        words = f"{paper_sample.LABEL[0].upper()}{paper_sample.LABEL[1:]}."
        lines.append(html.P(f"{words} {paper_sample.HELP}", className="ls-small"))
    scores = SCORES if len(chosen) == 1 else [SCORES[0], SCORES[3]]  # the rail is short
    for run, rows in chosen.items():
        subject = subjects.get(run)
        if subject is None or not rows:
            continue
        there = np.intersect1d(np.asarray(rows[:MOST], dtype=np.int64), subject.rows)
        ranges = [
            (label, _range(subject.values(name, there), show)) for name, label, show in scores
        ]
        counts = f"{len(there)} snapshots, {paths(subject, there)}"
        topology = _topology(comparison.run(run)) if sample else []
        lines += [title(subject, counts), pairs(*ranges, *topology)]
    return lines


def _topology(run: ComparedRun) -> list[tuple[str, Any]]:
    """The stored topology of the paper's sample: the losses over its graph."""
    values = {str(measure["name"]): measure["value"] for measure in run.measures}
    return [
        (html.Span(label, title=MEASURES[name].help), DASH if value is None else show(value))
        for name, label, show in TOPOLOGY
        if name in values
        for value in (values[name],)
    ]


def _range(values: np.ndarray, show: Any) -> str:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return DASH
    low, high = show(float(finite.min())), show(float(finite.max()))
    return low if low == high else f"{low} – {high}"
