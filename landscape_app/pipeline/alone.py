"""A call of the library inside of somebody's script: it works as if it were alone there, and leaves
no trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch

from landscape_app.seeds import lent_generators


@contextmanager
def alone() -> Iterator[None]:
    """Inside: gradients are on, inference mode and autocast are off, torch makes float32 on the
    processor unless it is told otherwise, and the global generators of torch, numpy and Python
    begin at 0: what the caller has set or drawn decides nothing. Afterwards, also after an error,
    all this is as before.
    """
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_initialized() else []
    with ExitStack() as stack:
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        stack.callback(torch.set_default_dtype, torch.get_default_dtype())
        torch.set_default_dtype(torch.float32)
        for kind in ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]:
            stack.callback(torch.set_autocast_enabled, kind, torch.is_autocast_enabled(kind))
            torch.set_autocast_enabled(kind, False)
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        stack.enter_context(lent_generators(0, devices))
        yield
