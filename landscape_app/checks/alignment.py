"""Check: the rows are the protocol's, each exactly once, and each row's stored distance is that of
its own weights.
"""

from __future__ import annotations

import numpy as np

from landscape_app.checks.check_subject import CheckSubject, Outcome


def check(checked: CheckSubject) -> Outcome:
    """The largest relative difference between a row's recorded distance and the norm of its stored
    δ (float32).
    """
    snapshots, spec = checked.snapshots, checked.settings
    expected = np.arange(spec.snapshots)
    squared = np.zeros(len(snapshots))
    for block in snapshots.delta.blocks():
        squared += np.einsum("nw,nw->n", block, block, dtype=np.float64)
    recorded, norm = snapshots.column("distance"), np.sqrt(squared)
    usable = np.isfinite(recorded) & np.isfinite(norm)
    worst = float(
        np.max(np.abs(recorded - norm)[usable] / np.maximum(norm[usable], 1e-12), initial=0.0)
    )
    rows = snapshots.column("row")
    complete = np.array_equal(rows, expected) and np.array_equal(rows, _protocol_rows(checked))
    missing = len(np.setdiff1d(expected, rows))
    detail = (
        f"{len(rows)} rows in order"
        if complete
        else f"{missing} of {len(expected)} rows are missing or out of order"
    )
    return Outcome(worst, detail, complete)


def _protocol_rows(checked: CheckSubject) -> np.ndarray:
    """Canonical ids computed from the trajectory, epoch, seed and step-size columns; −1 where those
    contradict the protocol.
    """
    snapshots, spec = checked.snapshots, checked.settings
    trajectory, epoch = snapshots.column("trajectory"), snapshots.column("epoch")
    ids = np.where(trajectory < 0, 0, 1 + trajectory * spec.rows_per_trajectory + epoch)
    plan = np.array([*spec.trajectories, (-1, 0.0)])  # index −1 is the anchor's
    agrees = (plan[trajectory, 0] == snapshots.column("seed")) & (
        plan[trajectory, 1] == snapshots.column("step_size")
    )
    return np.where(agrees, ids, -1)
