"""What identifies a run: the network that it begins with, the loss and the optimizers; and whether
these are the same now.
"""

from __future__ import annotations

import hashlib
import logging
import math
import os
import platform
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from landscape_app import versions
from landscape_app.errors import ResumeError
from landscape_app.networks.copies import copied
from landscape_app.pipeline.identity_differences import NEAR, SHOWN, Identity, differences, near
from landscape_app.probes import identity
from landscape_app.probes.description import CODE, Description, describe
from landscape_app.records.dataset import Dataset
from landscape_app.seeds import lent_generators
from landscape_app.store import catalogue
from landscape_app.store.run import RunFolder
from landscape_app.training.problem import Make, Problem

log = logging.getLogger("landscape")

MOST = 64  # words of one part that are kept one by one; more are hashed in groups
HELD = 50_000_000  # bytes of frozen weights that are stored beside the others
FILE = "init.safetensors"
WORDS = {"weights": "the initial weights", "frozen": "the frozen weights", "buffers": "the buffers"}
BEGIN = (
    " After a restart give the same initial weights: seed torch before you make the network, or"
    " give init='stored', which takes those that the run began with."
)

Loss = Callable[[Tensor, Tensor], Tensor]


def of(
    problem: Problem, data: Dataset, loss: Loss | None, optimizers: tuple[Make | None, Make | None]
) -> Identity:
    """The identity as plain values for the journal: hashes of the network's state, a description of
    its modules and of the callables, and some outputs.
    """
    network = problem.network
    answers = [
        identity.answers(network, data.x_train, training=training) for training in (False, True)
    ]
    parts: Identity = {
        **identity.state(network),
        "network": _told(identity.structure(network)),
        "answers": identity.leading_outputs(answers[0]),
        "training_answers": identity.leading_outputs(answers[1]),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "versions": [torch.__version__, versions.installed("landscape-app")],
        "machine": _machine(),
    }
    if loss is not None:
        parts |= {
            "loss": _told(describe("loss", loss)),
            "loss_value": _value(loss, answers[0], data.y_train),
        }
    for name, make in zip(("train_optimizer", "retrain_optimizer"), optimizers, strict=True):
        if make is not None:
            parts[name] = _told(describe(name, make)) | {"made": _made(make, problem)}
    return parts


def check(
    run: RunFolder,
    before: Mapping[str, Any] | None,
    now: Identity,
    network: nn.Module,
    *,
    explored: bool,
) -> None:
    """Raise ResumeError where `now` differs from what the run was begun with.

    before: None for a run that did not store it (0.2). explored: a caller of explore gives the
    objects; this decides what the message suggests.
    """
    if before is None:
        _tell_unknown(run, network)
        return
    changed = [words for part, words in WORDS.items() if before[part] != now[part]]
    if changed and _elsewhere(before, now) and _rounded(run, before, now, network):
        _tell_rounded(run, changed)
        changed = []
    begin = BEGIN if changed and explored else ""
    changed += differences(before, now)
    if changed:
        more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
        raise ResumeError(
            f"Run {run.id} was begun with another network, loss or optimizer; different:"
            f" {'; '.join(changed[:SHOWN])}{more}. {ways_out(run, explored=explored)}{begin}"
        )


def _tell_unknown(run: RunFolder, network: nn.Module) -> None:
    """Log that there is no record of what the run was begun with."""
    same = _stored(run, network)
    weights = "" if same else " Its initial weights are not those of the network now."
    log.info(
        "%s: made by a version that did not note which network, loss and optimizers it was"
        " begun with; they are taken to be the same.%s",
        run.id,
        weights,
    )


def _rounded(run: RunFolder, before: Mapping[str, Any], now: Identity, network: nn.Module) -> bool:
    """Whether the network is the one that the run began with, up to rounding."""
    return near(before, now, "answers") and _stored(run, network)


def _tell_rounded(run: RunFolder, changed: list[str]) -> None:
    log.info(
        "%s are the same but for rounding as those that %s was begun with, under another"
        " version of torch or on another machine: it goes on with its own.",
        " and ".join(changed).capitalize(),
        run.id,
    )


def _elsewhere(before: Mapping[str, Any], now: Identity) -> bool:
    """Whether the same code may now give other last digits, because the version of torch or the
    machine is another. If not, bits are compared.
    """
    if before["network"]["fixed"] != now["network"]["fixed"]:
        return False
    return bool(
        before["versions"][0] != now["versions"][0] or before.get("machine") != now["machine"]
    )


def _machine() -> list[str]:
    """The properties that decide the last digits of numbers that torch draws or computes on a
    processor.
    """
    return [
        platform.system(),
        platform.machine(),
        str(torch.backends.cpu.get_cpu_capability()),
        str(os.cpu_count()),
    ]


def ways_out(run: RunFolder, *, explored: bool) -> str:
    """What the user can do where another run has the name, in words."""
    if explored:
        former = catalogue.aside(run.path.parent, run.id)
        return (
            "Give another name, or fresh=True to start again. Then the existing folder is kept as"
            f" {former}."
        )
    return "Restore what the run was started with, or start a new run."


def frozen(problem: Problem) -> dict[str, np.ndarray]:
    """{"frozen.KEY": array} of the parameters that are not trained, if they are small enough. No
    other file stores them.
    """
    trained = {slot.key for slot in problem.layout.slots}
    fixed = {
        key: value
        for key, value in problem.network.named_parameters()
        if not value.requires_grad and key not in trained
    }
    if sum(value.numel() * value.element_size() for value in fixed.values()) > HELD:
        return {}
    return {
        f"frozen.{key}": value.detach().cpu().numpy().copy()
        for key, value in fixed.items()
        if value.dtype != torch.bfloat16
    }


def _stored(run: RunFolder, network: nn.Module) -> bool:
    """Whether the state of `network` is, up to rounding, the stored one that the run began with."""
    if not any(line["file"] == FILE for line in run.committed()) or FILE in run.damaged():
        return True
    own = {**dict(network.named_parameters()), **dict(network.named_buffers())}
    for name, value in run.tensors(FILE).items():
        key = name.partition(".")[2]
        if key not in own or own[key].shape != value.shape:
            return False
        if not np.allclose(
            own[key].detach().cpu().double().numpy(), value.astype(float), equal_nan=True, **NEAR
        ):
            return False
    return True


def _told(described: Description) -> dict[str, dict[str, str]]:
    code = {path: words for path, words in described.fixed.items() if path.endswith(CODE)}
    fixed = {path: words for path, words in described.fixed.items() if path not in code}
    return {"fixed": _few(fixed), "code": _few(code), "changing": _few(described.changing)}


def _few(words: Mapping[str, str]) -> dict[str, str]:
    """The same words; or, where there are many, hashes of groups of words whose paths begin with
    the same parts.
    """
    for depth in (None, 3, 2, 0):
        groups: dict[str, list[str]] = {}
        for path, text in words.items():
            groups.setdefault(
                path if depth is None else ".".join(path.split(".")[:depth]), []
            ).append(f"{path} {text}")
        if len(groups) <= MOST:
            return (
                dict(words)
                if depth is None
                else {
                    key: hashlib.sha256("\n".join(group).encode()).hexdigest()[:32]
                    for key, group in groups.items()
                }
            )
    return {}


def _value(loss: Loss, outputs: Tensor | None, y: np.ndarray) -> float | None:
    """The loss of some rows; None where it is not a number, changes between calls, or fails. The
    checks before a run report these cases.
    """
    if outputs is None:
        return None
    targets, loss = torch.from_numpy(y[identity.some(len(y))].copy()), copied(loss)
    try:
        with lent_generators(0), torch.no_grad():
            first, second = (
                float(loss(outputs.clone(), targets.clone()).double().mean()) for _ in range(2)
            )
    except Exception:
        return None
    return first if first == second and math.isfinite(first) else None


def _made(make: Make, problem: Problem) -> dict[str, str]:
    """The class and settings of the optimizer that `make` makes; empty where it fails, which is
    reported before the run.
    """
    try:
        parameters = [nn.Parameter(torch.zeros(slot.shape)) for slot in problem.layout.slots]
        with lent_generators(0):
            return _few(describe("optimizer", make(parameters)).fixed)
    except Exception:
        return {}
