"""Random directions to jump in: Gaussian, filter-normalised (Li et al. 2018, arXiv 1712.09913,
§4).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from landscape_app.seeds import torch_stream
from landscape_app.settings import RunSpec
from landscape_app.weights.layout import Layout, Slot

TINY = 1e-10  # keeps a filter that is drawn as zero from dividing by zero


def gaussian(layout: Layout, generator: torch.Generator) -> Tensor:
    """One standard normal number per trainable parameter, (parameter,), drawn tensor by tensor."""
    return torch.cat(
        [torch.randn(slot.stop - slot.start, generator=generator) for slot in layout.slots]
    )


def filters(slot: Slot, flat: Tensor, tensors: str) -> Tensor | None:
    """The filters of one tensor inside `flat` (parameter,) as rows (filter, number); None where
    jumps leave the tensor alone.

    A filter is one index of dimension 0 of a tensor with two or more dimensions. Tensors with fewer
    (biases, norm-layer scale and shift) are left alone where `tensors` is "filters"; "all": each is
    one filter.
    """
    if slot.start == slot.stop or (len(slot.shape) < 2 and tensors != "all"):
        return None
    return flat[slot.start : slot.stop].view(slot.shape[0] if len(slot.shape) >= 2 else 1, -1)


def filter_normalised(
    direction: Tensor, weights: Tensor, layout: Layout, *, tensors: str = "filters"
) -> Tensor:
    """`direction` (parameter,) with the norm of every filter (see `filters`) made that of `weights`
    (parameter,); 0 elsewhere.

    So the result's norm is that of the weights over the perturbed tensors.
    """
    result = torch.zeros_like(direction)
    for slot in layout.slots:
        v, theta = filters(slot, direction, tensors), filters(slot, weights, tensors)
        if v is not None and theta is not None:
            scale = theta.norm(dim=1, keepdim=True) / (v.norm(dim=1, keepdim=True) + TINY)
            result[slot.start : slot.stop] = (v * scale).view(-1)
    return result


def draw(
    weights: Tensor,
    layout: Layout,
    *,
    root: int,
    seed: int,
    coupled: bool,
    tensors: str = "filters",
) -> Tensor:
    """The filter-normalised direction of `seed` around `weights` (parameter,); tensors: see
    `filters`.

    Coupled: drawn from the seed's number alone, with the batch order, as the paper's release does;
    else from the run's own stream "direction". With all tensors it is the same draw, so that
    filters move as they do without the others.
    """
    generator = torch_stream(seed, "coupled") if coupled else torch_stream(root, "direction", seed)
    return filter_normalised(gaussian(layout, generator), weights, layout, tensors=tensors)


def of_spec(weights: Tensor, layout: Layout, spec: RunSpec, seed: int) -> Tensor:
    """The direction of `seed` around `weights` (parameter,) that the run's settings ask for."""
    return draw(
        weights,
        layout,
        root=spec.seed,
        seed=seed,
        coupled=spec.coupled_seeds,
        tensors=spec.jump_tensors,
    )


def length(weights: Tensor, layout: Layout, tensors: str) -> float:
    """The length of a jump of step size 1 from `weights` (parameter,): their norm over the tensors
    that jumps move.
    """
    double = weights.detach().double().cpu()
    moving = (filters(slot, double, tensors) for slot in layout.slots)
    return math.sqrt(
        sum(float(rows.reshape(-1).square().sum()) for rows in moving if rows is not None)
    )
