"""A call of the library inside a user's script. It runs as if it were alone there, and changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch

from landscape_app.seeds import lent_generators


@contextmanager
def alone() -> Iterator[None]:
    """Inside the block: gradients are on, inference mode and autocast are off, torch makes float32
    on the processor by default, and the global generators of torch, numpy and Python start at 0. So
    the caller's settings and random numbers have no influence. Afterwards, also after an error,
    everything is restored.
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
