"""Main memory that may be used: the free memory of the machine, or the rest of a container's
limit.
"""

from __future__ import annotations

from contextlib import suppress
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


def free_memory() -> int:
    """Bytes that are free without swapping."""
    free = int(psutil.virtual_memory().available)
    for limit, used in FILES:
        with suppress(OSError, ValueError):  # no such group, or "max"
            most, held = (int((GROUPS / name).read_text()) for name in (limit, used))
            free = min(free, max(most - held + _caches((GROUPS / used).parent / "memory.stat"), 0))
    return free


def _caches(path: Path) -> int:
    with suppress(OSError, ValueError):
        lines = dict(line.split() for line in path.read_text().splitlines())
        return max(int(lines.get(name, 0)) for name in CACHES)
    return 0
