"""Snapshots of one run in the order in which a pen draws them: trajectory by trajectory, lifted
wherever something is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landscape_app.figures.view import DrawnRun

LIFTED = -1  # instead of a canonical id: the pen is lifted here
ANCHOR = 0  # the anchor's canonical id
FARTHEST = 1e6  # frames from the middle: a browser's float32 lose their way beyond


@dataclass(frozen=True)
class PenPath:
    """rows (k,) canonical ids or LIFTED; at (k, dims) float32, NaN where lifted; anchor (dims,),
    NaN if it is not there.

    jumps (j,) positions in `rows` of the epoch-0 snapshots of step size > 0.
    """

    rows: np.ndarray
    at: np.ndarray
    anchor: np.ndarray
    jumps: np.ndarray


def paths(
    subject: DrawnRun, rows: np.ndarray, coordinates: np.ndarray, *, every: int = 1
) -> PenPath:
    """Arrange `coordinates` (m, dims) of the snapshots `rows` (m,) in any order; one that `subject`
    has no longer is left out.

    every: of each trajectory only each so many-th epoch, and the last, was meant to be there: the
    pen goes on from one to the next.
    """
    rows = np.asarray(rows)
    order = np.argsort(rows)
    order = order[subject.there(rows[order])]
    rows, at = rows[order], np.asarray(coordinates, dtype=np.float32)[order]
    anchor = (
        at[0] if len(rows) and rows[0] == ANCHOR else np.full(at.shape[1], np.nan, dtype=np.float32)
    )
    on_path = rows != ANCHOR
    rows, at = rows[on_path], at[on_path]
    width = subject.epochs + 1
    apart = (
        np.flatnonzero(
            (np.diff(rows) > every) | ((rows[1:] - 1) // width != (rows[:-1] - 1) // width)
        )
        + 1
    )
    lifted = np.insert(rows, apart, LIFTED)
    placed = np.insert(at, apart, np.nan, axis=0)
    return PenPath(lifted, placed, anchor, _jumps(subject, lifted))


def ends(path: PenPath) -> np.ndarray:
    """(trajectories, dims): where each line of `path` ends."""
    last = np.append(path.rows[1:] == LIFTED, True) & (path.rows != LIFTED)
    final: np.ndarray = path.at[last[: len(path.rows)]]
    return final


def rays(subject: DrawnRun, path: PenPath) -> tuple[np.ndarray, np.ndarray]:
    """(rows (k,), places (k, dims) float32): for each direction seed the line from the anchor
    through its jumps by ascending step size.

    LIFTED and NaN between two of them. In weight space they are straight: the directions of the
    protocol.
    """
    rows = path.rows[path.jumps]
    seed, step = subject.values("seed", rows), subject.values("step_size", rows)
    gap = np.full((1, path.at.shape[1]), np.nan, dtype=np.float32)
    ids: list[np.ndarray] = [np.empty(0, dtype=np.int64)]
    lines = [gap[:0]]
    for direction in np.unique(seed):
        chosen = path.jumps[seed == direction][np.argsort(step[seed == direction])]
        ids += [np.array([ANCHOR]), path.rows[chosen], np.array([LIFTED])]
        lines += [path.anchor[None], path.at[chosen], gap]
    return np.concatenate(ids), np.concatenate(lines)


def trajectory(subject: DrawnRun, rows: np.ndarray) -> np.ndarray:
    """The trajectory of every canonical id, −1 for the anchor."""
    return (np.asarray(rows) - 1) // (subject.epochs + 1)  # −1 // width is −1


def _jumps(subject: DrawnRun, rows: np.ndarray) -> np.ndarray:
    there = np.flatnonzero(rows != LIFTED)
    known = rows[there]
    jumps: np.ndarray = there[
        (subject.values("epoch", known) == 0) & (subject.values("step_size", known) > 0)
    ]
    return jumps


def framed(coordinates: np.ndarray, reach: float | None = None) -> np.ndarray:
    """`coordinates` (k, dims) about the middle of their box, in units of `reach` (None: the largest
    distance from it): in view however they are turned.
    """
    if not np.isfinite(coordinates).any():
        return coordinates.astype(np.float32)
    centred = coordinates - middle_of(coordinates)
    radius = reach_of(coordinates) if reach is None else reach
    scaled: np.ndarray = (centred / (radius if radius > 0 else 1.0)).astype(np.float32)
    return scaled


def reach_of(coordinates: np.ndarray) -> float:
    """The largest distance of `coordinates` (k, dims) from the middle of their box."""
    if not np.isfinite(coordinates).any():
        return 0.0
    away = np.asarray(coordinates, dtype=np.float64) - middle_of(coordinates)
    return float(np.nanmax(np.linalg.norm(away, axis=1)))


def centred(rows: np.ndarray, coordinates: np.ndarray, reach: float) -> np.ndarray:
    """`coordinates` (k, dims) of the snapshots `rows` in units of `reach`, those that go farther
    too: about the anchor, or where it is not there about their median.
    """
    anchor = coordinates[(rows == ANCHOR) & np.isfinite(coordinates).all(axis=1)]
    known = coordinates[np.isfinite(coordinates).all(axis=1)]
    centre = anchor[0] if len(anchor) else np.median(known, axis=0) if len(known) else 0.0
    placed = (np.asarray(coordinates, dtype=np.float64) - centre) / (reach or 1.0)
    near: np.ndarray = np.clip(placed, -FARTHEST, FARTHEST).astype(np.float32)
    return near


def at_edge(places: np.ndarray, limit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(places (k, dims) pulled straight to the middle until they are in the box from −limit to
    limit, how many times as far as its edge each was (k,)): 1 and less is inside; NaN stays.
    """
    far = np.max(np.abs(np.asarray(places, dtype=np.float64)) / limit[: places.shape[1]], axis=1)
    pulled: np.ndarray = places / np.maximum(far, 1.0)[:, None]
    return pulled, far


def middle_of(coordinates: np.ndarray) -> np.ndarray:
    """The middle of the box of `coordinates` (k, dims), NaN aside."""
    middle: np.ndarray = (np.nanmin(coordinates, axis=0) + np.nanmax(coordinates, axis=0)) / 2
    return middle
