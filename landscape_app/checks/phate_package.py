"""Check: our diffusion potential is the phate package's, at the same distances, kernel and t."""

from __future__ import annotations

from typing import Any

import numpy as np

from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome, on
from landscape_app.errors import AnalysisError, RunDamagedError
from landscape_app.settings import AnalysisSpec
from landscape_app.store.derived import Result

MOST = 1_000  # snapshots: the package's dense products take some 5 s for so many
# What the stored entropy may differ from the package's: we take the singular values from the
# eigenvalues of P Pᵀ, where those near 0 are right to 1e-8 only.
CLOSE = 1e-6
DEFAULT = AnalysisSpec()


def check(checked: CheckSubject) -> Outcome:
    """The largest absolute difference of U = −log(Pᵗ + 1e-7), whose entries go from 0 to 16.1.

    The kernel is the paper's, at the analysis's k and decay; t is what the package chooses. What
    the analysis stored of the paper's kernel, entropy (100,) and knee, must be the package's too.
    """
    stored = next(iter(checked.results("diffusion", kernel="paper")), None)
    of: dict[str, Any] = {} if stored is None else dict(stored.parameters)
    known = {name: of[name] for name in ("distance",) if name in of}
    missing = f"no distances are stored yet; {checked.how('analyse')}"
    geometry = checked.result("geometry", missing=missing, **known)
    distances = _between_distinct(geometry)
    if len(distances) > MOST:
        raise DoesNotApply(f"{len(distances):,} distinct snapshots; up to {MOST:,} are compared")
    k, decay = (of.get(name) or checked.at.get(name) for name in ("k", "decay"))
    try:
        difference, t, entropy = compared(
            distances, k=int(k or DEFAULT.k), decay=float(decay or DEFAULT.decay)
        )
    except AnalysisError as error:
        raise DoesNotApply(str(error)) from error
    wrong = "" if stored is None else _apart(stored, entropy, t)
    words = f"{len(distances)} snapshots, t = {t}"  # equal runs have equal words: no seconds
    return Outcome(difference, wrong + words, not wrong, on=on(geometry))


def compared(distances: np.ndarray, *, k: int, decay: float) -> tuple[float, int, np.ndarray]:
    """(largest difference of our potential from the package's, its t, its entropy (100,)).

    distances (m, m), no two snapshots 0 apart. Raises AnalysisError for too few. O(m³).
    """
    from landscape_app.analysis.diffusion import Diffusion, potential
    from landscape_app.analysis.kernel import paper
    from landscape_app.analysis.phate_package import package_potential

    theirs = package_potential(distances, k=k, decay=decay, seed=0)
    nobody = np.zeros(len(distances))
    ours = Diffusion(paper(distances, nobody, k=k, k_cross=1, decay=decay))
    difference = np.abs(potential(ours.power(theirs.t)) - theirs.values).max()
    return float(np.nan_to_num(difference, nan=np.inf)), theirs.t, theirs.entropy


def _between_distinct(geometry: Result) -> np.ndarray:
    """Distances (m, m) float64 between the snapshots that represent themselves."""
    values, first = geometry.arrays["distances"], geometry.arrays["representative"]
    if values.shape != (len(first), len(first)):
        raise RunDamagedError("the stored distances are not between the snapshots that are there")
    distinct = np.flatnonzero(first == np.arange(len(first)))
    return values[np.ix_(distinct, distinct)].astype(np.float64)


def _apart(stored: Result, entropy: np.ndarray, t: int) -> str:
    """What the stored entropy and knee on the paper's kernel have wrong, in words; empty if
    nothing.
    """
    mine = np.asarray(stored.arrays["entropy"], dtype=np.float64)
    same = mine.shape == entropy.shape
    off = float(np.nan_to_num(np.abs(mine - entropy), nan=np.inf).max()) if same else np.inf
    if off > CLOSE:
        return f"the stored entropy is {off:.2g} from the package's; "
    knee = stored.meta.get("knee")
    flat = np.ptp(entropy) <= CLOSE  # has no knee
    return "" if knee == t or flat else f"the stored knee {knee} is not the package's; "
