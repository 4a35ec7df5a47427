"""How long the steps of one kind of run take on one machine: measured when a run begins
(pipeline/pace.py), stored with it, and used again for runs of the same shape.
"""

from __future__ import annotations

import hashlib
import math
import os
import platform
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any

from landscape_app.store.run import RunFolder

# Runs that agree in these settings take as long for every step. Augmentation is among them: each
# batch is drawn anew.
SHAPE = (
    *("data", "network", "width", "depth", "layout", "checkpoint", "train_rows", "dropout"),
    *("train_batch", "batch", "augmentation", "loss", "train_optimizer", "optimizer"),
    *("device", "precision", "workers", "batchnorm"),
)
FACTS = "pace"  # in the journal's line of what a run was begun with


@dataclass(frozen=True)
class Pace:
    """Seconds of steps on `machine`, with nothing else at work there.

    build: data set and network are made. preparing: all that comes before the first step, the
    trials of the plan among it. epoch: one training epoch. together: the same of one of several
    networks in a batch; 0 where it trains alone, or that was not measured. rate:
    trajectory-epochs per second of all workers. point: train and test losses at one point of a
    plane. loss, product: train loss, and a Hessian-vector product, on all train rows. speed: of an
    analysis, relative to the machine of forecast/analysis.py. workers: at work at once in sampling
    and planes. parameters: trainable weights.
    """

    machine: str
    build: float
    preparing: float
    epoch: float
    rate: float
    point: float
    loss: float
    product: float
    speed: float
    workers: int
    parameters: int
    together: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain values for the journal."""
        return asdict(self)

    @staticmethod
    def from_json(values: Any) -> Pace | None:
        """The pace whose `to_json` was `values`; None where they say no usable pace."""
        needed = {field.name for field in fields(Pace) if field.default is MISSING}
        if not isinstance(values, Mapping) or not values.keys() >= needed:
            return None
        numbers = {field.name: values.get(field.name, field.default) for field in fields(Pace)}
        named = numbers.pop("machine")
        if not all(_usable(number) for number in numbers.values()):
            return None
        return Pace(str(named), **numbers)


def _usable(value: Any) -> bool:
    """Whether `value` is a finite number that a step can take. A stored one may be anything."""
    usual = isinstance(value, int | float) and not isinstance(value, bool)
    return usual and math.isfinite(value) and 0 <= value < 1e12


def machine() -> str:
    """A mark of this machine: the same for the same host and number of cores. It does not tell
    the host's name, as runs are given away.
    """
    named = f"{platform.node()} {platform.machine()} {os.cpu_count()}"
    return hashlib.sha256(named.encode()).hexdigest()[:16]


def stored(run: RunFolder) -> Pace | None:
    """The pace that was measured on this machine when `run` began."""
    pace = Pace.from_json((run.prepared() or {}).get(FACTS))
    return pace if pace is not None and pace.machine == machine() else None
