"""The path norm: how large the network's function can be. It does not change when ReLU layers are
rescaled.
"""

from __future__ import annotations

from landscape_app.analysis.measures.measure import Measured, measure


@measure(
    unit="",
    direction="higher = larger function",
    source="Neyshabur et al. 2015, arXiv 1503.00036",
    cost="one row through the network",
)
def path_norm(value: float) -> Measured:
    """√ of the sum over all paths from an input or bias to an output of the product of their
    squared weights.
    """
    return Measured(value, "nothing random")
