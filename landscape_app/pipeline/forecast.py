"""The cost of a run on this machine, before it starts: seconds of each phase, memory, disk. It is
measured with a few steps of the real work.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from landscape_app.errors import StorageError
from landscape_app.pipeline import room
from landscape_app.records.plan import Plan
from landscape_app.sampling.planner import bytes_per_trajectory
from landscape_app.settings import RunSpec
from landscape_app.training.base import CHUNK, trial
from landscape_app.training.problem import Problem

SCORES = 5 * 8 + 1  # bytes a snapshot
# The analysis of one run, in passes over its matrix of distances: seconds at 821 snapshots of 8,970
# parameters over seconds of one pass there, both measured on one machine. It is this number of
# passes that carries over to others. Imports, checks and the null draws of loops (of about as many
# snapshots whatever their number)
# cost the same for every run; those of
# losses grow with it.
PASSES = 5_300
ALWAYS = 4_000
REFERENCE = 821
# Of the lines between minima, in trajectory-epochs: 20 bars of the train losses and 20 of the test
# loss, 21 points each. A point is one forward pass over the train rows; an epoch is as good as
# four, with its backward passes and its
# scores.
CLIMBS = 2 * 20 * 21 / 4


def forecast(
    problem: Problem, spec: RunSpec, plan: Plan, *, analysed: bool = True
) -> dict[str, Any]:
    """{"seconds": {"training", "sampling", "analysis"}, "training_epoch_seconds", "memory_bytes",
    "disk_bytes"} of a whole run.

    analysed: whether an analysis belongs to it; without one it takes no seconds, and no memory and
    disk for distances.
    """
    epoch = trial(problem, spec) if spec.train_epochs else 0.0
    seconds = {
        "training": epoch * spec.train_epochs,
        "sampling": len(spec.trajectories) * spec.epochs / max(plan.rate, 1e-9),
    }
    if analysed:
        seconds["analysis"] = analysis_seconds(spec.snapshots) + CLIMBS / max(plan.rate, 1e-9)
    at_work = sum(len(bundle) for bundle in plan.bundles[: plan.workers])
    n = spec.snapshots if analysed else 0  # rows of the matrix of distances
    return {
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "training_epoch_seconds": epoch,
        "memory_bytes": (
            psutil.Process().memory_info().rss
            + max(at_work * bytes_per_trajectory(problem, spec), room.needed(n))
        ),
        "disk_bytes": disk(problem, spec, plan, analysed=analysed),
    }


def disk(problem: Problem, spec: RunSpec, plan: Plan, *, analysed: bool = True) -> int:
    """Bytes: every snapshot's δ, outputs, losses and scores; weights and optimizer state once a
    chunk; the distances if analysed.
    """
    size = problem.layout.parameters
    row = 4 * (size + problem.outputs * len(problem.probe) + len(problem.loss_rows)) + SCORES
    states = 8 * size * len(spec.trajectories) * math.ceil(spec.epochs / plan.chunk_epochs)
    base = 8 * size * math.ceil(spec.train_epochs / CHUNK)
    return spec.snapshots * row + states + base + (4 * spec.snapshots**2 if analysed else 0)


def analysis_seconds(snapshots: int) -> float:
    """Seconds of the analysis of so many snapshots: a number of passes over the distances, one of
    which is timed here at the reference size.
    """
    left, right = np.ones((REFERENCE, 5), np.float32), np.ones((5, REFERENCE), np.float32)
    place, best = np.empty((REFERENCE, REFERENCE), np.float32), math.inf
    for _ in range(20):
        # of this thread's own: other work on the machine is no part of it
        begun = time.thread_time()
        # in one place: fresh memory would be most of the time
        np.sqrt(np.matmul(left, right, out=place), out=place)
        best = min(best, time.thread_time() - begun)
    return best * (ALWAYS + PASSES * (snapshots / REFERENCE) ** 2)


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
