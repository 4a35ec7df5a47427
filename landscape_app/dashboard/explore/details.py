"""What is picked, in numbers: one request a pick, answered from the columns and the stored results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from dash import html

from landscape_app.dashboard.explore import words
from landscape_app.dashboard.explore.header import mark
from landscape_app.dashboard.explore.reading import Compared
from landscape_app.dashboard.explore.words import DASH, number, percent, snapshot
from landscape_app.figures.view import Stored, Subject
from landscape_app.registries import FILTRATIONS

SCORES = (
    ("train_loss", "train loss", number),
    ("test_loss", "test loss", number),
    ("train_accuracy", "train accuracy", percent),
    ("test_accuracy", "test accuracy", percent),
    ("distance", "‖θ − θo‖", number),
)
MOST = 20_000  # canonical ids that a pick may name


def nothing(compared: Compared) -> Any:
    """What stands there while nothing is picked: the anchors, and how to pick."""
    subjects = compared.subjects
    table = _snapshots(subjects, None, 0) if subjects else []
    hint = "Click a point, a bar, a curve or a row: it lights up in every view. Arrow keys step, Esc clears."
    return [*table, html.P(hint, className="ls-muted ls-small ls-hint")]


def details(pick: Mapping[str, Any] | None, compared: Compared) -> Any:
    """The panel for a pick as assets/link.js writes it; `nothing` for one that names no snapshot that is there."""
    subjects = {subject.run: subject for subject in compared.subjects}
    subject = subjects.get(str((pick or {}).get("run")))
    if not pick or subject is None:
        return nothing(compared)
    kind = pick.get("kind")
    if kind == "trajectory":
        return _snapshots(compared.subjects, subject, int(pick.get("focus") or 0))
    if kind in BARS:
        return BARS[kind](subject, compared, int(pick.get("bar", -1))) or nothing(compared)
    return _several(subjects, pick) or nothing(compared)


def _snapshots(subjects: Sequence[Subject], subject: Subject | None, focus: int) -> list[Any]:
    """The snapshot in focus and its counterparts (same seed, step size, epoch), a column a run; without a subject the anchors."""
    same = [(one, _counterpart(one, subject, focus)) for one in subjects]
    same = [(one, at) for one, at in same if at is not None]
    head = html.Tr(
        [html.Td(), *(html.Th(mark(one.slot, one.label), scope="col", className="ls-here" if one is subject else "") for one, _ in same)]
    )
    rows = [
        html.Tr(
            [
                html.Th(label, scope="row"),
                *(html.Td(show(float(one.columns[name][at])), className="ls-here" if one is subject else "") for one, at in same),
            ]
        )
        for name, label, show in SCORES
    ]
    name = ["Anchors"] if subject is None else [mark(subject.slot, subject.label), " ", snapshot(subject, focus)]
    return [html.P(name, className="ls-picked-name"), _table(rows, head)]


def _counterpart(one: Subject, subject: Subject | None, focus: int) -> int | None:
    """Position in `one` of the snapshot that is to it what `focus` is to `subject`."""
    if subject is None or focus == 0:
        return 0 if len(one.rows) and one.rows[0] == 0 else None
    at = _position(subject, focus)
    if at is None:
        return None
    match = np.ones(len(one.rows), dtype=bool)
    for name in ("seed", "step_size", "epoch"):
        match &= np.asarray(one.columns[name]) == subject.columns[name][at]
    found = np.flatnonzero(match & (one.rows != 0))
    return int(found[0]) if len(found) else None


def _position(subject: Subject, row: int) -> int | None:
    at = int(np.searchsorted(subject.rows, row))
    return at if at < len(subject.rows) and subject.rows[at] == row else None


def _sublevel(subject: Subject, compared: Compared, bar: int) -> Any:
    stored = subject.results.get("sublevel")
    if stored is None or not 0 <= bar < len(stored.arrays["birth"]):
        return None
    arrays = stored.arrays
    birth, death, label = float(arrays["birth"][bar]), float(arrays["death"][bar]), FILTRATIONS[compared.view.filtration].label
    members = arrays["basin_rows"][arrays["basin_offsets"][bar] : arrays["basin_offsets"][bar + 1]]
    essential = np.isinf(death)
    merge = [int(row) for row in arrays["merge_rows"][bar]]
    return [
        _title(subject, f"sublevel bar of {label}"),
        _pairs(
            ("birth", number(birth)),
            ("death", "never" if essential else number(death)),
            ("length", "∞" if essential else number(death - birth)),
            ("born at", snapshot(subject, int(arrays["birth_row"][bar]))),
            ("merges at", DASH if essential else html.Span([snapshot(subject, merge[0]), html.Br(), snapshot(subject, merge[1])])),
            ("basin", f"{len(members)} snapshots, {_paths(subject, members)}"),
        ),
    ]


def _rips0(subject: Subject, compared: Compared, bar: int) -> Any:
    stored = subject.results.get("rips")
    if stored is None or not 0 <= bar < len(stored.arrays["h0_death"]):
        return None
    ends = [int(row) for row in stored.arrays["h0_rows"][bar]]
    return [
        _title(subject, "Rips bar, H₀"),
        _pairs(
            ("birth", "0"),
            ("death", f"{number(stored.arrays['h0_death'][bar])}{_unit(stored)}"),
            ("joins", snapshot(subject, ends[0])),
            ("and", snapshot(subject, ends[1])),
        ),
    ]


def _rips1(subject: Subject, compared: Compared, bar: int) -> Any:
    stored = subject.results.get("rips")
    if stored is None or not 0 <= bar < len(stored.arrays["h1_birth"]):
        return None
    arrays = stored.arrays
    birth, death = float(arrays["h1_birth"][bar]), float(arrays["h1_death"][bar])
    cycle = arrays["h1_cycle_rows"][arrays["h1_cycle_offsets"][bar] : arrays["h1_cycle_offsets"][bar + 1]]
    alive = np.isinf(death)
    return [
        _title(subject, "Rips loop, H₁"),
        _pairs(
            ("birth", f"{number(birth)}{_unit(stored)}"),
            ("death", f"beyond {number(stored.meta['threshold'])}" if alive else f"{number(death)}{_unit(stored)}"),
            ("length", DASH if alive else number(death - birth)),
            ("loop", f"{len(cycle)} snapshots, {_paths(subject, cycle)}"),
        ),
        html.P(_chance(subject, compared, None if alive else death - birth), className="ls-small ls-muted"),
    ]


def _unit(stored: Stored) -> str:
    """Of Rips distances: those of weights are in units of the anchor's norm."""
    unit = stored.meta.get("unit", "‖θo‖")
    return f" {unit}" if unit else ""


def _chance(subject: Subject, compared: Compared, length: float | None) -> str:
    """What the null model says of the run's loops, and of one of this length."""
    one = compared.shown[subject.slot]
    _, test = words.tested(one, "")
    if test.get("p_high") is None:
        return "Not tested for significance."
    limit = test.get("null_high")
    said = f"The run's longest loop: {test.get('words') or words.loops(one)}."
    if limit is None or length is None:
        return said
    inside = "no longer than noise gives" if length <= limit else "longer than in 95 % of noise"
    return f"{said} This one is {inside} (up to {number(limit)})."


def _rips2(subject: Subject, compared: Compared, bar: int) -> Any:
    stored = subject.results.get("rips")
    if stored is None or not 0 <= bar < len(stored.arrays.get("h2_birth", ())):
        return None
    arrays = stored.arrays
    birth, death = float(arrays["h2_birth"][bar]), float(arrays["h2_death"][bar])
    points = stored.meta.get("points_h2")
    return [
        _title(subject, "Rips void, H₂"),
        _pairs(
            ("birth", f"{number(birth)}{_unit(stored)}"),
            ("death", "beyond the threshold" if np.isinf(death) else f"{number(death)}{_unit(stored)}"),
            *_ends(subject, "closed by", arrays["h2_birth_rows"][bar]),
        ),
        html.P(
            f"Of {points} snapshots, not tested for significance." if points else "Not tested for significance.",
            className="ls-small ls-muted",
        ),
    ]


def _over(subject: Subject, compared: Compared, bar: int, h: str) -> Any:
    """A bar of the loss over the triangulated picture."""
    stored = subject.results.get("triangulation")
    if stored is None or not 0 <= bar < len(stored.arrays[f"{h}_birth"]):
        return None
    arrays = stored.arrays
    birth, death = float(arrays[f"{h}_birth"][bar]), float(arrays[f"{h}_death"][bar])
    where = ("born at", [arrays["h0_birth_row"][bar]]) if h == "h0" else ("rim closed by", arrays["h1_birth_rows"][bar])
    name = "basin, H₀" if h == "h0" else "rim around a hill, H₁"
    return [
        _title(subject, f"picture's {name}"),
        _pairs(("birth", number(birth)), ("death", number(death)), ("length", number(death - birth)), *_ends(subject, *where)),
        html.P(
            str(stored.meta.get("label") or "On the triangulated picture, not in weight space.").capitalize(), className="ls-small ls-muted"
        ),
    ]


def _ends(subject: Subject, name: str, rows: Sequence[int] | np.ndarray) -> list[tuple[str, Any]]:
    return [(name if i == 0 else "and", snapshot(subject, int(row))) for i, row in enumerate(rows)]


BARS: dict[str, Callable[[Subject, Compared, int], Any]] = {
    "sublevel": _sublevel,
    "rips0": _rips0,
    "rips1": _rips1,
    "rips2": _rips2,
    "over0": partial(_over, h="h0"),
    "over1": partial(_over, h="h1"),
}


def _several(subjects: Mapping[str, Subject], pick: Mapping[str, Any]) -> Any:
    """A lasso or a row of a table: how many snapshots of which runs, and the range of their scores."""
    chosen: Mapping[str, Any] = pick.get("sets") or {pick["run"]: pick.get("rows") or []}
    lines: list[Any] = []
    scores = SCORES if len(chosen) == 1 else [score for score in SCORES if score[0] in ("train_loss", "test_accuracy")]  # the rail is short
    for run, rows in chosen.items():
        subject = subjects.get(run)
        if subject is None or not rows:
            continue
        there = np.intersect1d(np.asarray(rows[:MOST], dtype=np.int64), subject.rows)
        lines.append(
            html.P([mark(subject.slot, subject.label), f" {len(there)} snapshots, {_paths(subject, there)}"], className="ls-picked-name")
        )
        lines.append(_pairs(*((label, _range(subject.values(name, there), show)) for name, label, show in scores)))
    return lines


def _range(values: np.ndarray, show: Any) -> str:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return DASH
    low, high = show(float(finite.min())), show(float(finite.max()))
    return low if low == high else f"{low} – {high}"


def _paths(subject: Subject, rows: Sequence[int] | np.ndarray) -> str:
    count = len(set(((np.asarray(rows) - 1) // (subject.epochs + 1))[np.asarray(rows) > 0].tolist()))
    return "1 trajectory" if count == 1 else f"{count} trajectories"


def _title(subject: Subject, text: str) -> Any:
    return html.P([mark(subject.slot, subject.label), f" {text}"], className="ls-picked-name")


def _pairs(*pairs: tuple[str, Any]) -> Any:
    return _table([html.Tr([html.Th(name, scope="row"), html.Td(value)]) for name, value in pairs])


def _table(rows: list[Any], head: Any = None) -> Any:
    return html.Table([*([html.Thead(head)] if head is not None else []), html.Tbody(rows)], className="ls-facts ls-details-facts")
