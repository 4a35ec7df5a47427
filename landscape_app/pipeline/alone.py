"""A call of the library inside of somebody's script: it works as if it were alone there, and leaves no trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from landscape_app.seeds import generators_kept


@contextmanager
def alone() -> Iterator[None]:
    """Inside: gradients are on, inference mode and autocast are off, and torch's default type is float32, whatever the caller has set.
    Afterwards, also after an error, all this and the global generators of torch, numpy and Python are as before.
    """
    kinds = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]
    with generators_kept(), torch.inference_mode(False), torch.enable_grad():
        dtype, before = torch.get_default_dtype(), [(kind, torch.is_autocast_enabled(kind)) for kind in kinds]
        torch.set_default_dtype(torch.float32)
        for kind in kinds:
            torch.set_autocast_enabled(kind, False)
        try:
            yield
        finally:
            torch.set_default_dtype(dtype)
            for kind, enabled in before:
                torch.set_autocast_enabled(kind, enabled)
