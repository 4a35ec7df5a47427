"""How many processes can share the runs of a study on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from landscape_app.memory import cores, free_memory, of_analysis
from landscape_app.settings import RunSpec

GPUS = ("/dev/nvidia0", "/dev/nvidiactl", "/dev/dxg")  # that torch might use, without importing it
WORKER = 2**30  # bytes that a process should find free, without its analysis


def affordable(specs: Sequence[RunSpec]) -> int:
    """How many processes can make and analyse runs of these settings: one for each core, fewer
    where the memory of their analyses would not be free; one where a GPU does the work, or one
    core was asked for.
    """
    alone = len(specs) < 2 or any(spec.device == "cuda" or spec.workers == 1 for spec in specs)
    if alone or any(Path(device).exists() for device in GPUS):
        return 1
    needed = WORKER + of_analysis(max(spec.snapshots for spec in specs))
    return max(1, min(cores(), len(specs), free_memory() // needed))
