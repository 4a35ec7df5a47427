"""How sure a statistic of a study is: configurations are drawn anew, each with all its seeds.

Networks that differ in their seed only are no independent evidence about a recipe, so what is drawn
are the configurations (the settings), and the seeds come with them (Davison & Hinkley 1997, §3.8,
strategy 2: drawing the members anew as well would count the variation between seeds twice).
"""

from __future__ import annotations

import numpy as np

from landscape_app.interval_width import FEW, LEAST, expected_width, too_few
from landscape_app.seeds import numpy_stream

__all__ = ["FEW", "LEAST", "expected_width", "interval", "resamples", "too_few"]

# share of the resamples in which a statistic must have a value to be given an interval
DEFINED = 0.5


def resamples(configuration: np.ndarray, *, count: int, seed: int) -> np.ndarray:
    """How often each network is in each of `count` resamples, (count, n) float64; `configuration`
    (n,) numbers the settings from 0.
    """
    settings = int(configuration.max()) + 1
    drawn = numpy_stream(seed, "bootstrap").integers(settings, size=(count, settings))
    times = np.zeros((count, settings))
    np.add.at(times, (np.arange(count)[:, None], drawn), 1.0)
    return times[:, configuration]


def interval(values: np.ndarray, *, level: float) -> tuple[float, float] | tuple[None, None]:
    """The central `level` of the resampled values (percentiles); None, None if too few of them are
    defined.
    """
    known = values[np.isfinite(values)]
    if len(known) < max(2, DEFINED * len(values)):
        return None, None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
