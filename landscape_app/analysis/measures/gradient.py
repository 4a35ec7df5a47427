"""The gradient's length at the anchor: near 0 only where training has arrived."""

from __future__ import annotations

from landscape_app.analysis.measures.measure import LOSS, Measured, measure


@measure(
    unit=f"{LOSS}/weight",
    direction="higher = further from a stationary point",
    source="Jiang et al. 2020, arXiv 1912.02178",
    cost="a gradient over the train rows",
)
def gradient_norm(norm: float) -> Measured:
    """‖∇L(θo)‖₂ of the train loss, in eval mode."""
    return Measured(norm)
