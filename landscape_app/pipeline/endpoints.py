"""The ends of a run's trajectories: weights and running statistics of their last epoch, and the
train loss anywhere between them.

A network with BatchNorm consists of its weights and its running statistics, so both move along a
segment. Its ends then have the losses that were recorded there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from landscape_app.errors import RunDamagedError
from landscape_app.probes.barriers import Loss
from landscape_app.probes.point import Point
from landscape_app.store.run import RunFolder
from landscape_app.weights.layout import Layout

MEMORY = 2**30  # bytes of all vertices


@dataclass(frozen=True, eq=False)
class _End:
    """The end of one jump: its vertex (width,), canonical id, seed and step size."""

    vertex: np.ndarray
    row: int
    seed: int
    step_size: float


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
    weights, still = point.weights(), _buffers(point)
    most = max(1, min(most, MEMORY // (8 * len(weights)) - 1))
    ends, left_out = list[_End](), 0
    for end in _finite_ends(run, weights, still):
        ends.append(end)
        if len(ends) > most:
            ends.remove(max(ends, key=lambda end: (-end.step_size, end.seed)))
            left_out += 1
    ends.sort(key=lambda end: end.row)
    anchor = np.concatenate(
        [weights, *(value.double().cpu().numpy().reshape(-1) for value in still.values())]
    )
    return Ends(
        np.stack([anchor, *(end.vertex for end in ends)]),
        np.array([0, *(end.row for end in ends)]),
        np.array([-1, *(end.seed for end in ends)]),
        np.array([0.0, *(end.step_size for end in ends)]),
        left_out,
    )


def _finite_ends(
    run: RunFolder, weights: np.ndarray, still: Mapping[str, torch.Tensor]
) -> Iterator[_End]:
    """The finite ends of all jumps with intact files, in the journal's order."""
    spec, keys = run.spec, [f"buffers.{key}" for key in still]
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
            if size <= 0 or not np.isfinite(moved).all() or not set(keys) <= set(tensors):
                continue
            state = [
                np.asarray(tensors[key][place, -1], dtype=np.float64).reshape(-1) for key in keys
            ]
            row = 1 + trajectory * spec.rows_per_trajectory + spec.epochs
            vertex = np.concatenate([weights + moved, *state])
            yield _End(vertex, int(row), int(seed), float(size))


def loss_at(point: Point) -> Loss:
    """vertex (width,) ↦ mean train loss there. Weights and statistics are restored after each
    call.
    """
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
    layers: dict[str, np.ndarray] = {}
    for slot in layout.slots:
        name = slot.key.rpartition(".")[0] or slot.key
        mask = layers.setdefault(name, np.zeros(layout.parameters, dtype=bool))
        mask[slot.start : slot.stop] = True
    return layers


def _buffers(point: Point) -> dict[str, torch.Tensor]:
    return {key: value for key, value in point.network.named_buffers() if value.is_floating_point()}
