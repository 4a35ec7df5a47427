"""Check: no snapshot diverged; those that did are marked as such, kept, and left out of the stored
distances by name.
"""

from __future__ import annotations

import numpy as np

from landscape_app.checks.check_subject import CheckSubject, Outcome

MOST_NAMED = 4


def check(checked: CheckSubject) -> Outcome:
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
