"""How sure a statistic of a study is: configurations are drawn anew, each with all its seeds; and when there are too few of them.

Networks that differ in their seed only are no independent evidence about a recipe, so what is drawn are the configurations (the
settings), and the seeds come with them (Davison & Hinkley 1997, §3.8, strategy 2: drawing the members anew as well would
count the variation between seeds twice).
"""

from __future__ import annotations

import numpy as np

from landscape_app.seeds import numpy_stream

# Width of the 95 % interval of a τ near 0.5, by the number of networks (SCIENCE §7).
WIDTHS = {10: 0.84, 20: 0.53, 40: 0.34, 100: 0.20}
WIDE = 0.5  # an interval this wide does not tell a τ of 0.5 from one of 0.25
FEW = 8  # configurations below which a bootstrap over them says little …
LEAST = 5  # … and below which it says nothing, so that there is no interval
DEFINED = 0.5  # share of the resamples in which a statistic must have a value to be given an interval


def resamples(configuration: np.ndarray, *, count: int, seed: int) -> np.ndarray:
    """How often each network is in each of `count` resamples, (count, n) float64; `configuration` (n,) numbers the settings from 0."""
    settings = int(configuration.max()) + 1
    drawn = numpy_stream(seed, "bootstrap").integers(settings, size=(count, settings))
    times = np.zeros((count, settings))
    np.add.at(times, (np.arange(count)[:, None], drawn), 1.0)
    return times[:, configuration]


def interval(values: np.ndarray, *, level: float) -> tuple[float, float] | tuple[None, None]:
    """The central `level` of the resampled values (percentiles); None, None if too few of them are defined."""
    known = values[np.isfinite(values)]
    if len(known) < max(2, DEFINED * len(values)):
        return None, None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def expected_width(networks: int) -> float:
    """How wide the 95 % interval of a τ near 0.5 is with this many independent networks; at most 2. Between and beyond WIDTHS as a power."""
    sizes, widths = np.log(list(WIDTHS)), np.log(list(WIDTHS.values()))
    here = np.log(max(networks, 1))
    if here >= sizes[-1]:
        return float(np.exp(widths[-1] - 0.5 * (here - sizes[-1])))
    if here <= sizes[0]:
        return float(min(2.0, np.exp(widths[0] - 0.5 * (here - sizes[0]))))
    return float(np.exp(np.interp(here, sizes, widths)))


def too_few(networks: int, configurations: int) -> str:
    """A sentence that says so where there are too few to tell measures apart, else ""."""
    width = expected_width(networks)
    parts = []
    if width > WIDE:
        parts.append(
            f"Too few networks: with {networks} the 95 % interval of a τ near 0.5 is about {width:.2f} wide "
            f"({', '.join(f'{w:.2f} at {n}' for n, w in WIDTHS.items() if n > networks)}), so measures cannot be told apart."
        )
    if configurations < LEAST:
        parts.append(f"Too few configurations: {configurations} settings drawn anew say nothing, so there are no intervals.")
    elif configurations < FEW:
        parts.append(f"Few configurations: intervals come from {configurations} settings drawn anew and are too narrow.")
    return " ".join(parts)
