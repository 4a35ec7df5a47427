"""Check: the jumps of two different seeds are as good as orthogonal, as independent Gaussian
directions are.
"""

from __future__ import annotations

import math

import numpy as np

from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome

DEVIATIONS = 6  # of 1/√d


def check(checked: CheckSubject) -> Outcome:
    """The largest |cos| between the largest jumps of two seeds; at most 6/√d for d weights that
    jump.

    A direction has the same length in every filter, whatever the number of weights there. Where all
    tensors jump, single numbers among them, d is the number of weights of a network of equal
    filters whose directions would be as far from orthogonal.
    """
    if checked.settings.seeds < 2:
        raise DoesNotApply("there is one direction only")
    jumps = checked.jumps
    seeds, step = jumps.column("seed"), jumps.column("step_size")
    places = [
        at[np.argmax(step[at])]
        for seed in np.unique(seeds)
        if len(at := np.flatnonzero(seeds == seed))
    ]
    chosen = jumps.delta.whole()[places].astype(np.float64)
    d = _weights(checked)
    limit = DEVIATIONS / math.sqrt(max(d, 1))
    if len(chosen) < 2:
        return Outcome(math.nan, "only one seed has complete jumps", sound=False, most=limit)
    norms = np.linalg.norm(chosen, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosines = np.abs(chosen @ chosen.T / np.outer(norms, norms))[
            np.triu_indices(len(chosen), 1)
        ]
    worst = float(np.nan_to_num(cosines, nan=np.inf).max())
    return Outcome(
        worst,
        f"{len(chosen)} directions of d = {d:,.0f} weights: {worst * math.sqrt(d):.2f}/√d",
        most=limit,
    )


def _weights(checked: CheckSubject) -> float:
    """d: of tensors with two or more dimensions their number; of all tensors (Σ‖θ_f‖²)² /
    Σ(‖θ_f‖⁴/n_f) over the filters f of n_f weights.
    """
    tensors = checked.facts["tensors"]
    if checked.settings.jump_tensors == "filters":
        return float(sum(t["stop"] - t["start"] for t in tensors if len(t["shape"]) >= 2))
    squares, fourths = 0.0, 0.0
    for tensor in tensors:
        theta = np.asarray(checked.tensors[f"param.{tensor['key']}"], dtype=np.float64)
        rows = np.square(theta.reshape(theta.shape[0] if theta.ndim >= 2 else 1, -1))
        squares += rows.sum()
        fourths += (rows.sum(1) ** 2).sum() / max(rows.shape[1], 1)
    return float(squares**2 / fourths) if fourths else 1.0
