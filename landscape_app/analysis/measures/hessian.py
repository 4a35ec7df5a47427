"""Infinitesimal sharpness: how the train loss curves at the anchor. Exact products with the
Hessian, in eval mode, on all train rows.

A finite step (worst_direction, expected_sharpness) measures something else: a valley with a flat
floor and steep walls is flat by the Hessian and sharp by a finite step.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from landscape_app.analysis.measures.measure import LOSS, Measured, measure
from landscape_app.analysis.measures.trajectories import words

if TYPE_CHECKING:  # probes need torch, a table of measures does not
    from landscape_app.probes.lanczos import Density, Top
    from landscape_app.probes.trace import Trace

SHARPER = "higher = sharper"
CURVATURE = f"{LOSS}/weight²"


@measure(
    unit=CURVATURE,
    direction=SHARPER,
    source="Lanczos with full reorthogonalisation; Keskar et al. 2017, arXiv 1609.04836",
    cost="up to 60 Hessian products, each about four passes over the train rows",
)
def hessian_top(largest: Top, seed: int) -> list[Measured]:
    """The largest eigenvalue, and those after it as parts."""
    told = []
    for k, (value, error) in enumerate(zip(largest.values, largest.errors, strict=True), start=1):
        detail = words(
            f"± {error:.2g} (residual, which bounds the distance to an eigenvalue)",
            f"{largest.products} products, seed {seed}",
            "" if largest.converged else "not all converged",
        )
        part, label = ("", "") if k == 1 else (str(k), f"number {k}")
        told.append(Measured(float(value), detail, part, label, error=float(error)))
    return told


@measure(
    unit=CURVATURE,
    direction=SHARPER,
    source="Hutch++: Meyer et al. 2021, arXiv 2010.09649",
    cost="45 Hessian products",
)
def hessian_trace(trace: Trace, seed: int) -> list[Measured]:
    """The whole trace, and each layer's."""

    def spread(value: float) -> str:
        return (
            f"± {value:.2g} (standard error, {trace.products} products, seed {seed})"
            if value
            else f"exact, {trace.products} products"
        )

    parts = [
        Measured(value, spread(error), name, f"layer {name}", error=error)
        for name, (value, error) in trace.layers.items()
    ]
    whole = Measured(trace.value, spread(trace.error), error=trace.error)
    return [whole, *(parts if len(parts) > 1 else [])]


@measure(
    unit="fraction",
    direction="higher = further from a minimum",
    source="stochastic Lanczos quadrature: Ghorbani et al. 2019, arXiv 1901.10159",
    cost="4 × 30 Hessian products, up to four times as many until it settles",
)
def hessian_negative(density: Density, seed: int) -> Measured:
    """The share of directions that curve down, by the weights of the quadrature."""
    share, error, bias = density.negative()
    held = f"standard error {error:.2g}, quadrature {bias:.2g}" if bias else "standard error"
    probes = f"{int(density.probe.max()) + 1} probes of up to {density.steps} products, seed {seed}"
    whole = math.hypot(error, bias)
    detail = f"± {whole:.2g} ({held}, {probes}); below −{density.width:.3g}"
    return Measured(share, detail, error=whole)
