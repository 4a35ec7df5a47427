"""The settings of a static sampling: points around the anchor, evaluated without retraining."""

from __future__ import annotations

import math
from typing import Annotated, Self

from pydantic import Field, model_validator

from landscape_app.protocol import LAST_EPOCH
from landscape_app.settings.base import Spec, setting
from landscape_app.settings.names import SamplingName
from landscape_app.settings.run import RunSpec

MOST = 200_000  # points
GRADIENT = 3  # forward passes that a gradient costs


class SampleSpec(Spec):
    """Points around the anchor at which all that a snapshot has is recorded: the static samplings
    that jump and retrain is compared with.
    """

    kind: SamplingName = setting(
        "naive",
        "Kind",
        "naive: many random directions with several step sizes each. grid: a lattice in three"
        " random directions.",
        group="sampling",
    )
    directions: int = setting(
        64,
        "Directions",
        "Naive: random directions. Their seeds follow those of jump and retrain.",
        group="sampling",
        ge=1,
        le=20_000,
    )
    step_sizes: tuple[Annotated[float, Field(gt=0, le=10)], ...] = setting(
        (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
        "Step sizes",
        "Naive: distances from the anchor along each direction. The unit is the norm of the"
        " weights.",
        group="sampling",
        unit="‖θ‖",
        min_length=1,
        max_length=64,
    )
    lattice: tuple[
        Annotated[int, Field(ge=2, le=100)],
        Annotated[int, Field(ge=2, le=100)],
        Annotated[int, Field(ge=2, le=100)],
    ] = setting(
        (8, 8, 10),
        "Lattice",
        "Grid: points along each of the three directions.",
        group="sampling",
    )
    extent: float = setting(
        1.0,
        "Extent",
        "Grid: how far each axis reaches on both sides of the anchor. 1 is a jump of step size 1.",
        group="sampling",
        unit="‖θ‖",
        gt=0,
        le=10,
    )

    @model_validator(mode="after")
    def _points_can_be_kept(self) -> Self:
        if len(set(self.step_sizes)) != len(self.step_sizes):
            raise ValueError("step_sizes: give each value once")
        if self.points > MOST:
            raise ValueError(
                f"{self.points:,} points are too many: a sampling has at most {MOST:,}"
            )
        return self

    @property
    def points(self) -> int:
        """How many points the sampling has."""
        high, wide, deep = self.lattice
        return high * wide * deep if self.kind == "grid" else self.directions * len(self.step_sizes)


def at_equal_cost(spec: RunSpec, train_share: float) -> SampleSpec:
    """The naive sampling, of ten step sizes, with as many directions as need at least the forward
    passes over rows of the paper's sample of a run: jumps and retraining, scoring included.

    train_share: train rows as a share of all rows, in (0, 1]. Scoring passes over all rows.
    """
    jumps = sum(step > 0 for step in spec.step_sizes) * spec.seeds
    epochs = min(spec.epochs, LAST_EPOCH)
    passes = jumps * (epochs * GRADIENT * train_share + epochs + 1)
    steps = len(SampleSpec().step_sizes)
    return SampleSpec(directions=max(1, math.ceil(passes / steps - 1e-9)))
