"""The snapshots that a bar points at, as the record of a figure names them: only those that the
drawn run still has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from landscape_app.figures.view import DrawnRun


def members(
    subject: DrawnRun, arrays: Mapping[str, np.ndarray], chosen: np.ndarray
) -> dict[str, Any]:
    """Of each chosen sublevel bar its birth snapshot, its merging edge and the snapshots it holds
    (None: every one), as far as they are there.
    """
    offsets, rows, whole = arrays["basin_offsets"], arrays["basin_rows"], len(arrays["rows"])
    every = [bool(offsets[i + 1] - offsets[i] == whole) for i in chosen]
    basins = [
        rows[:0] if all_rows else np.sort(rows[offsets[i] : offsets[i + 1]])
        for i, all_rows in zip(chosen, every, strict=True)
    ]
    held = present(subject, basins)
    return {
        "focus": focuses(subject, arrays["birth_row"][chosen]),
        "edge": edges(subject, arrays["merge_rows"][chosen]),
        "rows": [None if all_rows else basin for all_rows, basin in zip(every, held, strict=True)],
    }


def focuses(subject: DrawnRun, rows: np.ndarray) -> list[int | None]:
    """The snapshot (b,) that each bar points at; None where it is not there."""
    return [
        int(row) if there else None for row, there in zip(rows, subject.there(rows), strict=True)
    ]


def edges(subject: DrawnRun, ends: np.ndarray) -> list[list[int]]:
    """The edge (b, 2) of each bar; [−1, −1], which is no edge, where an end is not there."""
    there = np.all(subject.there(ends.reshape(-1)).reshape(ends.shape), axis=1)
    return [
        edge if whole else [-1, -1]
        for edge, whole in zip(ends.tolist(), there.tolist(), strict=True)
    ]


def present(subject: DrawnRun, parts: Sequence[np.ndarray]) -> list[list[int]]:
    """Of each of `parts`, snapshots of a bar, those that are there. One look-up for all, whose cost
    is that of the run.
    """
    if not len(parts):
        return []
    rows = np.concatenate([np.empty(0, np.int64), *parts])
    there, ends = subject.there(rows), np.cumsum([len(part) for part in parts])[:-1]
    return [
        part[mask].tolist()
        for part, mask in zip(np.split(rows, ends), np.split(there, ends), strict=True)
    ]
