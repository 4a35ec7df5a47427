"""Where a run's trajectories end: weights and running statistics of their last epoch, and the train
loss anywhere between them.

A network with BatchNorm is its weights and its running statistics, so both move along a segment:
its ends then have the losses that were recorded there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from landscape_app.errors import RunDamagedError
from landscape_app.probes.barriers import Loss
from landscape_app.probes.point import Point
from landscape_app.store.run import RunFolder
from landscape_app.weights.layout import Layout

MEMORY = 2**30  # bytes of all vertices


@dataclass(frozen=True)
class Ends:
    """n vertices (n, width) float64: trainable weights, then floating-point buffers. Vertex 0 is
    the anchor.

    rows (n,) canonical snapshot ids; seeds, step_sizes (n,), −1 and 0 for the anchor. left_out:
    ends there were, but not taken.
    """

    vertices: np.ndarray
    rows: np.ndarray
    seeds: np.ndarray
    step_sizes: np.ndarray
    left_out: int


def read(run: RunFolder, point: Point, *, most: int) -> Ends:
    """The anchor and the finite ends of at most `most` jumps, the largest first; controls are no
    jumps. `point` is at the anchor.

    Fewer where they would not fit into the memory; they are counted in `left_out`.
    """
    spec, weights, still = run.spec, point.weights(), _buffers(point)
    most = max(1, min(most, MEMORY // (8 * len(weights)) - 1))
    found, left_out = list[tuple[float, int, int, np.ndarray]](), 0
    for line in run.committed("chunk"):
        if int(line["last"]) != spec.epochs:
            continue
        try:
            tensors = run.tensors(line["file"])
        except RunDamagedError:
            continue
        for place, trajectory in enumerate(line["trajectories"]):
            seed, size = spec.trajectories[trajectory]
            moved = np.asarray(tensors["delta"][place, -1], dtype=np.float64)
            keys = [f"buffers.{key}" for key in still]
            if size <= 0 or not np.isfinite(moved).all() or not set(keys) <= set(tensors):
                continue
            state = [
                np.asarray(tensors[key][place, -1], dtype=np.float64).reshape(-1) for key in keys
            ]
            row = 1 + trajectory * spec.rows_per_trajectory + spec.epochs
            found.append(
                (float(size), int(seed), int(row), np.concatenate([weights + moved, *state]))
            )
            if len(found) > most:
                found.pop(max(range(len(found)), key=lambda i: (-found[i][0], found[i][1])))
                left_out += 1
    kept = sorted(found, key=lambda one: one[2])
    anchor = np.concatenate(
        [weights, *(value.double().cpu().numpy().reshape(-1) for value in still.values())]
    )
    return Ends(
        np.stack([anchor, *(one[3] for one in kept)]),
        np.array([0, *(one[2] for one in kept)]),
        np.array([-1, *(one[1] for one in kept)]),
        np.array([0.0, *(one[0] for one in kept)]),
        left_out,
    )


def loss_at(point: Point) -> Loss:
    """vertex (width,) ↦ mean train loss there; weights and statistics are put back after each."""
    size = point.size

    def loss(vertex: np.ndarray) -> float:
        buffers, rest = _buffers(point), torch.from_numpy(vertex[size:])
        before = {key: value.clone() for key, value in buffers.items()}
        parts = rest.split([value.numel() for value in buffers.values()]) if buffers else ()
        try:
            for value, part in zip(buffers.values(), parts, strict=True):
                value.copy_(part.view_as(value))
            with point.at(vertex[:size]):
                return point.loss()
        finally:
            for key, value in buffers.items():
                value.copy_(before[key])

    return loss


def masks(layout: Layout) -> dict[str, np.ndarray]:
    """{layer: (parameter,) bool}: the weights and biases of each module together."""
    found: dict[str, np.ndarray] = {}
    for slot in layout.slots:
        name = slot.key.rpartition(".")[0] or slot.key
        found.setdefault(name, np.zeros(layout.parameters, dtype=bool))[slot.start : slot.stop] = (
            True
        )
    return found


def _buffers(point: Point) -> dict[str, torch.Tensor]:
    return {key: value for key, value in point.network.named_buffers() if value.is_floating_point()}
