"""The parts of a user's object that decide what it does: the items of a container, the closure of a
function, the attributes of an instance.
"""

from __future__ import annotations

import enum
import functools
import sys
import types
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from landscape_app.probes.code_words import global_names, of_package

OF_EVERY_MODULE = frozenset(vars(nn.Module()))
HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
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

Part = tuple[str, Any, bool]  # path, part, whether only the user changes it


def parts_of(path: str, value: Any, *, state: bool) -> Iterator[Part]:
    """(path, part, whether only the user changes it) of all parts of `value`, which is at `path`.

    state: the parameters and buffers of modules too.
    """
    if isinstance(value, (tuple, list, set, frozenset)):
        items = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
        only = isinstance(value, (tuple, frozenset))
        return ((f"{path}[{i}]", item, only) for i, item in enumerate(items))
    if isinstance(value, Mapping):
        return ((f"{path}[{key!r}]", item, False) for key, item in list(value.items()))
    if isinstance(value, (functools.partial, types.MethodType)) or _wraps(value):
        return _of_wrapper(path, value)
    if isinstance(value, types.FunctionType):
        return _of_function(path, value)
    if isinstance(value, type):
        return _of_class(path, value)
    if isinstance(value, nn.Module):
        return _of_module(path, value, state=state)
    if isinstance(value, torch.optim.Optimizer):
        return _of_optimizer(path, value)
    return _of_instance(path, value)


def _wraps(value: Any) -> bool:
    """Whether `value` only calls what it wraps; false where the user's own code surrounds it."""
    if getattr(value, "__wrapped__", None) is None:
        return False
    return not isinstance(value, types.FunctionType) or of_package(value.__code__)


def is_user_function(value: Any) -> bool:
    """Whether `value` is a function whose code the user wrote."""
    return (
        isinstance(value, types.FunctionType)
        and not _wraps(value)
        and not installed(value.__module__)
    )


def _of_wrapper(path: str, value: Any) -> Iterator[Part]:
    """The function of a partial with its arguments, of a method with its object, or of a
    decorator.
    """
    if isinstance(value, functools.partial):
        yield f"{path}.function", value.func, True
        yield f"{path}.arguments", value.args, True
        yield from ((f"{path}.{key}", item, True) for key, item in value.keywords.items())
    elif isinstance(value, types.MethodType):
        yield f"{path}.function", value.__func__, True
        yield f"{path}.self", value.__self__, True
    else:
        yield f"{path}.function", value.__wrapped__, True


def _of_function(path: str, function: types.FunctionType) -> Iterator[Part]:
    """Defaults, closure, and the globals that the code names."""
    if not is_user_function(function):
        return
    code, known = function.__code__, function.__globals__
    for i, item in enumerate(function.__defaults__ or ()):
        yield f"{path}.default[{i}]", item, True
    for key, item in (function.__kwdefaults__ or {}).items():
        yield f"{path}.{key}", item, True
    for key, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        with suppress(ValueError):  # a name that is bound later
            yield f"{path}.{key}", cell.cell_contents, True
    for key in sorted(global_names(code)):
        if key in known:
            yield f"{path}.{key}", known[key], True


def _of_class(path: str, kind: type) -> Iterator[Part]:
    for base in kind.__mro__:
        if installed(base.__module__):
            continue
        for key, item in sorted(vars(base).items()):
            inner = item.__func__ if isinstance(item, (staticmethod, classmethod)) else item
            inner = inner.fget if isinstance(inner, property) else inner
            if isinstance(inner, (types.FunctionType, *PLAIN)) and not (
                key.startswith("__") and not callable(inner)
            ):
                yield f"{path}.{key}", inner, True


def _of_module(path: str, module: nn.Module, *, state: bool) -> Iterator[Part]:
    """Class, attributes, hooks and state of a module and of its submodules. Attributes of torch's
    own modules are settings.
    """
    for key, part in module.named_modules():
        at = f"{path}.{key}" if key else path
        yield f"{at}.class", type(part), True
        own, theirs = vars(part), installed(type(part).__module__)
        for name in sorted(own.keys() - OF_EVERY_MODULE):
            yield f"{at}.{name}", own[name], theirs
        for name in HOOKS:
            for i, hook in enumerate(own.get(name, {}).values()):
                yield f"{at}.{name}[{i}]", hook, True
        if state:
            tensors = [*part.named_parameters(recurse=False), *part.named_buffers(recurse=False)]
            yield from ((f"{at}.{name}", value, True) for name, value in tensors)


def _of_optimizer(path: str, optimizer: torch.optim.Optimizer) -> Iterator[Part]:
    for group in optimizer.param_groups:
        for key, item in group.items():
            if key != "params":
                yield f"{path}.{key}", item, True


def _of_instance(path: str, value: Any) -> Iterator[Part]:
    yield f"{path}.class", type(value), True
    for key, item in sorted(getattr(value, "__dict__", {}).items()):
        yield f"{path}.{key}", item, False


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


def name_of(value: Any) -> str:
    """The qualified name of a function or class, or of the class of anything else."""
    try:
        named = value if isinstance(value.__qualname__, str) else type(value)
    except Exception:  # no such name, or an object that raises when it is looked at
        named = type(value)
    module = str(getattr(named, "__module__", None) or "")
    return f"{module}.{named.__qualname__}" if installed(module) else str(named.__qualname__)
