"""PAC-Bayes σ: how much Gaussian noise on the weights the network bears, found by bisection on the
mean drop over fixed draws.

Plain: every weight gets N(0, σ²). Magnitude-aware: N(0, σ'²θ² + ε²). The largest noise at which
accuracy drops by 0.1 (or the loss rises by a given amount) on average: Jiang et al. 2020, arXiv
1912.02178, Appendix C; flatter = larger.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from landscape_app.errors import AnalysisError
from landscape_app.probes.point import Point
from landscape_app.seeds import numpy_stream

FLOOR = 1e-3  # ε of the magnitude-aware noise: a weight of 0 moves too
LOWEST, HIGHEST = 2.0**-20, 2.0**10
SLOPE = 1.15  # factor on both sides at which the drop's slope is taken for the standard error


@dataclass(frozen=True)
class Noise:
    """sigma, and its standard error over the draws by the slope of the drop (nan where that is
    flat); drop: the mean one there.
    """

    sigma: float
    error: float
    drop: float
    draws: int


def sigma(
    point: Point,
    score: Callable[[], float],
    *,
    drop: float,
    draws: int,
    seed: int,
    magnitude: bool = False,
    tolerance: float = 0.01,
) -> Noise:
    """The noise at which `score` (of `point`, lower = worse) is lower by `drop` than without, on
    average over `draws` draws.

    The draws are the same at every σ, so the drop is a function of σ; found to `tolerance`,
    relative. Raises AnalysisError if no σ from 2⁻²⁰ to 2¹⁰ drops it by so much. About 15 · draws
    passes over the data.
    """
    drops = _drops(point, score, draws=draws, seed=seed, magnitude=magnitude)
    low, high = _bracket(lambda at: drops(at).mean() >= drop)
    while high / low > 1 + tolerance:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if drops(middle).mean() >= drop else (middle, high)
    lost = drops(low)
    rise = drops(low * SLOPE).mean() - drops(low / SLOPE).mean()
    slope = rise / (low * (SLOPE - 1 / SLOPE))
    spread = lost.std(ddof=1) / math.sqrt(draws) if draws > 1 else math.nan
    error = spread / slope if 0 < slope < math.inf else math.nan
    return Noise(low, float(error), float(lost.mean()), draws)


def _drops(
    point: Point, score: Callable[[], float], *, draws: int, seed: int, magnitude: bool
) -> Callable[[float], np.ndarray]:
    """σ ↦ how much each draw of noise lowers the score, (draw,); infinite where the score is not
    finite.
    """
    weights, base = point.weights(), score()

    def drops(sigma: float) -> np.ndarray:
        scale = np.sqrt(np.square(sigma * weights) + FLOOR**2) if magnitude else sigma
        lost = np.empty(draws)
        for draw in range(draws):
            noise = numpy_stream(seed, "noise", draw).standard_normal(len(weights))
            with point.at(weights + scale * noise):
                lost[draw] = base - score()
        return np.where(np.isfinite(lost), lost, math.inf)

    return drops


def _bracket(enough: Callable[[float], bool]) -> tuple[float, float]:
    """(low, high), a factor of 4 apart, between which `enough` becomes true. The search starts at
    2⁻⁴.
    """
    at = 2.0**-4
    if enough(at):
        while enough(at / 4):
            at /= 4
            if at < LOWEST:
                raise AnalysisError(
                    "Even the smallest weight noise is too large, so there is no σ."
                )
        return at / 4, at
    while not enough(4 * at):
        at *= 4
        if at > HIGHEST:
            raise AnalysisError(
                "No weight noise, however large, lowers the accuracy (or raises the loss) by the"
                " drop. So there is no σ."
            )
    return at, 4 * at
