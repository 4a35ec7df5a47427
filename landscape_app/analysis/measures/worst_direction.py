"""Finite sharpness in the worst direction: how far the train loss rises at one step of gradient
ascent from the anchor.

This is not the Hessian's sharpness: the step has a length, and the loss is evaluated at its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from landscape_app.analysis.measures.hessian import SHARPER
from landscape_app.analysis.measures.measure import LOSS, Measured, measure

if TYPE_CHECKING:
    from landscape_app.probes.sharpness import Rise

COST = "a gradient and a loss over the train rows"


@measure(unit=LOSS, direction=SHARPER, source="SAM: Foret et al. 2021, arXiv 2010.01412", cost=COST)
def sam_sharpness(rise: Rise, radius: float) -> Measured:
    """L(θo + ε) − L(θo), ε along the gradient, ‖ε‖ = ρ. It depends on the scale of the
    weights.
    """
    return _rise(rise, radius)


@measure(unit=LOSS, direction=SHARPER, source="ASAM: Kwon et al. 2021, arXiv 2102.11600", cost=COST)
def asam_sharpness(rise: Rise, radius: float) -> Measured:
    """The same with ‖ε/|θo|‖ = ρ. It does not change when ReLU layers are rescaled."""
    return _rise(rise, radius)


def _rise(rise: Rise, radius: float) -> Measured:
    return Measured(
        rise.rise,
        f"ρ = {radius:g}, a step of {rise.length:.3g} in weights; one step of ascent, nothing"
        " random",
    )
