"""The differences between two identities of a run, in words; and whether numbers are equal up to
rounding.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

log = logging.getLogger("landscape")

# of numbers that another machine, version of torch or number of threads computes
NEAR = {"rtol": 1e-3, "atol": 1e-5}
HASH = re.compile("[0-9a-f]{32}")
SHORT = 60  # letters of words that are shown
SHOWN = 3  # differences that are shown

Identity = dict[str, Any]


def differences(before: Mapping[str, Any], now: Identity) -> list[str]:
    """What else differs, in words."""
    code = ["code"] if before["python"] == now["python"] else []
    changed = _changed(before, now, ["fixed", "made", *code])
    moved = _changed(before, now, ["changing"])
    for part, words in (
        ("answers", "the network's outputs"),
        ("loss_value", "the loss of some rows"),
    ):
        if not changed and not near(before, now, part):
            changed.append(words)
    if (
        moved
        and not changed
        and all(near(before, now, part) for part in ("answers", "training_answers", "loss_value"))
    ):
        log.info(
            "Changed since the run was begun, without an effect on the outputs or the loss of some"
            " rows: %s",
            "; ".join(moved[:SHOWN]),
        )
        return []
    return [*changed, *moved]


def _changed(before: Mapping[str, Any], now: Identity, kinds: Sequence[str]) -> list[str]:
    """What of these `kinds` differs in the network, the loss or the optimizers, in words."""
    # else modules and optimizers may have got other attributes
    same = before.get("versions") == now["versions"]
    words = []
    for part in ("network", "loss", "train_optimizer", "retrain_optimizer"):
        old, new = before.get(part), now.get(part)
        if old is None or new is None:  # a name of the table, or not asked for
            continue
        for kind in kinds:
            words += _unequal(part, old.get(kind) or {}, new.get(kind) or {}, all=same)
    return words


def _unequal(part: str, old: Mapping[str, str], new: Mapping[str, str], *, all: bool) -> list[str]:
    """What differs, in words. all: also report parts that exist on only one side."""
    paths = [
        path
        for path in {**old, **new}
        if old.get(path) != new.get(path) and (all or (path in old and path in new))
    ]
    return [_worded(path or part, old.get(path), new.get(path)) for path in paths]


def _worded(path: str, old: str | None, new: str | None) -> str:
    hashed = any(words is not None and HASH.fullmatch(words) for words in (old, new))
    if hashed or len(old or "") > SHORT or len(new or "") > SHORT:
        return path
    return (
        f"{path} was {'not there' if old is None else old}, is"
        f" {'not there' if new is None else new}"
    )


def near(before: Mapping[str, Any], now: Identity, part: str) -> bool:
    """Whether the numbers are equal up to rounding; also true where one side is not known."""
    old, new = before.get(part), now.get(part)
    if old is None or new is None:
        return True
    a, b = np.array(old, float), np.array(new, float)
    scale = max(1.0, float(np.nanmax(np.abs(a), initial=0.0)))
    return a.shape == b.shape and bool(np.allclose(a / scale, b / scale, equal_nan=True, **NEAR))
