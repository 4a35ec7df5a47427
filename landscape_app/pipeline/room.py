"""The memory for an analysis. It holds several matrices of the distances at once, so it grows with
the square of the number of snapshots.
"""

from __future__ import annotations

import math

from landscape_app.errors import AnalysisError
from landscape_app.memory import PAIR, free_memory, of_analysis

SMALL = 1_000  # snapshots that are analysed whatever is free: about 100 MB


def most(free: int) -> int:
    """How many snapshots fit into `free` bytes."""
    return max(SMALL, math.isqrt(max(free, 0) // PAIR))


def lacking(snapshots: int) -> str:
    """Why an analysis of so many snapshots does not fit into the free memory, with the sizes; empty
    if it fits.
    """
    free = free_memory()
    fit = most(free)
    if snapshots <= fit:
        return ""
    return (
        f"an analysis of {snapshots:,} snapshots needs about"
        f" {of_analysis(snapshots) / 2**30:.1f} GiB of memory, and {free / 2**30:.1f} GiB are free,"
        f" enough for {fit:,}. Free memory or use a machine with more, or sample fewer snapshots"
        " (--epochs, --seeds, --step-sizes)."
    )


def check(run: str, snapshots: int) -> None:
    """Raise AnalysisError where the memory is too small for the analysis of `run`."""
    why = lacking(snapshots)
    if why:
        raise AnalysisError(f"Run {run}: {why}")
