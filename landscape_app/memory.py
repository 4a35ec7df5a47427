"""Cores and main memory that may be used: those of the machine, or the rest of a container's limit;
of several processes that share them, one's part.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

import psutil

GROUPS = Path("/sys/fs/cgroup")
# limit, in use
FILES = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)
# of what is in use, memory that is given back when it is asked for
CACHES = ("inactive_file", "total_inactive_file")

# Bytes a pair of snapshots at the peak of a default analysis, measured at 2,001 and 4,001 snapshots
# of 100 parameters: 90 and 59.
PAIR = 100


def of_analysis(snapshots: int) -> int:
    """Bytes that an analysis of so many snapshots needs, without their weights."""
    return PAIR * snapshots**2


_sharing: ContextVar[int] = ContextVar("sharing", default=1)


@contextmanager
def shared(processes: int) -> Iterator[None]:
    """Inside the block this process is one of so many that share the machine: it has one core, and
    its part of the memory.
    """
    token = _sharing.set(processes)
    try:
        yield
    finally:
        _sharing.reset(token)


def sharing() -> int:
    """How many processes share the machine with this one, itself among them."""
    return _sharing.get()


def cores() -> int:
    """Cores that this process may use; one where several processes share them."""
    if sharing() > 1:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def free_memory() -> int:
    """Bytes that are free without swapping; of several processes that share them, one's part."""
    free = int(psutil.virtual_memory().available)
    for limit, used in FILES:
        with suppress(OSError, ValueError):  # no such group, or "max"
            most, held = (int((GROUPS / name).read_text()) for name in (limit, used))
            free = min(free, max(most - held + _caches((GROUPS / used).parent / "memory.stat"), 0))
    return free // sharing()


def _caches(path: Path) -> int:
    with suppress(OSError, ValueError):
        lines = dict(line.split() for line in path.read_text().splitlines())
        return max(int(lines.get(name, 0)) for name in CACHES)
    return 0
