"""Check: every jump has, filter by filter, the anchor's norm times its step size, and leaves
tensors of one dimension alone unless all jump.
"""

from __future__ import annotations

import numpy as np

from landscape_app.checks.check_subject import CheckSubject, Outcome, count


def check(checked: CheckSubject) -> Outcome:
    """The largest error of a filter's norm over all jumps, relative to the tensor's largest filter.

    ‖v_f‖ = a·‖θ_f‖ for each filter f and step size a (Li et al. 2018, arXiv 1712.09913).
    """
    jumps = checked.jumps
    steps = jumps.column("step_size")
    worst = 0.0
    for tensor in checked.facts["tensors"]:
        delta = jumps.delta.read(tensor["start"], tensor["stop"]).astype(np.float64)
        if len(tensor["shape"]) < 2 and checked.settings.jump_tensors == "filters":
            worst = max(worst, _largest(np.abs(delta)))
            continue
        count_of_filters = tensor["shape"][0] if len(tensor["shape"]) >= 2 else 1
        theta = np.asarray(checked.tensors[f"param.{tensor['key']}"], dtype=np.float64).reshape(
            count_of_filters, -1
        )
        expected = steps[:, None] * np.linalg.norm(theta, axis=1)
        norms = np.linalg.norm(delta.reshape(len(jumps), count_of_filters, -1), axis=2)
        worst = max(
            worst, _largest(np.abs(norms - expected) / max(expected.max(initial=0.0), 1e-12))
        )
    return Outcome(worst, f"{count(len(jumps))}, {len(checked.facts['tensors'])} tensors")


def _largest(errors: np.ndarray) -> float:
    """NaN, which no comparison would notice, counts as infinite."""
    return float(np.nan_to_num(errors, nan=np.inf).max(initial=0.0))
