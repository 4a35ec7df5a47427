"""Clouds of snapshots as jump and retrain makes them, from a few lines of arithmetic: rays from an
anchor, with curves at their ends.
"""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.geometry import measure
from landscape_app.analysis.space import Space
from landscape_app.records.snapshots import COLUMNS, Matrix, Snapshots
from landscape_app.seeds import numpy_stream
from landscape_app.settings import AnalysisSpec

STEPS = (0.0, 0.5, 1.0)


def rays(
    *,
    seeds: int = 4,
    steps: tuple[float, ...] = STEPS,
    epochs: int = 12,
    parameters: int = 300,
    pace: float = 0.02,
) -> Snapshots:
    """The anchor, then per seed and step size a jump and `epochs` ever smaller steps back; float32,
    row order as the store's.

    A step size of 0 starts at the anchor itself, so those snapshots are equal in weights.
    """
    rng = numpy_stream(7, "cloud")
    rows, columns = [np.zeros(parameters)], [(0, -1, -1, 0.0, 0)]
    for seed in range(seeds):
        direction = rng.standard_normal(parameters) / np.sqrt(parameters)
        for step in steps:
            at = step * direction
            drift = rng.standard_normal(parameters) / np.sqrt(parameters) - 0.5 * at
            for epoch in range(epochs + 1):
                columns.append((len(rows), (len(rows) - 1) // (epochs + 1), seed, step, epoch))
                rows.append(at)
                at = at + pace * 0.8**epoch * drift
    return snapshots(np.array(rows, dtype=np.float32), *np.array(columns).T)


def snapshots(
    delta: np.ndarray,
    row: np.ndarray,
    trajectory: np.ndarray,
    seed: np.ndarray,
    step: np.ndarray,
    epoch: np.ndarray,
) -> Snapshots:
    """A record over `delta` (n, parameter) whose losses are made up from the distance to the
    anchor.
    """
    distance = np.linalg.norm(delta.astype(np.float64), axis=1)
    values = {
        "row": row,
        "trajectory": trajectory,
        "seed": seed,
        "step_size": step,
        "epoch": epoch,
        "distance": distance,
    }
    values |= {
        "train_loss": distance**2,
        "test_loss": distance**2 + 0.1,
        "train_accuracy": 1 / (1 + distance),
        "test_accuracy": 1 / (1 + distance),
    }
    values["diverged"] = np.zeros(len(delta))
    return Snapshots(
        "cloud",
        {name: np.asarray(values[name]).astype(kind) for name, (kind, _) in COLUMNS.items()},
        Matrix.of(delta),
    )


def space(cloud: Snapshots, **settings) -> Space:
    """The space of the finite, distinct snapshots of `cloud` in Euclidean distance."""
    geometry = measure(cloud)
    place = np.searchsorted(cloud.column("row"), geometry.rows)
    return Space.of(
        geometry,
        {name: cloud.column(name)[place] for name in ("trajectory", "epoch", "seed")},
        AnalysisSpec(**settings),
    )


def order_of(n: int) -> np.ndarray:
    """A fixed permutation of n."""
    return numpy_stream(3, "order").permutation(n)


def reordered(one: Space) -> tuple[Space, np.ndarray]:
    """(the same space with its snapshots in another order, the order)."""
    order = order_of(len(one.distances))
    steps = np.argsort(order)[one.steps]
    return Space(
        one.distances[np.ix_(order, order)],
        one.trajectory[order],
        one.group[order],
        steps,
        one.spec,
    ), order
