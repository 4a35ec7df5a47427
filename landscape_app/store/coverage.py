"""The snapshots in the committed lines of a run, as far as the lines fit the protocol. The journal
may come from someone else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landscape_app.settings import RunSpec
from landscape_app.store.journal import Line

# indices of trajectories, each once, and the first and last of their epochs
Held = tuple[np.ndarray, int, int]

LEAST = 6  # bytes of a snapshot in a chunk: it has as many scores


def held(spec: RunSpec, line: Line) -> Held | None:
    """(trajectories, first epoch, last epoch) according to a chunk's line. None where they do not
    belong to the protocol, or where a file of that size cannot hold so many.
    """
    try:
        given = line["trajectories"]
        first, last, size = int(line["first"]), int(line["last"]), int(line["bytes"])
        if not 0 < len(given) <= len(spec.trajectories) or not 0 <= first <= last <= spec.epochs:
            return None
        trajectories = np.array([int(index) for index in given], np.int64)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    known = trajectories.min() >= 0 and trajectories.max() < len(spec.trajectories)
    if (
        not known
        or len(np.unique(trajectories)) != len(trajectories)
        or len(given) * (last - first + 1) * LEAST > size
    ):
        return None
    return trajectories, first, last


def covered(spec: RunSpec, lines: Sequence[Line]) -> np.ndarray:
    """(snapshots of the whole run,) bool: which canonical ids are in the files of these committed
    lines.
    """
    # Where stretches of epochs begin and end is added up, so that it costs little however many
    # lines hold the same.
    steps = np.zeros((len(spec.trajectories), spec.rows_per_trajectory + 1), np.int32)
    for line in lines:
        if line["kind"] == "chunk" and (block := held(spec, line)) is not None:
            trajectories, first, last = block
            steps[trajectories, first] += 1
            steps[trajectories, last + 1] -= 1
    np.cumsum(steps, axis=1, out=steps)
    anchor = any(line["kind"] == "anchor" for line in lines)
    return np.concatenate([[anchor], (steps[:, :-1] > 0).reshape(-1)])
