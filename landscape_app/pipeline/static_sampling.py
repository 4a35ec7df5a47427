"""The derived result "sampling": points around a run's anchor with all that a snapshot records, and
no retraining. Long ones are stored in parts, from which an interrupted one goes on.
"""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.errors import RunDamagedError
from landscape_app.forecast import pace
from landscape_app.forecast.jobs import of_sampling
from landscape_app.pipeline.arrays import Stored
from landscape_app.pipeline.rebuilt import rebuilt
from landscape_app.pipeline.surface import statistics_words
from landscape_app.pipeline.threads import one_thread
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.pipeline.whole import check_trained, check_whole
from landscape_app.records import csv_text
from landscape_app.records.points import Points
from landscape_app.records.progress import Progress, skip
from landscape_app.records.pulse import heard
from landscape_app.registries import SAMPLINGS, find
from landscape_app.sampling.machine import look
from landscape_app.sampling.planes_kinds import unit
from landscape_app.sampling.reach import check_reach
from landscape_app.sampling.samplings import Columns, groups, recorded
from landscape_app.settings import SampleSpec
from landscape_app.store import commands, derived, files, usable_results
from landscape_app.store.derived import Result
from landscape_app.store.run import RunFolder
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle, from_named_state

log = logging.getLogger("landscape")

NAME, PART = "sampling", "sampling_part"
EVERY = 10.0  # s of work after which what is done is stored
MATRICES = ("probe", "train_probe", "losses")


@heard
@one_thread()
def sample(
    run: RunFolder,
    spec: SampleSpec,
    progress: Progress,
    objects: UserObjects | None = None,
    *,
    tell: bool = True,
) -> Result:
    """The sampling of `spec`, stored in the run's folder (whose lock is held); a current one is
    reused, and an interrupted one is completed to the same bytes.

    arrays: seeds, coefficients (n, c) as in Points; what `sampling.samplings.recorded` gives.
    tell: say how long it takes. Cancelled between groups of points; what is done is kept.
    """
    parameters, inputs = spec.model_dump(), run.digest()
    result = derived.current(run.path, NAME, parameters, inputs)
    if result is None:
        check_trained(run)
        check_whole(run)
        measured = pace.stored(run)
        if tell and measured is not None:
            log.info("forecast: %s", of_sampling(run.spec, measured, spec).words)
        arrays, meta = _computed(run, spec, progress, objects)
        result = derived.write(run.path, NAME, parameters, arrays, meta, inputs)
    derived.remove([part.path for part in derived.fitting(run.path, PART, **parameters)])
    return result


def _computed(
    run: RunFolder, spec: SampleSpec, progress: Progress, objects: UserObjects | None
) -> Stored:
    """The arrays of the sampling, and its meta."""
    begun = time.monotonic()
    progress.phase("preparing")
    machine = look("cpu" if run.spec.device == "cpu" else "auto", workers=run.spec.workers)
    problem = rebuilt(run, objects, device=machine.devices[0], wanted="sampling")
    stored = run.tensors("anchor.safetensors")
    anchor = from_named_state(stored, problem.layout, problem.device)
    check_reach(anchor.weights[0], problem.layout, run.spec)
    points: Points = find("kind of sampling", SAMPLINGS, spec.kind).load()(run.spec, spec)
    parts = _Parts(run, spec, len(points))
    progress.phase(f"{spec.kind} sampling", len(points), "points")
    skip(progress, int(parts.done.sum()))
    since, left = time.monotonic(), int((~parts.done).sum())
    todo = [part for part in groups(points, problem.layout.parameters) if not parts.has(part)]
    ready, way = recorded(
        *(problem, anchor, points, todo), spec=run.spec, machine=machine, progress=progress
    )
    try:
        for part, columns in ready:
            parts.add(part, columns)
    except BaseException:
        parts.store()
        raise
    rate = left / (time.monotonic() - since) if left else None
    meta = _facts(run, spec, problem, anchor, points)
    meta |= {"way": way, "points_per_second": rate, "seconds": time.monotonic() - begun}
    arrays = {"seeds": points.seeds, "coefficients": points.coefficients}
    return arrays | parts.columns, meta


def _facts(
    run: RunFolder, spec: SampleSpec, problem: Problem, anchor: Bundle, points: Points
) -> dict[str, Any]:
    """What is known of the sampling without its values."""
    length = unit(anchor, problem.layout, run.spec.jump_tensors)
    return {
        "label": SAMPLINGS[spec.kind].label,
        "unit": f"a jump of step size 1 ({length:.4g} in weights)",
        "line": points.line,
        "classes": problem.outputs if problem.objective.probabilities else 0,
        "target_scale": (run.prepared() or {}).get("target_scale") or [],
        "loss": problem.objective.name,
        "unsplit": problem.objective.unsplit,
        "batchnorm": statistics_words(run.spec, problem),
    }


class _Parts:
    """The columns of a sampling while it is made: what earlier parts hold, and what is added."""

    def __init__(self, run: RunFolder, spec: SampleSpec, count: int) -> None:
        self._run, self._parameters, self._inputs = run, spec.model_dump(), run.digest()
        self.columns: Columns = {}
        self.done = np.zeros(count, bool)
        self._kept, self._stored = self.done.copy(), time.monotonic()
        for part in derived.fitting(run.path, PART, **self._parameters):
            if not derived.stale(part, run) and not usable_results.problem(part):
                place = part.arrays["place"]
                self._fill(place, {n: part.arrays[n] for n in part.arrays if n != "place"})
                self._kept[place] = True

    def has(self, part: slice) -> bool:
        """Whether all points of `part` are done."""
        return bool(self.done[part].all())

    def add(self, part: slice, columns: Columns) -> None:
        """Take the columns of the points of `part`; store from time to time what is done."""
        self._fill(np.arange(part.start, part.stop), columns)
        if time.monotonic() - self._stored >= EVERY and not self.done.all():
            self.store()

    def store(self) -> None:
        """Store what is done and not yet stored as one more part."""
        place = np.flatnonzero(self.done & ~self._kept)
        self._stored = time.monotonic()
        if not len(place):
            return
        arrays = {name: values[place] for name, values in self.columns.items()}
        derived.write(
            self._run.path,
            PART,
            self._parameters | {"first": int(place[0])},
            {"place": place, **arrays},
            {},
            self._inputs,
        )
        self._kept[place] = True

    def _fill(self, place: np.ndarray, columns: Mapping[str, np.ndarray]) -> None:
        for name, values in columns.items():
            if name not in self.columns:
                shape = (len(self.done), *values.shape[1:])
                self.columns[name] = np.zeros(shape, values.dtype)
            self.columns[name][place] = values
        self.done[place] = True


def export(run: RunFolder, result: Result, to: Path) -> list[Path]:
    """Writes ID-sampling-KIND.npz (all arrays) and .csv (a line per point: its directions, its
    coordinates and its scores). Raises RunDamagedError where the sampling is not of its form.
    """
    if fault := usable_results.problem(result):
        raise RunDamagedError(
            f"The sampling of run {run.id} cannot be used: {fault}. Make it again:"
            f" {commands.line('sample', run.id, run.path.parent)}"
        )
    arrays, packed = dict(result.arrays), io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    columns = {
        f"{word}_{k}": values
        for name, word in (("seeds", "seed"), ("coefficients", "coefficient"))
        for k, values in enumerate(arrays.pop(name).T, start=1)
    }
    columns |= {name: values for name, values in arrays.items() if name not in MATRICES}
    files.make_own(to)
    stem = to / f"{run.id}-sampling-{result.parameters['kind']}"
    contents = {".npz": packed.getvalue(), ".csv": csv_text.of_columns(columns).encode()}
    paths = {stem.with_name(stem.name + ending): content for ending, content in contents.items()}
    for path, content in paths.items():
        files.write_atomic(path, content, own=True)
    return list(paths)
