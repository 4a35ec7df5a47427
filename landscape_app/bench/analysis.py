"""The analysis step by step beside the libraries of the field, in one run, interleaved: seconds,
ratios, agreement, memory.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from threadpoolctl import threadpool_info

from landscape_app.bench import curvature_steps, embedding_steps, topology_steps
from landscape_app.bench.comparison import TimedStep, compare
from landscape_app.bench.made import PARAMETERS, BenchCloud
from landscape_app.bench.peak import STEPS, peak
from landscape_app.errors import SpecError

SIZES = (821, 1_000, 2_500, 5_000)
LIMIT = 2_500  # snapshots up to which references are run that take minutes beyond
PATIENCE = 12.0  # seconds after which a comparison is not repeated
SMALLEST = 100
CLOUD_STEPS = (
    embedding_steps.distances,
    embedding_steps.embedding,
    embedding_steps.scaling,
    topology_steps.bars_of_losses,
    topology_steps.merge_tree,
    topology_steps.pieces,
    topology_steps.loops,
)
LIBRARIES = ("numpy", "scipy", "scikit-learn", "phate", "ripser", "gudhi", "torch")


def _check(sizes: Sequence[int], repeats: int) -> None:
    if min(sizes, default=0) < SMALLEST or repeats < 1:
        raise SpecError(
            f"Sizes are {SMALLEST} snapshots or more, repeats 1 or more; given were {list(sizes)}"
            f" and {repeats}."
        )


def measure(
    *,
    sizes: Sequence[int] = SIZES,
    repeats: int = 3,
    limit: int = LIMIT,
    parameters: int = PARAMETERS,
    memory: bool = True,
) -> dict[str, Any]:
    """{"machine", "parameters", "load", "rows": [{"n", "step", "ours", "reference",
    "reference_seconds", "ratio", "agreement", …}]}.

    Raises SpecError for a size below 100.
    """
    _check(sizes, repeats)
    before = round(os.getloadavg()[0], 2)
    rows: list[dict[str, Any]] = []
    for comparison in _comparisons(sizes, limit, parameters):
        rows += compare(comparison, repeats=repeats, patience=PATIENCE)
    steps = STEPS if memory else ()
    peaks = {(step, n): peak(step, n, parameters) for n in sizes for step in steps}
    for row in rows:
        row["peak_mib"] = peaks.get((row["step"], row["n"]))
    return {
        "machine": machine(),
        "parameters": parameters,
        "reference_limit": limit,
        "load": [before, round(os.getloadavg()[0], 2)],
        "rows": rows,
    }


def _comparisons(sizes: Sequence[int], limit: int, parameters: int) -> Iterator[TimedStep]:
    """Compare one cloud after another, so that only one is in memory."""
    for n in sizes:
        cloud = BenchCloud(n, parameters)
        for step in CLOUD_STEPS:
            yield step(cloud, limit)
        yield from curvature_steps.steps(n)
    yield topology_steps.bars_of_grid()


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": (
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        ),
        "torch_threads": torch.get_num_threads(),
        "blas": sorted(
            {
                f"{pool['internal_api']} {pool['version']}, {pool['num_threads']} threads"
                for pool in threadpool_info()
            }
        ),
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in LIBRARIES},
    }


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
