"""Check: the stored spectral density has mass 1: probe by probe as Lanczos weights, and as the
smoothed curve that is drawn.
"""

from __future__ import annotations

import numpy as np

from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome


def check(checked: CheckSubject) -> Outcome:
    """The largest of |mass − 1| over probes, and of the density over its grid; no weight is
    negative.
    """
    result = checked.result(
        "curvature", missing=f"no spectrum is computed yet; {checked.how('curvature')}"
    )
    if "weights" not in result.arrays:
        raise DoesNotApply("its spectrum could not be computed")
    weights, probe = (
        np.asarray(result.arrays["weights"], dtype=np.float64),
        np.asarray(result.arrays["probe"], dtype=np.int64),
    )
    grid, density = np.asarray(result.arrays["grid"]), np.asarray(result.arrays["density"])
    probes = int(probe.max()) + 1
    masses = probes * np.bincount(probe, weights, probes)
    # the grid is the middles of equal cells
    curve = float(density.sum() * (grid[-1] - grid[0]) / (len(grid) - 1))
    sound = bool((weights >= 0).all() and (density >= 0).all())
    worst = float(np.max(np.abs([*(masses - 1), curve - 1])))
    words = f"{probes} probes, {len(weights)} nodes; the curve's mass is {curve:.9g}"
    return Outcome(
        worst, words if sound else f"{words}; some weights are negative", sound, on="curvature"
    )
