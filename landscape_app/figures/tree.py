"""The barrier merge tree of one run: where its jumps ended, joined at the highest loss that was
found on the straight line between them.

A leaf stands at its loss and rises until its valley meets a deeper one; that deeper valley's stem
goes on. Heights were evaluated on the network itself. An end from which the line to the anchor
never rises has no stem of its own: it is in the anchor's valley.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.colours import logarithmic
from landscape_app.figures.drawing import UPPER, Drawing, float32, scatter
from landscape_app.figures.palette import SYMBOLS, template
from landscape_app.figures.paths import ANCHOR
from landscape_app.figures.shared_range import finite, sentence, shared, shown
from landscape_app.figures.view import DrawnRun, Need, View

AIR = 0.08  # of the logarithmic range, above and below
STORED = {"end_rows", "end_losses", "pairs", "heights", "birth_row", "death", "merge_rows"}
# a height, the younger leaf that is joined there, and leaves of which one is in the elder valley
Meeting = tuple[float, int, list[int]]
TRIANGLE = {"symbol": "triangle-up", "size": 9}
STEM = 0.6  # of that air: how far the deepest valley's stem goes on above the last joint


@dataclass(frozen=True)
class Tree:
    """place (n,) of each leaf from left to right; joints (j, 3): place of the younger, of the
    elder, and the height where they meet.

    roots: places of leaves that are joined to nothing deeper.
    """

    place: np.ndarray
    joints: np.ndarray
    roots: tuple[int, ...]


def needs(view: View) -> tuple[Need, ...]:
    """Stored results of a run that the tree is made of."""
    return (Need("curvature", {}),)


def joined(arrays: Mapping[str, np.ndarray]) -> Tree:
    """The tree that the stored result "curvature" holds. Cost: leaves × depth.

    Every finite bar is the stem of a younger leaf; its merging edge leads to the elder. A leaf that
    has no bar stands on a line that falls from it: it is joined at its own loss.
    """
    losses = np.asarray(arrays["end_losses"], dtype=np.float64)
    finite = np.flatnonzero(np.isfinite(losses)).tolist()
    order = [[leaf] for leaf in range(len(losses))]
    elder: dict[int, int] = {}
    joints: list[tuple[int, int, float]] = []

    def oldest(leaf: int) -> int:
        while leaf in elder:
            leaf = elder[leaf]
        return leaf

    for height, young, ends in sorted([*_falling(arrays, losses), *_stems(arrays)], key=_height):
        if young in elder or young not in finite:
            continue
        old = next((root for root in map(oldest, ends) if root != young and root in finite), None)
        if old is not None:
            elder[young] = old
            order[old] += order[young]
            joints.append((young, old, height))
    roots = [leaf for leaf in finite if leaf not in elder]
    place = np.full(len(losses), np.nan)
    place[[leaf for root in roots for leaf in order[root]]] = np.arange(len(finite))
    at = [(place[young], place[old], height) for young, old, height in joints]
    return Tree(place, np.reshape(at, (-1, 3)), tuple(int(place[root]) for root in roots))


def _height(meeting: Meeting) -> float:
    return meeting[0]


def _stems(arrays: Mapping[str, np.ndarray]) -> Iterator[Meeting]:
    """Where each finite bar ends: one end of its merging edge is in the elder's valley. Bars and
    ends of snapshots that are no leaf are left out.
    """
    leaf = {row: i for i, row in enumerate(arrays["end_rows"].tolist())}
    bars = (arrays[name].tolist() for name in ("death", "birth_row", "merge_rows"))
    for height, row, ends in zip(*bars, strict=True):
        if np.isfinite(height) and row in leaf:
            yield height, leaf[row], [leaf[end] for end in ends if end in leaf]


def _falling(arrays: Mapping[str, np.ndarray], losses: np.ndarray) -> Iterator[Meeting]:
    """Each leaf without a bar, with the leaves to which a line falls from it, the lowest first."""
    flat = arrays["pairs"][arrays["heights"] == losses[arrays["pairs"]].max(axis=1)]
    bare = np.isfinite(losses) & ~np.isin(arrays["end_rows"], arrays["birth_row"])
    for leaf in np.flatnonzero(bare).tolist():
        lines = flat[(flat == leaf).any(axis=1)]
        ends = lines[lines != leaf]
        ends = ends[losses[ends] <= losses[leaf]]
        yield float(losses[leaf]), leaf, ends[np.argsort(losses[ends], kind="stable")].tolist()


def barriers(subject: DrawnRun) -> int:
    """How many leaves but the lowest have a stem: valleys that a line must climb out of."""
    arrays = subject.results["curvature"].arrays
    death, birth = np.asarray(arrays["death"]), np.asarray(arrays["birth"])
    return int((np.isfinite(death) & (death > birth)).sum())


def drawable(subject: DrawnRun) -> bool:
    """Whether barriers were evaluated for this run, and there are two leaves to join."""
    if "curvature" not in subject.results:
        return False
    arrays = subject.results["curvature"].arrays
    return set(arrays) >= STORED and len(arrays["end_rows"]) > 1


@dataclass(frozen=True)
class Span:
    """The range of the heights over the compared runs: of their decimal logarithms (log), or of the
    losses where these have none. off: labels of the runs that have heights above it; peak: the
    largest of them.
    """

    low: float
    high: float
    log: bool = True
    off: tuple[str, ...] = ()
    peak: float = float("nan")

    def at(self, share: float) -> float:
        """The loss at this share of the range, from 0 at its low end to 1."""
        place = self.low + share * (self.high - self.low)
        return float(10**place) if self.log else place

    def beyond(self) -> str:
        """What is off the range, in a sentence; empty where nothing is."""
        return sentence("the axis of the merge trees", self.off, self.peak)


def span(subjects: Sequence[DrawnRun]) -> Span:
    """Over the trees of `subjects`, so that runs compare; without a run that is far off the others
    (shared_range).
    """
    parts = [_heights(subject) for subject in subjects]
    log = logarithmic(parts)
    values = [part[(part > 0) | (not log)] for part in parts]
    if not any(len(part) for part in values):
        return Span(-1.0, 0.0)
    common = shared([np.log10(part) if log else part for part in values], log=log)
    edge = AIR * (common.high - common.low) or 0.1
    off = tuple(subjects[number].label for number in common.off)
    return Span(common.low - edge, common.high + edge, log, off, _unscaled(common.peak, log))


def _unscaled(value: float, log: bool) -> float:
    return 10.0**value if log else value


def _heights(subject: DrawnRun) -> np.ndarray:
    if not drawable(subject):
        return np.empty(0)
    arrays = subject.results["curvature"].arrays
    both = np.concatenate([np.ravel(arrays[name]) for name in ("end_losses", "heights")])
    values: np.ndarray = both.astype(np.float64)
    return finite(values)


def draw(subject: DrawnRun, view: View, span: Span) -> go.Figure:
    """The tree of one run on the shared range; a leaf is picked as the snapshot that it is."""
    arrays = subject.results["curvature"].arrays
    losses, tree = np.asarray(arrays["end_losses"], dtype=np.float64), joined(arrays)
    colour, named = view.palette.runs[subject.look], f"run-{subject.look + 1}"
    x, y = _lines(tree, losses, span.at(1 - (1 - STEM) * AIR))
    stems = {"mode": "lines", "line": {"width": 1.4, "color": colour}, "opacity": 0.75}
    # `whole`: filters hide nothing here, as in the diagrams.
    drawing = Drawing("tree", [subject.run], whole=True)
    drawing.add(scatter(x=x, y=y, **stems | {"hoverinfo": "skip"}), {"line.color": named})
    marker = {"symbol": SYMBOLS[subject.look], "size": 7, "color": colour}
    _leaves(drawing, subject, tree, marker, named, span)
    marker = {"symbol": "diamond", "size": 11, "color": view.palette.text}
    _leaves(drawing, subject, tree, marker, "text", span)
    layout = _layout(len(losses), span)
    return drawing.figure({"template": template(view.scheme), **layout})


def _leaves(
    drawing: Drawing,
    subject: DrawnRun,
    tree: Tree,
    marker: dict[str, Any],
    paint: str,
    span: Span,
) -> None:
    """The ends of trajectories, or the anchor (paint: text), where the snapshot is there: a leaf
    whose snapshot is gone keeps its stem and has no mark. One that is off the range is a triangle
    at its edge.
    """
    arrays = subject.results["curvature"].arrays
    rows, losses = np.asarray(arrays["end_rows"]), np.asarray(arrays["end_losses"])
    chosen = ((rows == ANCHOR) == (paint == "text")) & subject.there(rows)
    beyond = losses > span.at(1)
    for mask, places, how in (
        (chosen & ~beyond, losses, marker),
        (chosen & beyond, np.full(len(rows), span.at(1 - AIR / 2)), marker | TRIANGLE),
    ):
        if how is not marker and not mask.any():
            continue
        place = {"x": float32(tree.place[mask]), "y": float32(places[mask])}
        drawing.add(scatter(**place, mode="markers", marker=how), {"marker.color": paint})
        words = [f"train loss {shown(loss)}, off the axis" for loss in losses[mask]]
        drawing.pickable(subject.run, rows[mask], words=words if how is not marker else ())


def _lines(tree: Tree, losses: np.ndarray, top: float) -> tuple[np.ndarray, np.ndarray]:
    """One path: each younger leaf's stem up and across to the elder's, then each elder's stem to
    its own end.
    """
    at = {
        int(place): loss
        for place, loss in zip(tree.place, losses, strict=True)
        if np.isfinite(place)
    }
    gap = np.nan
    parts = [
        [(young, at[int(young)]), (young, height), (old, height), (gap, gap)]
        for young, old, height in tree.joints
    ]
    parts += [[(float(root), at[root]), (float(root), top), (gap, gap)] for root in tree.roots]
    points = np.array([point for part in parts for point in part]).reshape(-1, 2)
    return float32(points[:, 0]), float32(points[:, 1])


def _layout(leaves: int, span: Span) -> dict[str, Any]:
    return {
        "margin": {"l": 46, "r": 8, "t": UPPER, "b": 20},
        "showlegend": False,
        "hovermode": "closest",
        "hoverdistance": 14,
        "dragmode": False,
        "xaxis": {
            "range": [-0.7, leaves - 0.3],
            "showticklabels": False,
            "showgrid": False,
            "fixedrange": True,
            "title": {"text": "anchor and ends of trajectories"},
        },
        "yaxis": {
            "range": [span.low, span.high],
            "fixedrange": True,
            "nticks": 5,
            "title": {"text": "train loss"},
            **({"type": "log", "exponentformat": "power"} if span.log else {"type": "linear"}),
            **({"dtick": 1} if span.log and span.high - span.low > 3 else {}),
        },
    }
