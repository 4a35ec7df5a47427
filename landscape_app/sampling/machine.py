"""The devices, cores and memory of this machine that sampling may use."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from landscape_app.errors import SpecError
from landscape_app.memory import cores, free_memory

SHARE = 0.5  # of the free memory, where no bound is given


@dataclass(frozen=True)
class Machine:
    """devices: "cpu", or one name per GPU. workers: bundles that are computed at the same time.
    memory: bytes that may be used, of a GPU if there is one.
    """

    devices: tuple[str, ...]
    workers: int
    memory: int


def look(
    device: str = "auto", *, workers: int | None = None, memory_gib: float | None = None
) -> Machine:
    """This machine; `device` is auto, cpu or cuda. Raises SpecError where a GPU is asked for and
    there is none.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise SpecError(
            "device: there is no CUDA device on this machine. Use 'cpu', or 'auto' to take what is"
            " there."
        )
    if device != "cpu" and torch.cuda.is_available():
        count = min(torch.cuda.device_count(), workers or torch.cuda.device_count())
        free = min(torch.cuda.mem_get_info(i)[0] for i in range(count))
        # Memory is that of all workers together; each GPU has its own.
        return Machine(
            tuple(f"cuda:{i}" for i in range(count)), count, _allowed(free, memory_gib) * count
        )
    return Machine(("cpu",), workers or cores(), _allowed(free_memory(), memory_gib))


def _allowed(free: int, bound_gib: float | None) -> int:
    return int(min(free, bound_gib * 2**30) if bound_gib is not None else free * SHARE)
