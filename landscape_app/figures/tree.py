"""The barrier merge tree of one run: where its jumps ended, joined at the highest loss that was
found on the straight line between them.

A leaf stands at its loss and rises until its valley meets a deeper one; that deeper valley's stem
goes on. Heights were evaluated on the network itself. An end from which the line to the anchor
never rises has no stem of its own: it lies in the anchor's valley.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.colours import logarithmic
from landscape_app.figures.figure_meta import Base, FigureMeta
from landscape_app.figures.palette import SYMBOLS, template
from landscape_app.figures.view import DrawnRun, Need, View

AIR = 0.08  # of the logarithmic range, above and below
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


def grow(losses: np.ndarray, pairs: np.ndarray, heights: np.ndarray) -> Tree:
    """The tree of leaves with these losses (n,), joined along `pairs` (e, 2) at `heights` (e,);
    what is not finite joins nothing.

    Kruskal by height; where two meet, the one with the lower leaf is the elder (at equal losses the
    one that comes first). Cost e log e.
    """
    elder = list(range(len(losses)))  # of each component its lowest leaf

    def find(leaf: int) -> int:
        while elder[leaf] != leaf:
            elder[leaf] = elder[elder[leaf]]
            leaf = elder[leaf]
        return leaf

    order = [[leaf] for leaf in range(len(losses))]
    met: list[tuple[int, int, float]] = []
    usable = np.flatnonzero(np.isfinite(heights) & np.isfinite(losses[pairs]).all(axis=1))
    for edge in usable[np.argsort(heights[usable], kind="stable")]:
        low, high = sorted(
            (find(int(pairs[edge, 0])), find(int(pairs[edge, 1]))),
            key=lambda leaf: (losses[leaf], leaf),
        )
        if low != high:
            met.append((high, low, float(heights[edge])))
            elder[high] = low
            order[low] += order[high]
    finite = [leaf for leaf in range(len(losses)) if np.isfinite(losses[leaf])]
    roots = [leaf for leaf in finite if find(leaf) == leaf]
    place = np.full(len(losses), np.nan)
    place[[leaf for root in roots for leaf in order[root]]] = np.arange(len(finite))
    joints = np.array([(place[high], place[low], height) for high, low, height in met]).reshape(
        -1, 3
    )
    return Tree(place, joints, tuple(int(place[root]) for root in roots))


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
    return {"end_rows", "end_losses", "pairs", "heights"} <= set(arrays) and len(
        arrays["end_rows"]
    ) > 1


@dataclass(frozen=True)
class Span:
    """The range of the heights over the compared runs: of their decimal logarithms (log), or of the
    losses where these have none.
    """

    low: float
    high: float
    log: bool = True

    def at(self, share: float) -> float:
        """The loss at this share of the range, from 0 at its low end to 1."""
        place = self.low + share * (self.high - self.low)
        return float(10**place) if self.log else place


def span(subjects: Sequence[DrawnRun]) -> Span:
    """Over the trees of `subjects`, so that runs compare."""
    trees = [subject.results["curvature"].arrays for subject in subjects if drawable(subject)]
    parts = [
        np.asarray(arrays[name], dtype=np.float64)
        for arrays in trees
        for name in ("end_losses", "heights")
    ]
    log = logarithmic(parts)
    values = np.concatenate([np.empty(0), *parts])
    values = values[np.isfinite(values) & ((values > 0) | (not log))]
    if not len(values):
        return Span(-1.0, 0.0)
    values = np.log10(values) if log else values
    low, high = float(values.min()), float(values.max())
    edge = AIR * (high - low) or 0.1
    return Span(low - edge, high + edge, log)


def draw(subject: DrawnRun, view: View, span: Span) -> go.Figure:
    """The tree of one run on the shared range; a leaf is picked as the snapshot that it is."""
    arrays = subject.results["curvature"].arrays
    rows, losses = (
        np.asarray(arrays["end_rows"]),
        np.asarray(arrays["end_losses"], dtype=np.float64),
    )
    tree = grow(
        losses, np.asarray(arrays["pairs"]), np.asarray(arrays["heights"], dtype=np.float64)
    )
    colour, named = view.palette.runs[subject.slot], f"run-{subject.slot + 1}"
    x, y = _lines(tree, losses, span.at(1 - (1 - STEM) * AIR))
    traces: list[dict[str, Any]] = [
        _scatter(
            x=x,
            y=y,
            mode="lines",
            line={"width": 1.4, "color": colour},
            opacity=0.75,
            hoverinfo="skip",
        )
    ]
    paint: list[list[Any]] = [[0, "line.color", named]]
    base: list[Base] = []
    ends, there = rows != 0, subject.there(rows)
    for chosen, marker, paint_as in (
        (ends, {"symbol": SYMBOLS[subject.slot], "size": 7, "color": colour}, named),
        (~ends, {"symbol": "diamond", "size": 11, "color": view.palette.text}, "text"),
    ):
        # a leaf whose snapshot is gone keeps its stem, which the tree was made with, and has no
        # mark
        chosen = chosen & there
        traces.append(
            _scatter(
                x=_f4(tree.place[chosen]),
                y=_f4(losses[chosen]),
                mode="markers",
                marker=marker,
                hoverinfo="none",
            )
        )
        paint.append([len(traces) - 1, "marker.color", paint_as])
        base.append({"trace": len(traces) - 1, "run": subject.run, "rows": rows[chosen].tolist()})
    # `whole`: filters hide nothing here, as in the diagrams.
    meta: FigureMeta = {
        "view": "tree",
        "runs": [subject.run],
        "base": base,
        "paint": paint,
        "whole": True,
    }
    return go.Figure(
        traces, {"template": template(view.scheme), "meta": meta, **_layout(len(rows), span)}
    )


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
    return _f4(points[:, 0]), _f4(points[:, 1])


def _layout(leaves: int, span: Span) -> dict[str, Any]:
    return {
        "margin": {"l": 46, "r": 8, "t": 4, "b": 20},
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


def _scatter(**how: Any) -> dict[str, Any]:
    return {"type": "scatter", **how}


def _f4(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=np.float32)
