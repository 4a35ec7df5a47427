"""Check: the jumps of two different seeds are as good as orthogonal, as independent Gaussian directions are."""

from __future__ import annotations

import math

import numpy as np

from landscape_app.checks.subject import DoesNotApply, Outcome, Subject

DEVIATIONS = 6  # of 1/√d


def check(subject: Subject) -> Outcome:
    """The largest |cos| between the largest jumps of two seeds; held to 6/√d, d weights that jump (SCIENCE §8)."""
    if subject.settings.seeds < 2:
        raise DoesNotApply("there is one direction only")
    jumps = subject.jumps
    seeds, step = jumps.column("seed"), jumps.column("step_size")
    places = [at[np.argmax(step[at])] for seed in np.unique(seeds) if len(at := np.flatnonzero(seeds == seed))]
    chosen = jumps.delta.whole()[places].astype(np.float64)
    d = sum(t["stop"] - t["start"] for t in subject.facts["tensors"] if len(t["shape"]) >= 2)
    limit = DEVIATIONS / math.sqrt(max(d, 1))
    if len(chosen) < 2:
        return Outcome(math.nan, "jumps of one seed only are there whole", sound=False, most=limit)
    norms = np.linalg.norm(chosen, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosines = np.abs(chosen @ chosen.T / np.outer(norms, norms))[np.triu_indices(len(chosen), 1)]
    worst = float(np.nan_to_num(cosines, nan=np.inf).max())
    return Outcome(worst, f"{len(chosen)} directions of d = {d:,} weights: {worst * math.sqrt(d):.2f}/√d", most=limit)
