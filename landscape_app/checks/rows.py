"""Checks of the snapshots' rows: each is there once, and finite."""

from __future__ import annotations

import numpy as np

from landscape_app.checks.check_subject import CheckSubject, Outcome

MOST_NAMED = 4  # trajectories named in an answer


def alignment(checked: CheckSubject) -> Outcome:
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


def finite(checked: CheckSubject) -> Outcome:
    """How many snapshots diverged, with the trajectories that they are of."""
    snapshots = checked.snapshots
    diverged = np.asarray(snapshots.column("diverged"), dtype=bool)
    finite = np.logical_and.reduce(
        [np.isfinite(snapshots.column(name)) for name in ("train_loss", "test_loss", "distance")]
    )
    rows = snapshots.column("row")
    unmarked = rows[~finite & ~diverged]
    geometries = checked.results("geometry")
    wrong = bool(geometries) and not set(rows[diverged].tolist()) <= set(
        geometries[0].meta["excluded"]
    )
    words = [f"{len(rows) - int(diverged.sum()):,} of {len(rows):,} are finite"]
    words += [_named(checked, diverged)] if diverged.any() else []
    words += (
        [f"{len(unmarked)} are not finite, but not marked: row {unmarked[0]} …"]
        if len(unmarked)
        else []
    )
    words += ["the stored distances do not leave them out"] if wrong else []
    return Outcome(int(diverged.sum()) + len(unmarked), "; ".join(words), not wrong)


def _named(checked: CheckSubject, diverged: np.ndarray) -> str:
    """diverged: seed 2 · step 1 from epoch 3, …"""
    snapshots = checked.snapshots
    trajectory = snapshots.column("trajectory")
    names = []
    for path in np.unique(trajectory[diverged]):
        at = np.flatnonzero(diverged & (trajectory == path))[0]
        seed, step, epoch = (snapshots.column(name)[at] for name in ("seed", "step_size", "epoch"))
        jump = f"seed {seed} · step {step:g} from epoch {epoch}"
        names.append("the anchor" if path < 0 else jump)
    rest = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return "diverged: " + ", ".join(names[:MOST_NAMED]) + rest
