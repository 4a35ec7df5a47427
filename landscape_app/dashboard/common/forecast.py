"""What a run will store, and how long it takes where this machine has measured such a run."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landscape_app.errors import LandscapeError
from landscape_app.registries import NETWORKS
from landscape_app.settings import RunSpec
from landscape_app.store import catalogue
from landscape_app.store.run import RunFolder

# Numbers of a row, outputs, train rows, test rows of the embedded data sets (a test holds these to
# the data themselves).
SHAPES: dict[str, tuple[int, int, int, int]] = {
    "digits": (64, 10, 1000, 797),
    "blobs": (2, 3, 120, 120),
    "stripes": (64, 4, 96, 96),
    "iris": (4, 3, 100, 50),
    "wine": (13, 3, 118, 60),
    "breast-cancer": (30, 2, 379, 190),
}
PROBE_ROWS, LOSS_ROWS, CHUNK = 256, 1024, 5
SCORES = 5 * 8 + 1  # bytes a snapshot
# runs that agree in these have the same weights to store
SAME = ("data", "network", "width", "depth")
# … and in these the same time a step
PACE = ("train_rows", "train_batch", "batch", "augmentation", "device", "precision")


@dataclass(frozen=True)
class RunForecast:
    """Counts of one run; parameters and disk (bytes) are None where only the data would tell.

    `seconds`: training, sampling and analysis, at the pace that the run `measured` was measured at;
    None where there is none.
    """

    trajectories: int
    snapshots: int
    parameters: int | None
    disk: int | None
    seconds: float | None = None
    measured: str | None = None


NEEDED = {"parameters", "probe_rows", "loss_rows"}  # of what an older run was begun with


def forecast(spec: RunSpec, runs: Path | None = None) -> RunForecast:
    """What a run of `spec` will come to; earlier runs in `runs` tell other weights, and times."""
    earlier = [] if runs is None else list(_earlier(spec, runs))
    facts = _counted(spec) or next(
        (facts for run in earlier if (facts := run.prepared() or {}).keys() >= NEEDED), None
    )
    size = None if facts is None else int(facts["parameters"])
    paced = next((run for run in earlier if run.analysed_too and _same(run.spec, spec, PACE)), None)
    return RunForecast(
        len(spec.trajectories),
        spec.snapshots,
        size,
        None if facts is None else _disk(spec, facts),
        None if paced is None else _seconds(spec, paced),
        None if paced is None else paced.id,
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
        "loss_rows": min(LOSS_ROWS, spec.train_rows or train),
    }


def _earlier(spec: RunSpec, runs: Path) -> Iterator[RunFolder]:
    """Prepared runs of the same network on the same data, newest first."""
    for summary in sorted(catalogue.list_runs(runs), key=lambda summary: -(summary.created or 0)):
        if summary.problem or (summary.data, summary.network) != (spec.data, spec.network):
            continue
        with suppress(LandscapeError):
            run = RunFolder.open(runs, summary.id)
            if _same(run.spec, spec, SAME) and run.prepared() is not None:
                yield run


def _same(spec: RunSpec, other: RunSpec, names: tuple[str, ...]) -> bool:
    return all(getattr(spec, name) == getattr(other, name) for name in names)


def _seconds(spec: RunSpec, run: RunFolder) -> float | None:
    """Seconds of a run of `spec` at the pace that was measured when `run` began."""
    facts = run.prepared() or {}
    try:
        measured, rate = facts["forecast"], float(facts["plan"]["rate"])
        training = float(measured["training_epoch_seconds"]) * spec.train_epochs
        analysis = (
            float(measured["seconds"]["analysis"]) * (spec.snapshots / run.spec.snapshots) ** 2
        )
    except (KeyError, TypeError, ValueError):
        return None
    return training + len(spec.trajectories) * spec.epochs / rate + analysis if rate > 0 else None


def _disk(spec: RunSpec, facts: Mapping[str, Any]) -> int:
    """Bytes: rows of every snapshot; weights and momentum once a chunk; the distances."""
    size = int(facts["parameters"])
    row = (
        4
        * (size + int(facts["probe_rows"]) * int(facts.get("classes", 1)) + int(facts["loss_rows"]))
        + SCORES
    )
    states = 8 * size * len(spec.trajectories) * math.ceil(spec.epochs / CHUNK)
    return spec.snapshots * row + states + 4 * spec.snapshots**2
