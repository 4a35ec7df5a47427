"""The settings of a surface: the losses on a line or plane through the anchor."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from landscape_app.settings.base import Spec, setting
from landscape_app.settings.names import PlaneName


class SurfaceSpec(Spec):
    """A line or plane through the anchor on which the losses are evaluated point by point: the
    linear baselines of jump and retrain.
    """

    kind: PlaneName = setting(
        "random",
        "Kind",
        "line: one random direction. random: a plane of two random directions. hessian: a plane of"
        " the two eigenvectors with the largest eigenvalues. pca: a plane of the two main"
        " directions of the snapshots.",
        group="surface",
    )
    points: int = setting(
        51,
        "Points",
        "Points along each axis. An odd number, so that the anchor is one of them.",
        group="surface",
        ge=3,
        le=1001,
    )
    extent: float = setting(
        1.0,
        "Extent",
        "How far the axes reach on both sides of the anchor. 1 is a jump of step size 1. For"
        " hessian, 1 is a quadratic rise of the loss of 1.",
        group="surface",
        unit="units",
        gt=0,
        le=10,
    )
    seed: int = setting(
        0,
        "Seed",
        "Line and random plane: the seed of the direction. A plane's second axis is the next"
        " seed. Hessian: the start of the iteration.",
        group="surface",
        ge=0,
        le=2**31 - 2,
    )

    @model_validator(mode="after")
    def _anchor_is_a_point(self) -> Self:
        if self.points % 2 == 0:
            raise ValueError(
                f"points: must be odd, so that the anchor is one of them: {self.points - 1} or"
                f" {self.points + 1}"
            )
        return self
