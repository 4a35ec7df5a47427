"""Learning-rate schedules: the factor on the rate in an epoch, as a function of how far training
is.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from landscape_app.registries import SCHEDULES, find

# fraction of the epochs that are done before this one, in [0, 1) -> factor
Schedule = Callable[[float], float]


def factor(name: str, *, epoch: int, epochs: int) -> float:
    """The factor of `epoch` (counted from 1) of `epochs` under the schedule `name`; raises
    UnknownNameError.
    """
    schedule: Schedule = find("schedule", SCHEDULES, name).load()
    return schedule((epoch - 1) / max(epochs, 1))


def constant(done: float) -> float:
    """1 throughout."""
    return 1.0


def steps(done: float) -> float:
    """A tenth from 50 %, a hundredth from 75 % of the epochs on (the digits regimes)."""
    return 0.1 ** sum(done >= cut for cut in (0.5, 0.75))


def paper(done: float) -> float:
    """A tenth more at 50, 75 and 92.5 % of the epochs: 100, 150 and 185 of the paper's 200."""
    return 0.1 ** sum(done >= cut for cut in (0.5, 0.75, 0.925))


def cosine(done: float) -> float:
    """Half a cosine from 1 to 0 (Loshchilov & Hutter 2017, without restarts)."""
    return 0.5 * (1 + math.cos(math.pi * done))


def linear(done: float) -> float:
    """A straight line from 1 to 0."""
    return 1.0 - done


def warmup_cosine(done: float) -> float:
    """A straight line from a tenth to 1 over the first 5 % of the epochs, then half a cosine to
    0.
    """
    start = 0.05
    return (
        0.1 + 0.9 * done / start
        if done < start
        else 0.5 * (1 + math.cos(math.pi * (done - start) / (1 - start)))
    )
