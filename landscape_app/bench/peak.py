"""The largest memory of a process that makes a cloud and takes one step of the analysis: nothing else has been in it."""

from __future__ import annotations

import resource
import subprocess
import sys

from landscape_app.analysis.topology import rips
from landscape_app.bench.embedding_steps import phate
from landscape_app.bench.made import Cloud

STEPS = {
    "distances": lambda cloud: cloud.distances,
    "embedding": phate,
    "Rips H0, H1": lambda cloud: rips.persistence(cloud.distances, quantile=cloud.spec.rips_quantile),
}


def peak(step: str, n: int, parameters: int) -> float:
    """MiB of a process of its own, imports and the cloud's weights included."""
    code = f"from landscape_app.bench.peak import inside; inside({step!r}, {n}, {parameters})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def inside(step: str, n: int, parameters: int) -> None:
    """Take the step and tell the memory on standard output."""
    STEPS[step](Cloud(n, parameters))
    unit = 2**20 if sys.platform == "darwin" else 2**10
    sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit))
