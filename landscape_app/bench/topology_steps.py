"""Sublevel persistence, the merge tree and Rips persistence of a made cloud, beside gudhi and
ripser.
"""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np

from landscape_app.analysis.topology import rips, sublevel
from landscape_app.analysis.topology.graph import grid
from landscape_app.analysis.topology.mergetree import leaf_heights, smad
from landscape_app.bench.comparison import Reference, TimedStep, affordable
from landscape_app.bench.made import BenchCloud, grid_losses

TEXTBOOK = "union-find in Python, as in textbooks"


def bars_of_losses(cloud: BenchCloud, limit: int) -> TimedStep:
    """H0 of the loss over the neighbourhood graph of the potential."""
    edges, losses = cloud.edges, cloud.losses

    def theirs() -> np.ndarray:
        from gudhi import SimplexTree

        tree = SimplexTree()
        tree.insert_batch(np.arange(len(losses))[None], losses)
        tree.insert_batch(edges.T, losses[edges].max(axis=1))
        tree.compute_persistence()
        return np.asarray(tree.persistence_intervals_in_dimension(0))

    return TimedStep(
        "sublevel persistence",
        cloud.n,
        lambda: sublevel.persistence(edges, losses),
        [_gudhi("gudhi SimplexTree", theirs)],
    )


def bars_of_grid() -> TimedStep:
    """H0 and the merge tree of a surface; vertices are its points."""
    losses = grid_losses()

    def ours() -> sublevel.Sublevel:
        bars = sublevel.persistence(grid(*losses.shape), losses.reshape(-1))
        smad(bars)
        return bars

    def theirs() -> np.ndarray:
        from gudhi import CubicalComplex

        cells = CubicalComplex(vertices=losses)
        cells.compute_persistence()
        return np.asarray(cells.persistence_intervals_in_dimension(0))

    return TimedStep(
        f"sublevel and merge tree, {len(losses)}×{len(losses)} grid",
        losses.size,
        ours,
        [_gudhi("gudhi CubicalComplex", theirs)],
    )


def _gudhi(name: str, run: Any) -> Reference:
    def agreement(ours: sublevel.Sublevel, theirs: np.ndarray) -> dict[str, float]:
        diagram = ours.diagram
        bars = np.column_stack([diagram.birth, diagram.death])
        return {"bars": len(bars), "bars_apart": _apart(bars, theirs[theirs[:, 1] > theirs[:, 0]])}

    if importlib.util.find_spec("gudhi") is None:
        return Reference(
            name, None, agreement, "not run: gudhi is not installed (it is one of the test extras)"
        )
    return Reference(name, run, agreement)


def merge_tree(cloud: BenchCloud, limit: int) -> TimedStep:
    """Persistence, leaf heights and SMAD."""
    edges, losses = cloud.edges, cloud.losses

    def ours() -> float:
        bars = sublevel.persistence(edges, losses)
        leaf_heights(bars)
        return smad(bars)

    reference = Reference(
        TEXTBOOK, lambda: _textbook(edges, losses), lambda a, b: {"smad_apart": abs(a - b)}
    )
    return TimedStep("merge tree", cloud.n, ours, [reference], lambda value: {"smad": value})


def _textbook(edges: np.ndarray, losses: np.ndarray) -> float:
    """Vertices enter in the order of their loss. Where two components meet for the first time, the
    higher minimum gets its saddle.
    """
    around: list[list[int]] = [[] for _ in losses]
    for i, j in edges.tolist():
        around[i].append(j)
        around[j].append(i)
    parent: dict[int, int] = {}
    saddle: dict[int, float] = {}

    def root(v: int) -> int:
        while parent[v] != v:
            v = parent[v]
        return v

    for v in np.argsort(losses, kind="stable").tolist():
        parent[v] = v
        lower = sorted(
            {root(u) for u in around[v] if u in parent and u != v}, key=lambda u: losses[u]
        )
        for u in lower:
            if len(lower) > 1:
                saddle.setdefault(u, losses[v] - losses[u])
            parent[u] = lower[0]
        if lower:
            parent[v] = lower[0]
    return float(np.mean(list(saddle.values()))) if saddle else 0.0


def pieces(cloud: BenchCloud, limit: int) -> TimedStep:
    """Rips H0: the minimum spanning tree."""
    from ripser import ripser

    apart = cloud.distances

    def agreement(ours: Any, theirs: Any) -> dict[str, float]:
        return {"bars_apart": _apart(np.column_stack([ours.birth, ours.death]), theirs["dgms"][0])}

    reference = affordable(
        "ripser",
        lambda: ripser(apart, maxdim=0, distance_matrix=True),
        agreement,
        n=cloud.n,
        limit=2 * limit,
    )
    return TimedStep("Rips H0", cloud.n, lambda: rips.spanning_bars(apart), [reference])


def loops(cloud: BenchCloud, limit: int) -> TimedStep:
    """Rips H0 and H1, located and drawn, at the default threshold; above 2,000 snapshots of a
    subsample, as by default.
    """
    from ripser import ripser

    apart, quantile = cloud.distances, cloud.spec.rips_quantile
    known = rips.persistence(apart, quantile=quantile)
    inside = apart[np.ix_(known.points, known.points)]

    def agreement(ours: rips.Rips, theirs: Any) -> dict[str, float]:
        finite = ours.h1.finite
        bars = np.column_stack([ours.h1.birth, ours.h1.death])[finite]
        reference_bars = theirs["dgms"][1]
        return {
            "bars": len(bars),
            "bars_apart": _apart(
                bars, reference_bars[(reference_bars[:, 1] <= np.float32(ours.threshold))]
            ),
        }

    same = Reference(
        "ripser, same threshold and snapshots",
        lambda: ripser(inside, maxdim=1, thresh=known.threshold, distance_matrix=True),
        agreement,
    )
    whole = affordable(
        "ripser, no threshold",
        lambda: ripser(inside, maxdim=1, distance_matrix=True),
        agreement,
        n=cloud.n,
        limit=limit,
        note=f"{len(inside):,} snapshots",
    )
    return TimedStep(
        "Rips H0, H1", cloud.n, lambda: rips.persistence(apart, quantile=quantile), [same, whole]
    )


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    """The largest difference of two sorted lists of bars (b, 2); infinite if their lengths differ.
    Essential bars are compared by birth.
    """
    if len(one) != len(other):
        return float("inf")
    first, second = (
        np.where(np.isinf(bars), 0.0, bars)[np.lexsort((bars[:, 1], bars[:, 0]))]
        for bars in (one, other)
    )
    return float(np.abs(first - second).max(initial=0.0))
