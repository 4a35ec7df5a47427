"""torch's own optimizers without its compiler.

torch marks the methods of an optimizer for torch.compile, and the first call of a marked method
imports torch._dynamo: as long again as the import of torch, in every process that trains. Nothing
is compiled here, so the methods are taken as they are below the marks; the steps are the same.
"""

from __future__ import annotations

import inspect
from functools import cache

import torch

MARKED = ("add_param_group", "zero_grad", "state_dict", "load_state_dict")


@cache
def eager(kind: type[torch.optim.Optimizer]) -> type[torch.optim.Optimizer]:
    """`kind` with unmarked methods, under the same name; `kind` itself where it is not torch's."""
    if kind.__module__.partition(".")[0] != "torch":
        return kind
    methods = {name: inspect.unwrap(getattr(kind, name)) for name in MARKED}
    methods["step"] = torch.no_grad()(inspect.unwrap(kind.step))
    return type(kind.__name__, (kind,), methods | {"__module__": kind.__module__})
