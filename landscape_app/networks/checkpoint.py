"""A trained network from a file of weights: safetensors, or a file of torch.save. No code in the
file is run.

Which weights of the file are the network's is decided by torch's own strict loading, on a copy of
the network.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from landscape_app.errors import ModelError, first_line
from landscape_app.networks.checkpoint_file import read
from landscape_app.networks.checkpoint_transfer import OtherValue
from landscape_app.networks.copies import private
from landscape_app.networks.inspection import plain
from landscape_app.networks.state_dicts import Candidate, candidates
from landscape_app.networks.weight_fit import completed, misfit, some, unlike

log = logging.getLogger("landscape")

TRIED = 8  # candidates at most


def load_into(network: nn.Module, path: str) -> None:
    """Load the weights in the file `path` into `network`, in place.

    Wrappers ({"state_dict": …}) and prefixes ("module.", "model.", "_orig_mod.") are removed, and
    whatever else the file holds is ignored. The log lists each such decision. Raises ModelError,
    naming the file, keys or shapes: no such file, another format, missing or extra keys, another
    shape or kind of number, or several sets of weights that fit.
    """
    network, file = plain(network), _path(path)
    content = read(file)
    own = network.state_dict(keep_vars=True)
    known = candidates(content, set(own))
    if not known:
        raise ModelError(
            f"The checkpoint {file.name} does not hold a state_dict: {{name: tensor}}. It holds"
            f" {_shown(content)}."
        )
    best = _best(known, own)
    faults = [_fault(network, candidate, own) for candidate in best]
    fitting = [candidate for candidate, fault in zip(best, faults, strict=True) if not fault]
    if not fitting:
        raise ModelError(f"The checkpoint {file.name} {faults[0]}")
    chosen = _chosen(file.name, fitting)
    network.load_state_dict(completed(chosen.tensors, own))
    _say(file.name, chosen, own)


def _best(known: list[Candidate], own: Mapping[str, Any]) -> list[Candidate]:
    """The candidates with the most names of the network, after the entries that files often leave
    out are filled in. The usual places come first.
    """
    filled = [
        len(own.keys() & completed(candidate.tensors, own).keys()) if candidate.fitting else 0
        for candidate in known
    ]
    best = [
        candidate for candidate, names in zip(known, filled, strict=True) if names == max(filled)
    ]
    return sorted(best, key=lambda candidate: not candidate.usual)[:TRIED]


def _path(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise ModelError(f"There is no checkpoint {path}: {first_line(error)}") from error


def _fault(network: nn.Module, candidate: Candidate, own: Mapping[str, Any]) -> str:
    """Why torch's strict loading refuses the candidate, or would change its numbers without a
    warning; "" if it fits.
    """
    tensors = completed(candidate.tensors, own)
    fault = unlike(tensors, own)
    if fault:
        return fault
    trial = private(network)
    try:
        trial.load_state_dict(tensors)
    except Exception as error:  # also errors of load hooks of the user's module
        return misfit(tensors, own) or f"does not fit the network: {first_line(error)}"
    return ""


def _chosen(name: str, fitting: list[Candidate]) -> Candidate:
    """The only set of weights that fits. Raises ModelError where several different sets fit equally
    well.
    """
    others = [candidate for candidate in fitting[1:] if not _same(candidate, fitting[0])]
    usual = [candidate for candidate in fitting if candidate.usual]
    if others and not (usual and all(_same(candidate, usual[0]) for candidate in usual)):
        places = " and ".join(candidate.where for candidate in (fitting[0], *others))
        raise ModelError(
            f"The checkpoint {name} holds several sets of weights that fit: {places}. Save the one"
            " that you mean by itself."
        )
    chosen = usual[0] if others else fitting[0]
    if others:
        unused = [candidate.where for candidate in fitting if not _same(candidate, chosen)]
        log.info(
            "checkpoint %s: it also holds weights %s, which are not used",
            name,
            " and ".join(unused),
        )
    return chosen


def _same(first: Candidate, second: Candidate) -> bool:
    pairs = [
        (value, second.tensors.get(key))
        for key, value in first.tensors.items()
        if isinstance(value, Tensor)
    ]
    return first.tensors.keys() == second.tensors.keys() and all(
        torch.equal(a, b) for a, b in pairs if isinstance(b, Tensor)
    )


def _say(name: str, chosen: Candidate, own: Mapping[str, Any]) -> None:
    """Log in one line what was decided, if anything was."""
    parts = [f"the weights {chosen.where} are used"] if chosen.place else []
    if chosen.left:
        parts.append(f"{some(chosen.left)} beside them left out")
    kinds = sorted(
        {
            str(v.dtype).removeprefix("torch.")
            for key, v in chosen.tensors.items()
            if _converted(v, own.get(key))
        }
    )
    if kinds:
        parts.append(f"{' and '.join(kinds)} became float32")
    if parts:
        log.info("checkpoint %s: %s", name, "; ".join(parts))


def _converted(value: Any, own: Any) -> bool:
    return (
        isinstance(value, Tensor)
        and isinstance(own, Tensor)
        and value.is_floating_point()
        and value.dtype != own.dtype
    )


def _shown(content: Any) -> str:
    if isinstance(content, Mapping):
        return f"the names {some([str(key) for key in content])}" if content else "nothing"
    kind = content.kind if isinstance(content, OtherValue) else type(content).__name__
    return f"a tensor {tuple(content.shape)}" if isinstance(content, Tensor) else f"a {kind}"
