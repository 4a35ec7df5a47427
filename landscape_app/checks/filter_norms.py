"""Check: every jump has, filter by filter, the anchor's norm times its step size, and leaves tensors of one dimension alone."""

from __future__ import annotations

import numpy as np

from landscape_app.checks.subject import Outcome, Subject

LIMIT = 1e-4  # relative to the tensor's largest filter: weights are float32


def check(subject: Subject) -> Outcome:
    """The largest relative error of a filter's norm over all jumps (SCIENCE §2)."""
    snapshots = subject.snapshots
    jumps = np.flatnonzero((snapshots.column("epoch") == 0) & (snapshots.column("step_size") > 0))
    if not len(jumps):
        return Outcome(None, f"≤ {LIMIT:g}", False, "no jump is there whole")
    steps = snapshots.column("step_size")[jumps]
    worst = 0.0
    for tensor in subject.facts["tensors"]:
        delta = snapshots.delta.rows(jumps).read(tensor["start"], tensor["stop"]).astype(np.float64)
        if len(tensor["shape"]) < 2:
            worst = max(worst, float(np.abs(delta).max(initial=0.0)))
            continue
        theta = np.asarray(subject.tensors[f"param.{tensor['key']}"], dtype=np.float64).reshape(tensor["shape"][0], -1)
        expected = steps[:, None] * np.linalg.norm(theta, axis=1)
        found = np.linalg.norm(delta.reshape(len(jumps), tensor["shape"][0], -1), axis=2)
        worst = max(worst, float((np.abs(found - expected) / max(expected.max(initial=0.0), 1e-12)).max(initial=0.0)))
    return Outcome(worst, f"≤ {LIMIT:g}", worst <= LIMIT, f"{len(jumps)} jumps, {len(subject.facts['tensors'])} tensors")
