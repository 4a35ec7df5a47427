"""The rows of a cloud by trajectory, and which trajectories a measure can use: the others are
named, never averaged in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from landscape_app.analysis.measures.measure import Measured
from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Snapshots

NAMED = 6  # trajectories named in one sentence; of more, how many


@dataclass(frozen=True)
class Trajectory:
    """One jump (or control, step size 0) and its retraining: positions `rows` (m,) in the cloud, by
    ascending `epochs` (m,).
    """

    seed: int
    step_size: float
    rows: np.ndarray
    epochs: np.ndarray
    diverged: np.ndarray  # (m,) bool

    @property
    def name(self) -> str:
        """As a person calls it."""
        return f"seed {self.seed}, step {self.step_size:g}"

    def fault(self, last: int) -> str:
        """Why it cannot be used from epoch 0 to `last`; "" if it can."""
        if self.diverged.any():
            return f"diverged at epoch {self.epochs[self.diverged.argmax()]}"
        return "" if np.array_equal(self.epochs, np.arange(last + 1)) else "incomplete"


def anchor(snapshots: Snapshots) -> int:
    """The anchor's position; raises AnalysisError if it is not there."""
    anchors = np.flatnonzero(snapshots.column("trajectory") < 0)
    if len(anchors) != 1:
        raise AnalysisError(
            f"Run {snapshots.run_id}: the anchor's snapshot is missing or damaged, so nothing can"
            " be measured. Resume it."
        )
    return int(anchors[0])


def jumps(snapshots: Snapshots) -> list[Trajectory]:
    """The trajectories that begin with a jump (step size above 0), in the order of the rows;
    controls are not among them.
    """
    index, epoch, step = (snapshots.column(name) for name in ("trajectory", "epoch", "step_size"))
    result = []
    for which in np.unique(index[(index >= 0) & (step > 0)]):
        rows = np.flatnonzero(index == which)
        rows = rows[np.argsort(epoch[rows], kind="stable")]
        seed, size = int(snapshots.column("seed")[rows[0]]), float(step[rows[0]])
        result.append(Trajectory(seed, size, rows, epoch[rows], snapshots.column("diverged")[rows]))
    return result


def last_epoch(snapshots: Snapshots) -> int:
    """The last epoch that any trajectory has reached: where trajectories end (earlier than planned
    while sampling goes on).
    """
    return int(snapshots.column("epoch").max())


def complete(snapshots: Snapshots) -> tuple[list[Trajectory], str]:
    """(the jumps whose every snapshot from epoch 0 to the last is there and finite; words about the
    others).
    """
    every, last = jumps(snapshots), last_epoch(snapshots)
    return [jump for jump in every if not jump.fault(last)], left_out(
        [(jump.name, jump.fault(last)) for jump in every if jump.fault(last)]
    )


def left_out(named: Sequence[tuple[str, str]]) -> str:
    """A sentence that names what is left out and why, "" for nothing."""
    shown = "; ".join(f"{name} ({why})" for name, why in named[:NAMED])
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return f"left out: {shown}{more}" if named else ""


def words(*parts: str) -> str:
    """The parts that say something, as one detail."""
    return "; ".join(part for part in parts if part)


def mean_over_seeds(values: Sequence[float], seeds: Sequence[int]) -> Measured:
    """The mean of `values` with its standard error, each value of a trajectory of the seed beside
    it; None for no values.

    The error is that of the means per seed: the step sizes of a seed share its direction and batch
    order, so they are not independent of each other, and only seeds are repeats.
    """
    if not len(values):
        return Measured(None)
    mean, distinct = float(np.mean(values)), np.unique(seeds)
    if len(distinct) < 2:
        return Measured(mean, "one seed, so no standard error")
    means = [
        np.mean([value for value, of_seed in zip(values, seeds, strict=True) if of_seed == seed])
        for seed in distinct
    ]
    error = float(np.std(means, ddof=1) / np.sqrt(len(means)))
    return Measured(mean, f"± {error:.2g} (standard error, {len(means)} seeds)", error=error)


def mean_over_jumps(values: Sequence[float], jumps: Sequence[Trajectory], out: str) -> Measured:
    """The mean of `values`, one of each of `jumps`, with its standard error; out: words about the
    jumps that are left out.
    """
    mean = mean_over_seeds(values, [jump.seed for jump in jumps])
    count = f"{len(values)} jumps" if values else "no complete jump to measure"
    return replace(mean, detail=words(count, mean.detail, out))
