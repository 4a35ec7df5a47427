"""Where the names of runs stand in their common picture: at the ends of each run's trajectories,
where they hide as little as possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

LETTER, HEIGHT = 0.038, 0.11  # size of a letter, in the unit of a picture that goes from −1 to 1
AIR = 0.05  # between a name and what it names
EDGE = (1.42, 1.14)  # how far the picture goes across and up, and a name in it
STEPS = (0, 1, -1, 2, -2, 3, -3, 4, -4)
RISE, NEAR = 0.2, 0.8  # in three dimensions: how far a name is above, and near another
# from the middle of the ends: above, below, right, left, and the corners
SIDES = np.array([(0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1)], float)


def places(
    arms: Sequence[np.ndarray], ends: Sequence[np.ndarray], texts: Sequence[str]
) -> np.ndarray:
    """(runs, dims): the middle of each name. arms (k, dims): all places of each run, NaN for none;
    ends (e, dims): where its trajectories end. In three dimensions a name stands above the ends.
    """
    dims = arms[0].shape[1]
    if dims == 3:
        return _above(ends)
    taken = np.concatenate([arm[:, :2] for arm in arms])
    taken = taken[np.isfinite(taken).all(axis=1)]
    boxes: list[np.ndarray] = []  # of the names so far: middle and half size
    middles = np.zeros((len(arms), dims))
    for i, (end, text) in enumerate(zip(ends, texts, strict=True)):
        end = end[np.isfinite(end).all(axis=1)]
        end = end if len(end) else np.zeros((1, dims))
        half = np.array([LETTER * len(text), HEIGHT]) / 2
        low, high = end[:, :2].min(axis=0), end[:, :2].max(axis=0)
        around = (low + high) / 2 + SIDES * ((high - low) / 2 + half + AIR)
        # farther up and down, where others stand at all sides
        around = np.concatenate([around + np.array([0, step * HEIGHT]) for step in STEPS])
        around = np.clip(around, half - EDGE, EDGE - half)
        best = around[np.argmin([_hidden(place, half, taken, boxes) for place in around])]
        middles[i] = end.mean(axis=0)
        middles[i, :2] = best
        boxes.append(np.stack([best, half]))
    return middles


def _above(ends: Sequence[np.ndarray]) -> np.ndarray:
    """(runs, 3): above the middle of each run's ends; the higher of two that are near goes up."""
    means = [np.nanmean(end, axis=0) if len(end) else np.zeros(3) for end in ends]
    middles: np.ndarray = np.nan_to_num(np.stack(means))
    middles[:, 2] += RISE
    order = np.argsort(middles[:, 2], kind="stable")
    for lower, upper in pairwise(order):
        if np.linalg.norm(middles[upper, :2] - middles[lower, :2]) < NEAR:
            middles[upper, 2] = max(middles[upper, 2], middles[lower, 2] + HEIGHT + AIR)
    return middles


def _hidden(
    place: np.ndarray, half: np.ndarray, taken: np.ndarray, boxes: Sequence[np.ndarray]
) -> float:
    """How much a name at `place` would hide: snapshots, and far worse, other names."""
    snapshots = int((np.abs(taken - place) < half).all(axis=1).sum())
    names = sum(bool((np.abs(other - place) < half + size).all()) for other, size in boxes)
    return snapshots + 1e6 * names
