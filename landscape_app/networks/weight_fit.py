"""Whether named tensors fit a network: which missing entries are filled in, and what torch's strict
loading does not check.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.parameter import is_lazy

SHOWN = 80  # letters of a name
COUNTER = "num_batches_tracked"  # BatchNorm's, which old files lack


def completed(tensors: Mapping[str, Any], own: Mapping[str, Any]) -> OrderedDict[str, Any]:
    """`tensors`, plus the entries that files often leave out: BatchNorm's counters, and the other
    names of a tied tensor.
    """
    whole = OrderedDict(tensors)
    if hasattr(tensors, "_metadata"):
        whole._metadata = tensors._metadata  # type: ignore[attr-defined]
    for group in _tied(own):
        held = next((whole[key] for key in group if key in whole), None)
        if held is not None:
            whole |= {key: held for key in group if key not in whole}
    whole |= {
        key: value
        for key, value in own.items()
        if key.rpartition(".")[2] == COUNTER and key not in whole
    }
    return whole


def unlike(tensors: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    """What loading would change without a warning: another kind of number, tied tensors that
    differ, weights that are not finite; "" if nothing.
    """
    for key, value in tensors.items():
        mine = own.get(key)
        if isinstance(value, Tensor) and isinstance(mine, Tensor) and not is_lazy(mine):
            fault = _unlike(value, mine)
            if fault:
                return f"holds '{key}' {fault}"
    for group in _tied(own):
        values = [tensors[key] for key in group if key in tensors]
        if any(value is not values[0] and not _equal(value, values[0]) for value in values[1:]):
            return (
                f"holds different numbers for {some(group)}, which are one tensor in the network."
                " Use the network that it was saved from."
            )
    return ""


def misfit(tensors: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    """The names and shapes that differ; "" if none do."""
    missing, extra = (
        [key for key in own if key not in tensors],
        [key for key in tensors if key not in own],
    )
    if missing or extra:
        parts = [f"lacks {some(missing)}"] if missing else []
        parts += [f"has {some(extra)}, which the network has not"] if extra else []
        return f"{' and '.join(parts)}. Use the network that it was saved from."
    for key, value in tensors.items():
        mine = own[key]
        if (
            isinstance(value, Tensor)
            and isinstance(mine, Tensor)
            and not is_lazy(mine)
            and value.shape != mine.shape
        ):
            return (
                f"does not fit: its '{key}' has shape {tuple(value.shape)}; the network's has"
                f" {tuple(mine.shape)}."
            )
    return ""


def some(keys: Sequence[str]) -> str:
    """At most three of `keys`, and how many more there are. Names from a file may be long or may
    contain signs that cannot be printed, so they are cleaned.
    """
    shown = ", ".join(f"'{_plain(key)}'" for key in keys[:3])
    return shown + (f" and {len(keys) - 3} more" if len(keys) > 3 else "")


def _plain(key: str) -> str:
    cut = key if len(key) <= SHOWN else f"{key[:SHOWN]}…"
    return "".join(sign if sign.isprintable() else "?" for sign in cut)


def _unlike(value: Tensor, mine: Tensor) -> str:
    kind = str(value.dtype).removeprefix("torch.")
    wanted = str(mine.dtype).removeprefix("torch.")
    if value.is_meta:
        return "without its numbers (a meta tensor). Save it from a network that has its weights."
    if value.layout != torch.strided:
        return "as a sparse tensor. Save it after .to_dense()."
    if (
        value.is_quantized
        or value.is_complex() != mine.is_complex()
        or (mine.is_floating_point() and not value.is_floating_point())
    ):
        return (
            f"as {kind}; the network's is {wanted}. Save the weights as {wanted}: those of a"
            " quantized network do not fit."
        )
    if (
        value.is_floating_point()
        and not mine.is_floating_point()
        and not _equal(value, value.round())
    ):
        return f"as {kind}, with fractions; the network's is {wanted}."
    if not _sound(value.to(mine.dtype), mine):
        return "with values that are not finite: the network was saved after it diverged."
    return ""


def _sound(value: Tensor, mine: Tensor) -> bool:
    """Whether all numbers are finite. A buffer is allowed the same values that are not finite as in
    the network itself, for example -inf in an attention mask.
    """
    finite = torch.isfinite(value)
    if not mine.requires_grad and mine.shape == value.shape:
        finite |= value == mine.to(value.device)
    return bool(finite.all())


def _equal(first: Any, second: Any) -> bool:
    if isinstance(first, Tensor) and isinstance(second, Tensor):
        return first.shape == second.shape and bool(torch.equal(first, second.to(first.dtype)))
    return bool(first == second)


def _tied(own: Mapping[str, Any]) -> list[list[str]]:
    """Groups of names of the network that are the same tensor, two or more names each."""
    groups: dict[int, list[str]] = defaultdict(list)
    for key, value in own.items():
        if isinstance(value, Tensor):
            groups[id(value)].append(key)
    return [group for group in groups.values() if len(group) > 1]
