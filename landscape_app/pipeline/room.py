"""The memory for an analysis. It holds several matrices of the distances at once, so it grows with
the square of the number of snapshots.
"""

from __future__ import annotations

import math

from landscape_app.errors import AnalysisError
from landscape_app.memory import free_memory

# Bytes a pair of snapshots at the peak of a default analysis, measured at 2,001 and 4,001 snapshots
# of 100 parameters: 90 and 59.
PAIR = 100
SMALL = 1_000  # snapshots that are analysed whatever is free: about 100 MB


def needed(snapshots: int) -> int:
    """Bytes that an analysis of so many snapshots needs, without their weights."""
    return PAIR * snapshots**2


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
        f"an analysis of {snapshots:,} snapshots needs about {needed(snapshots) / 2**30:.1f} GiB of"
        f" memory, and {free / 2**30:.1f} GiB are free, enough for {fit:,}. Free memory or use a"
        " machine with more, or sample fewer snapshots (--epochs, --seeds, --step-sizes)."
    )


def check(run: str, snapshots: int) -> None:
    """Raise AnalysisError where the memory is too small for the analysis of `run`."""
    why = lacking(snapshots)
    if why:
        raise AnalysisError(f"Run {run}: {why}")
