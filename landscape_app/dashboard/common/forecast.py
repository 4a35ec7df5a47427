"""What a run will store. How long it takes is told by landscape_app/forecast."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landscape_app.forecast.known import begun
from landscape_app.registries import NETWORKS
from landscape_app.settings import RunSpec

# Numbers of a row, outputs, train rows, test rows of the embedded data sets (a test holds these to
# the data themselves).
SHAPES: dict[str, tuple[int, int, int, int]] = {
    "digits": (64, 10, 1000, 797),
    "blobs": (2, 3, 120, 120),
    "stripes": (64, 4, 96, 96),
    "iris": (4, 3, 100, 50),
    "wine": (13, 3, 118, 60),
    "breast-cancer": (30, 2, 379, 190),
    "mnist1d": (40, 10, 4000, 1000),
}
PROBE_ROWS, TRAIN_PROBE_ROWS, LOSS_ROWS, CHUNK = 256, 256, 1024, 5
SCORES = 5 * 8 + 1  # bytes a snapshot
# runs that agree in these have the same weights to store
SAME = ("data", "network", "width", "depth")


@dataclass(frozen=True)
class RunForecast:
    """Counts of one run; parameters and disk (bytes) are None where only the data would tell."""

    trajectories: int
    snapshots: int
    parameters: int | None
    disk: int | None


NEEDED = {"parameters", "probe_rows", "loss_rows"}  # of what an older run was begun with


def forecast(spec: RunSpec, runs: Path | None = None) -> RunForecast:
    """What a run of `spec` will come to; earlier runs in `runs` tell other weights."""
    earlier = () if runs is None else begun(spec, runs)
    alike = (run.prepared() or {} for run in earlier if _same_weights(run.spec, spec))
    facts = _counted(spec) or next((facts for facts in alike if facts.keys() >= NEEDED), None)
    return RunForecast(
        len(spec.trajectories),
        spec.snapshots,
        None if facts is None else int(facts["parameters"]),
        None if facts is None else _disk(spec, facts),
    )


def _counted(spec: RunSpec) -> Mapping[str, int] | None:
    """The facts of a multilayer perceptron on an embedded data set, counted without building it."""
    entry = NETWORKS.get(spec.network)
    if (
        entry is None
        or not entry.target.startswith("landscape_app.networks.mlp:")
        or spec.data not in SHAPES
    ):
        return None
    inputs, outputs, train, test = SHAPES[spec.data]
    width, depth = (
        spec.width or entry.settings["width"],
        entry.settings["depth"] if spec.depth is None else spec.depth,
    )
    sizes = [inputs, *[width] * depth, outputs]
    return {
        "parameters": sum(above * below + below for above, below in itertools.pairwise(sizes)),
        "classes": outputs,
        "probe_rows": min(PROBE_ROWS, test),
        "train_probe_rows": min(TRAIN_PROBE_ROWS, spec.train_rows or train),
        "loss_rows": min(LOSS_ROWS, spec.train_rows or train),
    }


def _same_weights(spec: RunSpec, other: RunSpec) -> bool:
    """Whether both have the same weights to store."""
    return all(getattr(spec, name) == getattr(other, name) for name in SAME)


def _disk(spec: RunSpec, facts: Mapping[str, Any]) -> int:
    """Bytes: rows of every snapshot; weights and momentum once a chunk; the distances."""
    size = int(facts["parameters"])
    answered = int(facts["probe_rows"]) + int(facts.get("train_probe_rows", TRAIN_PROBE_ROWS))
    row = 4 * (size + answered * int(facts.get("classes", 1)) + int(facts["loss_rows"])) + SCORES
    states = 8 * size * len(spec.trajectories) * math.ceil(spec.epochs / CHUNK)
    return spec.snapshots * row + states + 4 * spec.snapshots**2
