"""PAC-Bayes σ: the Gaussian noise on the weights at which the network becomes worse by a stated
amount; the same σ for every weight, or in proportion to its size.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from landscape_app.analysis.measures.measure import Measured, measure
from landscape_app.analysis.measures.trajectories import words

if TYPE_CHECKING:
    from landscape_app.probes.noise import Noise

FLATTER = "higher = flatter"
SOURCE = "Jiang et al. 2020, arXiv 1912.02178, Appendix C"
COST = "about 12 × 8 passes over the train rows"


@measure(unit="weight", direction=FLATTER, source=SOURCE, cost=COST)
def pac_bayes_sigma(noise: Noise, seed: int, what: str) -> Measured:
    """Standard deviation of the noise, the same for every weight."""
    return _borne(noise, seed, what)


@measure(unit="relative", direction=FLATTER, source=SOURCE, cost=COST)
def pac_bayes_sigma_magnitude(noise: Noise, seed: int, what: str) -> Measured:
    """Standard deviation of the noise divided by the size of the weight."""
    return _borne(noise, seed, what)


def _borne(noise: Noise, seed: int, what: str) -> Measured:
    spread = (
        f"± {noise.error:.2g} (standard error, {noise.draws} draws, seed {seed})"
        if math.isfinite(noise.error)
        else "no standard error"
    )
    return Measured(noise.sigma, words(spread, f"mean {what} {noise.drop:.3g}"))
