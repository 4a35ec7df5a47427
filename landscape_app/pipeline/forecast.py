"""What a run will cost on this machine, before it starts: seconds by phase, memory, disk; at the
pace that was measured on a few steps of the real work.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import psutil

from landscape_app.errors import StorageError
from landscape_app.forecast.jobs import of_run
from landscape_app.forecast.pace import Pace
from landscape_app.memory import of_analysis
from landscape_app.records.plan import Plan
from landscape_app.sampling.planner import bytes_per_trajectory, row_size
from landscape_app.settings import AnalysisSpec, RunSpec
from landscape_app.training.base import ends_chunk
from landscape_app.training.problem import Problem

SCORES = 5 * 8 + 1  # bytes a snapshot


def forecast(
    problem: Problem, spec: RunSpec, plan: Plan, pace: Pace, *, analysed: bool = True
) -> dict[str, Any]:
    """{"seconds": {phase: seconds}, "memory_bytes", "disk_bytes"} of a whole run.

    analysed: whether an analysis belongs to it; without one it takes no seconds, and no memory and
    disk for distances.
    """
    job = of_run(spec, pace, AnalysisSpec() if analysed else None)
    at_work = sum(len(bundle) for bundle in plan.bundles[: plan.workers])
    n = spec.snapshots if analysed else 0  # rows of the matrix of distances
    return {
        "seconds": {name: round(phase.seconds, 3) for name, phase in job.by_name.items()},
        "memory_bytes": (
            psutil.Process().memory_info().rss
            + max(at_work * bytes_per_trajectory(problem, spec), of_analysis(n))
        ),
        "disk_bytes": disk(problem, spec, plan, analysed=analysed),
    }


def disk(problem: Problem, spec: RunSpec, plan: Plan, *, analysed: bool = True) -> int:
    """Bytes: every snapshot's δ, outputs, losses and scores; weights and optimizer state once a
    chunk; the distances if analysed.
    """
    size, row = problem.layout.parameters, row_size(problem) + SCORES
    states = 8 * size * len(spec.trajectories) * math.ceil(spec.epochs / plan.chunk_epochs)
    last = spec.train_epochs
    base = 8 * size * sum(ends_chunk(epoch, last) for epoch in range(1, last + 1))
    return spec.snapshots * row + states + base + (4 * spec.snapshots**2 if analysed else 0)


def check_disk(folder: Path, needed: int) -> None:
    """Raise StorageError, with the sizes, if the disk of `folder` has less room than a run
    needs.
    """
    free = psutil.disk_usage(str(folder)).free
    if free < needed:
        raise StorageError(
            f"The run needs about {needed / 2**30:.1f} GiB, but the disk of {folder} has"
            f" {free / 2**30:.1f} GiB free. Free some space, choose another runs folder, or sample"
            " fewer epochs or trajectories."
        )


def words(expected: dict[str, Any]) -> str:
    """The forecast in one line, for the log."""
    seconds = expected["seconds"]
    parts = ", ".join(f"{name} {value:.0f} s" for name, value in seconds.items())
    memory, disk = (expected[f"{name}_bytes"] / 2**20 for name in ("memory", "disk"))
    sizes = f"{memory:,.0f} MiB of memory, {disk:,.0f} MiB on disk"
    return f"about {sum(seconds.values()):.0f} s ({parts}), {sizes}"
