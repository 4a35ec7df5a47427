"""The length of a run's jumps. Jumps of length 0 are refused, and filters that do not move are
listed.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from landscape_app.directions import filters, length, of_spec
from landscape_app.errors import ModelError
from landscape_app.settings import RunSpec
from landscape_app.weights.layout import Layout, Slot

LOST = 0.05  # of a jump that rounding may take


def check_reach(
    weights: Tensor, layout: Layout, spec: RunSpec, *, unused: Sequence[str] = ()
) -> None:
    """Raise ModelError where every jump from `weights` (parameter,) would have length 0, or a step
    size is below float32's rounding. unused: keys of tensors without a gradient, because a jump of
    these alone changes nothing.
    """
    moved = [slot for slot in layout.slots if filters(slot, weights, spec.jump_tensors) is not None]
    within = Layout(tuple(slot for slot in moved if slot.key not in unused), (), ())
    reach = length(weights, within, spec.jump_tensors)
    if not reach:
        raise ModelError(_why_nowhere(weights, layout, spec, moved, within))
    theta, smallest = weights.cpu(), min(spec.step_sizes)
    direction = of_spec(theta, layout, spec, 0)
    lost = float((theta + smallest * direction - theta - smallest * direction).double().norm())
    if lost > LOST * smallest * reach:
        raise ModelError(
            f"step_sizes: a jump of {smallest:g} is lost in rounding, as weights are kept to about"
            " 7 digits. Use 0.0001 or more."
        )


def _why_nowhere(
    weights: Tensor, layout: Layout, spec: RunSpec, moved: Sequence[Slot], within: Layout
) -> str:
    others = spec.jump_tensors == "filters" and length(weights, layout, "all") > 0
    more = (
        ", or set jump_tensors='all', by which biases, scales and shifts jump too" if others else ""
    )
    if not moved:
        return (
            "Every jump would have length 0: jumps move tensors of two or more dimensions, and the"
            f" trainable ones ({named([slot.key for slot in layout.slots])}) have fewer. Make other"
            f" tensors trainable{more}."
        )
    keys = named([slot.key for slot in moved])
    if not within.slots:
        return (
            "Every jump would change nothing: the loss does not use the tensors that jump"
            f" ({keys}). Make others trainable{more}."
        )
    return (
        f"Every jump would have length 0: all weights of the tensors that jump ({keys}) are 0, and"
        f" each filter jumps by its own norm. Begin from other weights{more}."
    )


def resting(weights: Tensor, layout: Layout, spec: RunSpec) -> dict[str, list[int]]:
    """{key: the filters of norm 0 of that tensor}. They do not move, whatever the step size."""
    resting_filters = {}
    for slot in layout.slots:
        rows = filters(slot, weights, spec.jump_tensors)
        still = [] if rows is None else torch.nonzero(rows.norm(dim=1) == 0)[:, 0].tolist()
        if still:
            resting_filters[slot.key] = still
    return resting_filters


def resting_words(weights: Tensor, layout: Layout, spec: RunSpec, *, least: float = 0.0) -> str:
    """Those filters in one line, where they hold more than the share `least` of the trainable
    weights; otherwise "".
    """
    still_filters = resting(weights, layout, spec)
    slots = {slot.key: slot for slot in layout.slots}
    sizes = {key: filters(slots[key], weights, spec.jump_tensors).shape for key in still_filters}  # type: ignore[union-attr]
    held = sum(sizes[key][1] * len(still) for key, still in still_filters.items())
    if not held or held <= least * layout.parameters:
        return ""
    each = [
        f"{key} ({'all' if len(still) == sizes[key][0] else len(still)} of {sizes[key][0]})"
        for key, still in still_filters.items()
    ]
    count = sum(map(len, still_filters.values()))
    filters_have, they_do = (
        ("1 filter has", "does") if count == 1 else (f"{count} filters have", "do")
    )
    return (
        f"{filters_have} norm 0, {held / layout.parameters:.1%} of the weights, and {they_do} not"
        f" jump: {named(each)}"
    )


def named(words: Sequence[str], most: int = 5) -> str:
    """At most `most` of `words`, and how many more there are."""
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")
