"""The Hessian's trace by Hutch++, and each layer's share of it, from the same products.

Meyer, Musco, Musco & Woodruff 2021, arXiv 2010.09649: with Q a basis of HS, tr H = tr QᵀHQ + tr
(I−QQᵀ)H(I−QQᵀ); the first part is exact, the second estimated by Hutchinson's random signs. A
layer's trace is the sum of those diagonal entries that its mask keeps, H = QQᵀH + HQQᵀ − QQᵀHQQᵀ +
(I−QQᵀ)H(I−QQᵀ) taken entry by entry, so that the layers add up to the whole exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from landscape_app.probes.hessian import Product
from landscape_app.seeds import numpy_stream

MEMORY = 2**30  # bytes of Q and HQ


@dataclass(frozen=True)
class Trace:
    """value and its standard error (0 where it is exact), layers {name: (value, standard error)},
    products that it took.
    """

    value: float
    error: float
    products: int
    layers: dict[str, tuple[float, float]] = field(default_factory=dict)


def trace(
    times: Product,
    size: int,
    *,
    products: int,
    seed: int,
    layers: Mapping[str, np.ndarray] | None = None,
) -> Trace:
    """The trace from about `products` products, a third each for the sketch, its image and the
    signs; exact if size ≤ a third.

    layers: {name: mask (parameter,) bool}. O(products² · size) besides the products.
    """
    masks = dict(layers or {})
    third = max(2, products // 3)
    rank = max(1, min(third, size, MEMORY // (16 * size)))
    if rank == size:
        basis, sketched = np.eye(size), 0
    else:
        signs = numpy_stream(seed, "trace", "sketch").choice([-1.0, 1.0], (rank, size))
        basis, sketched = np.linalg.qr(np.stack([times(row) for row in signs]).T)[0], rank
    image = np.stack([times(row) for row in basis.T], axis=1)
    diagonal = (2 * basis * image - (basis @ (basis.T @ image)) * basis).sum(1)
    known = [float(diagonal.sum()), *(float(diagonal[mask].sum()) for mask in masks.values())]
    if rank == size:
        return _trace(known, np.zeros((2, len(known))), masks, size)
    rest = []
    for index in range(third):
        signs = numpy_stream(seed, "trace", "signs", index).choice([-1.0, 1.0], size)
        outside = signs - basis @ (basis.T @ signs)
        curved = times(outside)
        entries = signs * (curved - basis @ (basis.T @ curved))
        rest.append([entries.sum(), *(entries[mask].sum() for mask in masks.values())])
    return _trace(known, np.array(rest), masks, sketched + rank + third)


def _trace(
    known: list[float], rest: np.ndarray, masks: dict[str, np.ndarray], products: int
) -> Trace:
    """rest (probe, 1 + layer): what each probe adds to the known parts."""
    values = np.array(known) + rest.mean(0)
    errors = rest.std(0, ddof=1) / np.sqrt(len(rest))
    layers = {name: (float(values[i]), float(errors[i])) for i, name in enumerate(masks, start=1)}
    return Trace(float(values[0]), float(errors[0]), products, layers)
