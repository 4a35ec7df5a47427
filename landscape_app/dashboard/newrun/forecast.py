"""What a run will store, counted from its settings before anything is computed; no times, those are only known when measured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from landscape_app.registries import NETWORKS
from landscape_app.settings import RunSpec

# Shape of a row, classes, train rows, test rows of the embedded data sets (tests hold these to the data themselves).
SHAPES: dict[str, tuple[tuple[int, ...], int, int, int]] = {
    "digits": ((1, 8, 8), 10, 1000, 797),
    "blobs": ((2,), 3, 120, 120),
    "stripes": ((1, 8, 8), 4, 96, 96),
}
PROBE_ROWS, LOSS_ROWS, CHUNK = 256, 1024, 5
SCORES = 5 * 8 + 1  # bytes a snapshot


@dataclass(frozen=True)
class Forecast:
    """Counts of one run; parameters and disk (bytes) are None where only the data would tell."""

    trajectories: int
    snapshots: int
    parameters: int | None
    disk: int | None


def forecast(spec: RunSpec) -> Forecast:
    """Trajectories, snapshots, parameters and bytes on disk of a run of `spec`."""
    size = parameters(spec)
    return Forecast(len(spec.trajectories), spec.snapshots, size, None if size is None else _disk(spec, size))


def parameters(spec: RunSpec) -> int | None:
    """Trainable parameters of the network on the data, counted without building it."""
    if spec.data not in SHAPES or spec.network not in NETWORKS:
        return None
    shape, classes, _, _ = SHAPES[spec.data]
    table: dict[str, Any] = dict(NETWORKS[spec.network].settings)
    if "depth" in table:
        sizes = [math.prod(shape), *[table["width"]] * table["depth"], classes]
        return sum(inputs * outputs + outputs for inputs, outputs in zip(sizes, sizes[1:], strict=False))
    if len(shape) != 3:
        return None
    width, (channels, rows, columns) = table["width"], shape
    convolutions = 9 * channels * width + width + 9 * width * 2 * width + 2 * width
    return convolutions + 2 * 3 * width + 2 * width * ((rows + 1) // 2) * ((columns + 1) // 2) * classes + classes


def _disk(spec: RunSpec, size: int) -> int:
    """Bytes: every snapshot's δ, probe outputs, losses and scores; weights and momentum once a chunk; the distances."""
    _, classes, train, test = SHAPES[spec.data]
    row = 4 * (size + min(PROBE_ROWS, test) * classes + min(LOSS_ROWS, spec.train_rows or train)) + SCORES
    states = 8 * size * len(spec.trajectories) * math.ceil(spec.epochs / CHUNK)
    return spec.snapshots * row + states + 4 * spec.snapshots**2
