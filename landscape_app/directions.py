"""Random directions to jump in: Gaussian, filter-normalised (Li et al. 2018, arXiv 1712.09913, §4)."""

from __future__ import annotations

import torch
from torch import Tensor

from landscape_app.seeds import torch_stream
from landscape_app.weights.layout import Layout

TINY = 1e-10  # keeps a filter that is drawn as zero from dividing by zero


def gaussian(layout: Layout, generator: torch.Generator) -> Tensor:
    """One standard normal number per trainable parameter, (parameter,), drawn tensor by tensor."""
    return torch.cat([torch.randn(slot.stop - slot.start, generator=generator) for slot in layout.slots])


def filter_normalised(direction: Tensor, weights: Tensor, layout: Layout) -> Tensor:
    """`direction` (parameter,) with the norm of every filter made that of `weights` (parameter,).

    A filter is one index of dimension 0 of a tensor with two or more dimensions; tensors with fewer (biases, norm-layer scale
    and shift) get 0. So the result's norm is that of the weights over the perturbed tensors. SCIENCE §2.
    """
    result = torch.zeros_like(direction)
    for slot in layout.slots:
        if len(slot.shape) >= 2:
            v = direction[slot.start : slot.stop].view(slot.shape[0], -1)
            theta = weights[slot.start : slot.stop].view(slot.shape[0], -1)
            scale = theta.norm(dim=1, keepdim=True) / (v.norm(dim=1, keepdim=True) + TINY)
            result[slot.start : slot.stop] = (v * scale).view(-1)
    return result


def draw(weights: Tensor, layout: Layout, *, root: int, seed: int, coupled: bool) -> Tensor:
    """The filter-normalised direction of `seed` around `weights` (parameter,).

    Coupled: drawn from the seed's number alone, with the batch order, as the paper's release does; else from the run's own
    stream "direction".
    """
    generator = torch_stream(seed, "coupled") if coupled else torch_stream(root, "direction", seed)
    return filter_normalised(gaussian(layout, generator), weights, layout)
