"""A description of a user's object in words that can be stored and compared: its code, its settings
and its values.

Two objects with equal words do the same: an equal name, equal code (comments and layout do not
count), equal defaults, closure values, globals that the code names, arguments of a partial,
attributes. Of code of installed packages only the name counts.
"""

from __future__ import annotations

import hashlib
import io
import logging
import types
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from landscape_app.probes.code_words import code_hash
from landscape_app.probes.object_parts import PLAIN, is_user_function, name_of, parts_of

CODE = " (code)"  # ends the path of what is compared only under the same version of Python
# told by their class alone
OPAQUE = (types.ModuleType, logging.Logger, io.IOBase, torch.Generator, np.random.Generator)
LONGEST = 80  # letters of one word; longer ones are hashed
DEEPEST, MOST, LOOKS = 8, 2_000, 20_000  # levels, words and parts that are looked at


@dataclass(frozen=True)
class Description:
    """{path: words} of an object. fixed: what it is. changing: what it may change itself when it is
    called (a counter, a cache).
    """

    fixed: dict[str, str] = field(default_factory=dict)
    changing: dict[str, str] = field(default_factory=dict)


def describe(name: str, value: Any, *, state: bool = True) -> Description:
    """The words for `value`, each under a path that begins with `name`: loss, loss.alpha,
    loss.weights[0], loss (code).

    state: the parameters and buffers of modules too.
    """
    walk = _Walk(state)
    walk.visit(name, value, changing=False, level=0)
    return walk.description


def digest(array: Tensor | np.ndarray) -> str:
    """Type, shape and content of an array, hashed."""
    plain = (
        array.detach().cpu().contiguous()
        if isinstance(array, Tensor)
        else np.ascontiguousarray(array)
    )
    if isinstance(plain, Tensor):
        shape, dtype = tuple(plain.shape), str(plain.dtype)
        content = plain.reshape(-1).view(torch.uint8).numpy().tobytes() if plain.numel() else b""
    else:
        shape, dtype, content = plain.shape, str(plain.dtype), plain.tobytes()
    return hashlib.sha256(f"{dtype}{shape}".encode() + content).hexdigest()[:32]


class _Walk:
    """One walk through an object. Each part is entered once."""

    def __init__(self, state: bool) -> None:
        self.description, self._state = Description(), state
        self._seen: set[int] = set()
        self._looks = 0
        self._held: list[Any] = []  # so that no address is used twice

    def visit(self, path: str, value: Any, *, changing: bool, level: int) -> None:
        """Note `value` under `path`, and its parts under longer paths."""
        self._looks += 1
        if self._looks > LOOKS:
            return
        if isinstance(value, PLAIN):
            self._note(path, repr(value), changing)
        elif isinstance(value, (Tensor, np.ndarray)):
            self._note(path, _array(value), changing)
        elif id(value) in self._seen or level > DEEPEST or isinstance(value, OPAQUE):
            self._note(path, name_of(value), changing)
        else:
            # whether equal ones are one object is up to the compiler
            if not isinstance(value, (tuple, frozenset)):
                self._seen.add(id(value))
                self._held.append(value)
            try:
                self._note(path, name_of(value), changing=False)
                if is_user_function(value):
                    self._note(path + CODE, code_hash(value.__code__), changing=False)
                parts = list(parts_of(path, value, state=self._state))
            except Exception:  # an object that raises when it is looked at
                parts = []
            for more, part, fixed in parts:
                self.visit(more, part, changing=changing or not fixed, level=level + 1)

    def _note(self, path: str, words: str, changing: bool) -> None:
        parts = self.description.changing if changing else self.description.fixed
        if len(parts) < MOST:
            parts[path] = (
                words if len(words) <= LONGEST else hashlib.sha256(words.encode()).hexdigest()[:32]
            )


def _array(value: Tensor | np.ndarray) -> str:
    if isinstance(value, Tensor) and (value.is_sparse or value.is_meta):
        return f"{value.dtype} {tuple(value.shape)}"
    if isinstance(value, np.ndarray) and value.dtype.hasobject:
        return f"{value.dtype} {value.shape}"
    shown = (
        str(value.tolist())
        if value.size == 1
        else ""
        if isinstance(value, np.ndarray)
        else str(value.item())
        if value.numel() == 1
        else ""
    )
    return f"{value.dtype} {tuple(value.shape)} {shown or digest(value)}"
