"""Worst-direction sharpness: how much the loss rises at one gradient-ascent step of a given radius,
plain and adaptive. Finite.

SAM: ε = ρ·g/‖g‖ (Foret et al. 2021, arXiv 2010.01412). Adaptive: ε = ρ·T²g/‖Tg‖ with T = |θ|, so
that ‖T⁻¹ε‖ = ρ and rescaling weights against each other changes nothing (Kwon et al. 2021, arXiv
2102.11600).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landscape_app.errors import AnalysisError
from landscape_app.probes.point import Point


@dataclass(frozen=True)
class Rise:
    """rise: L(θ + ε) − L(θ); length: ‖ε‖ in weights; gradient: ‖∇L(θ)‖."""

    rise: float
    length: float
    gradient: float


def step(gradient: np.ndarray, weights: np.ndarray, *, radius: float, adaptive: bool) -> np.ndarray:
    """ε (parameter,). Raises AnalysisError where the gradient, or |θ|·gradient, is 0: then no
    direction is the worst.
    """
    scale = np.abs(weights) if adaptive else np.ones_like(weights)
    norm = float(np.linalg.norm(scale * gradient))
    if norm == 0:
        raise AnalysisError("The gradient is 0 at the anchor: no direction of ascent.")
    result: np.ndarray = radius * np.square(scale) * gradient / norm
    return result


def sharpness(point: Point, *, radius: float, adaptive: bool = False) -> Rise:
    """The rise at one step: a gradient and two passes over the data."""
    gradient, weights = point.gradient(), point.weights()
    epsilon = step(gradient, weights, radius=radius, adaptive=adaptive)
    here = point.loss()
    with point.at(weights + epsilon):
        there = point.loss()
    return Rise(there - here, float(np.linalg.norm(epsilon)), float(np.linalg.norm(gradient)))
