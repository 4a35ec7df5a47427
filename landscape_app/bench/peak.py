"""The largest memory of a process that makes a cloud and takes one step of the analysis: nothing
else has been in it.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from landscape_app.analysis.topology import rips
from landscape_app.bench.embedding_steps import phate
from landscape_app.bench.made import BenchCloud

STATUS = Path("/proc/self/status")
STEPS: dict[str, Callable[[BenchCloud], Any]] = {
    "distances": lambda cloud: cloud.distances,
    "embedding": phate,
    "Rips H0, H1": lambda cloud: rips.persistence(
        cloud.distances, quantile=cloud.spec.rips_quantile
    ),
}


def peak(step: str, n: int, parameters: int) -> float:
    """MiB of a process of its own, imports and the cloud's weights included."""
    code = f"from landscape_app.bench.peak import inside; inside({step!r}, {n}, {parameters})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def inside(step: str, n: int, parameters: int) -> None:
    """Take the step and tell the memory on standard output."""
    STEPS[step](BenchCloud(n, parameters))
    sys.stdout.write(str(_largest()))


def _largest() -> float:
    """The most memory that this process ever had, in MiB. On Linux from /proc: the usage that a
    process reports includes that of its parent at the start.
    """
    if STATUS.exists():
        return next(
            int(line.split()[1]) / 2**10
            for line in STATUS.read_text().splitlines()
            if line.startswith("VmHWM")
        )
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        2**20 if sys.platform == "darwin" else 2**10
    )
