"""What a caller's object is, in words that can be stored and compared: its code, its settings and
its values.

Two objects with equal words do the same: an equal name, equal code (whatever its comments and
layout), equal defaults, closure values, globals that the code names, arguments of a partial,
attributes. Code of installed packages is told by its name alone.
"""

from __future__ import annotations

import enum
import functools
import hashlib
import io
import logging
import sys
import types
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from landscape_app.probes.code_words import code_hash, global_names, of_package

CODE = " (code)"  # ends the path of what is compared only under the same version of Python
PLAIN = (
    type(None),
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    Path,
    range,
    enum.Enum,
    torch.dtype,
    torch.device,
    torch.Size,
    np.generic,
)
# told by their class alone
OPAQUE = (types.ModuleType, logging.Logger, io.IOBase, torch.Generator, np.random.Generator)
LONGEST = 80  # letters of one word; longer ones are hashed
DEEPEST, MOST, LOOKS = 8, 2_000, 20_000  # levels, words and parts that are looked at
OF_EVERY_MODULE = frozenset(vars(nn.Module()))
HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


@dataclass(frozen=True)
class Description:
    """{path: words} of an object. fixed: what it is. changing: what it may change itself when it is
    called (a counter, a cache).
    """

    fixed: dict[str, str] = field(default_factory=dict)
    changing: dict[str, str] = field(default_factory=dict)


def describe(name: str, value: Any, *, state: bool = True) -> Description:
    """The words of `value`, each under a path that begins with `name`: loss, loss.alpha,
    loss.weights[0], loss (code).

    state: the parameters and buffers of modules too.
    """
    walk = _Walk(state)
    walk.visit(name, value, changing=False, level=0)
    return walk.found


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


def installed(module: str | None) -> bool:
    """Whether code of that module belongs to Python, to an installed package or to this program,
    rather than to the caller.
    """
    root = (module or "builtins").partition(".")[0]
    if root == "__main__":
        return False  # a script or notebook, whichever package has started it
    if root in sys.stdlib_module_names or root in ("builtins", "landscape_app"):
        return True
    file = getattr(sys.modules.get(root), "__file__", None)
    return file is not None and not {"site-packages", "dist-packages"}.isdisjoint(Path(file).parts)


class _Walk:
    """One walk through an object; what was met before is not entered again."""

    def __init__(self, state: bool) -> None:
        self.found, self._state = Description(), state
        self._seen: set[int] = set()
        self._looks = 0
        self._held: list[Any] = []  # so that no address is used twice

    def visit(self, path: str, value: Any, *, changing: bool, level: int) -> None:
        """Note `value` under `path`, and what it is made of under paths that go on from there."""
        self._looks += 1
        if self._looks > LOOKS:
            return
        if isinstance(value, PLAIN):
            self._note(path, repr(value), changing)
        elif isinstance(value, (Tensor, np.ndarray)):
            self._note(path, _array(value), changing)
        elif id(value) in self._seen or level > DEEPEST or isinstance(value, OPAQUE):
            self._note(path, _name(value), changing)
        else:
            # whether equal ones are one object is up to the compiler
            if not isinstance(value, (tuple, frozenset)):
                self._seen.add(id(value))
                self._held.append(value)
            try:
                parts = list(self._parts(path, value))
            except Exception:  # an object that raises when it is looked at
                parts = []
            for more, part, fixed in parts:
                self.visit(more, part, changing=changing or not fixed, level=level + 1)

    def _parts(self, path: str, value: Any) -> Iterator[tuple[str, Any, bool]]:
        """(path, part, whether only the caller changes it) of all that `value` is made of."""
        self._note(path, _name(value), changing=False)
        wrapped = getattr(value, "__wrapped__", None)
        if isinstance(value, (tuple, list, set, frozenset)):
            items = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
            yield from (
                (f"{path}[{i}]", item, isinstance(value, (tuple, frozenset)))
                for i, item in enumerate(items)
            )
        elif isinstance(value, Mapping):
            yield from ((f"{path}[{key!r}]", item, False) for key, item in list(value.items()))
        elif isinstance(value, functools.partial):
            yield from [
                (f"{path}.function", value.func, True),
                (f"{path}.arguments", value.args, True),
            ]
            yield from ((f"{path}.{key}", item, True) for key, item in value.keywords.items())
        elif isinstance(value, types.MethodType):
            yield from [
                (f"{path}.function", value.__func__, True),
                (f"{path}.self", value.__self__, True),
            ]
        elif wrapped is not None and not (
            isinstance(value, types.FunctionType) and not of_package(value.__code__)
        ):
            yield f"{path}.function", wrapped, True
        elif isinstance(value, types.FunctionType):
            yield from self._of_function(path, value)
        elif isinstance(value, type):
            yield from self._of_class(path, value)
        elif isinstance(value, nn.Module):
            yield from self._of_module(path, value)
        elif isinstance(value, torch.optim.Optimizer):
            yield from (
                (f"{path}.{key}", item, True)
                for group in value.param_groups
                for key, item in group.items()
                if key != "params"
            )
        else:
            yield f"{path}.class", type(value), True
            yield from (
                (f"{path}.{key}", item, False)
                for key, item in sorted(getattr(value, "__dict__", {}).items())
            )

    def _of_function(
        self, path: str, function: types.FunctionType
    ) -> Iterator[tuple[str, Any, bool]]:
        if installed(function.__module__):
            return
        self._note(path + CODE, code_hash(function.__code__), changing=False)
        yield from (
            (f"{path}.default[{i}]", item, True)
            for i, item in enumerate(function.__defaults__ or ())
        )
        yield from (
            (f"{path}.{key}", item, True) for key, item in (function.__kwdefaults__ or {}).items()
        )
        for key, cell in zip(
            function.__code__.co_freevars, function.__closure__ or (), strict=True
        ):
            with suppress(ValueError):  # a name that is bound later
                yield f"{path}.{key}", cell.cell_contents, True
        known = function.__globals__
        yield from (
            (f"{path}.{key}", known[key], True)
            for key in sorted(global_names(function.__code__))
            if key in known
        )

    def _of_class(self, path: str, kind: type) -> Iterator[tuple[str, Any, bool]]:
        for base in kind.__mro__:
            if not installed(base.__module__):
                for key, item in sorted(vars(base).items()):
                    inner = item.__func__ if isinstance(item, (staticmethod, classmethod)) else item
                    inner = inner.fget if isinstance(inner, property) else inner
                    if isinstance(inner, (types.FunctionType, *PLAIN)) and not (
                        key.startswith("__") and not callable(inner)
                    ):
                        yield f"{path}.{key}", inner, True

    def _of_module(self, path: str, module: nn.Module) -> Iterator[tuple[str, Any, bool]]:
        """Class, attributes, hooks and state of a module and of those in it; attributes of torch's
        own modules are settings.
        """
        for key, part in module.named_modules():
            at = f"{path}.{key}" if key else path
            yield f"{at}.class", type(part), True
            own, theirs = vars(part), installed(type(part).__module__)
            yield from (
                (f"{at}.{name}", own[name], theirs) for name in sorted(own.keys() - OF_EVERY_MODULE)
            )
            yield from (
                (f"{at}.{name}[{i}]", hook, True)
                for name in HOOKS
                for i, hook in enumerate(own.get(name, {}).values())
            )
            if self._state:
                state = [*part.named_parameters(recurse=False), *part.named_buffers(recurse=False)]
                yield from ((f"{at}.{name}", value, True) for name, value in state)

    def _note(self, path: str, words: str, changing: bool) -> None:
        kept = self.found.changing if changing else self.found.fixed
        if len(kept) < MOST:
            kept[path] = (
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


def _name(value: Any) -> str:
    """The qualified name of a function or class, or of the class of anything else."""
    try:
        named = value if isinstance(value.__qualname__, str) else type(value)
    except Exception:  # no such name, or an object that raises when it is looked at
        named = type(value)
    module = str(getattr(named, "__module__", None) or "")
    return f"{module}.{named.__qualname__}" if installed(module) else str(named.__qualname__)
