"""A static sampling of a run as snapshots: the anchor, then its points. What is computed of the
snapshots of jump and retrain can be computed of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from landscape_app.records.snapshots import Matrix, Snapshots
from landscape_app.store import snapshots, usable_results
from landscape_app.store.run import RunFolder

MATRICES = ("probe", "train_probe", "losses")
SCORES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "distance")


def read(run: RunFolder, kind: str, **parameters: Any) -> Snapshots | None:
    """The newest usable sampling of `kind` (naive, grid) whose parameters contain the given ones,
    after the anchor (row 0); None where there is none.

    A point is the jump (epoch 0) of a trajectory: of its line, the points in one direction. seed:
    of that direction, −1 for the points of a grid, which have three. step_size: ‖coefficients‖.
    delta has no columns, because the weights are not stored; probe, train_probe and losses are
    absent where the anchor or the points have none.
    """
    result = usable_results.find(run.path, "sampling", kind=kind, **parameters)
    if result is None:
        return None
    arrays, taken = {name: result.arrays[name] for name in result.arrays}, snapshots.read(run)
    anchor = taken.select(taken.column("row") == 0)
    columns = {
        name: np.concatenate([anchor.column(name), values])
        for name, values in _columns(arrays, int(result.meta["line"])).items()
    }
    answers = {name: _below(getattr(anchor, name), arrays.get(name)) for name in MATRICES}
    return Snapshots(
        run.id,
        columns,
        Matrix.of(np.empty((len(columns["row"]), 0), np.float32)),
        classes=int(result.meta["classes"]),
        target_scale=taken.target_scale,
        unsplit=taken.unsplit,
        **answers,
    )


def _columns(arrays: Mapping[str, np.ndarray], line: int) -> dict[str, np.ndarray]:
    """Every column of the points."""
    seeds, coefficients = arrays["seeds"], arrays["coefficients"].astype(np.float64)
    n, axes = seeds.shape
    return {
        "row": np.arange(1, n + 1),
        "trajectory": np.arange(n) // line,
        "seed": seeds[:, 0] if axes == 1 else np.full(n, -1),
        "step_size": np.linalg.norm(coefficients, axis=1),
        "epoch": np.zeros(n, np.int64),
        **{name: arrays[name].astype(np.float64) for name in SCORES},
        "diverged": arrays["diverged"].astype(bool),
    }


def _below(anchor: Matrix | None, points: np.ndarray | None) -> Matrix | None:
    """The points' answers (n, …) below the anchor's; None where one of them has none, or others."""
    if anchor is None or points is None:
        return None
    flat = points.reshape(len(points), -1).astype(np.float32, copy=False)
    if anchor.shape[1] != flat.shape[1]:
        return None
    return Matrix.of(np.concatenate([anchor.whole(), flat]))
