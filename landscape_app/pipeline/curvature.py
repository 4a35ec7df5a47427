"""The derived result "curvature": what the network itself says about a run's anchor, in eval mode
on all train rows in bounded memory.
"""

from __future__ import annotations

import logging
import time

import numpy as np
import torch

from landscape_app.analysis.measures.listing import Line, lines
from landscape_app.analysis.measures.measure import Measured
from landscape_app.errors import AnalysisError, ResumeError
from landscape_app.networks.copies import in_mode
from landscape_app.pipeline.arrays import Stored
from landscape_app.pipeline.climbs import climbs
from landscape_app.pipeline.network_measures import Anchored, Arrays, phases
from landscape_app.pipeline.rebuilt import rebuilt
from landscape_app.pipeline.threads import one_thread
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.pipeline.whole import check_whole
from landscape_app.probes.point import Point
from landscape_app.records.progress import Progress
from landscape_app.records.pulse import heard
from landscape_app.sampling.machine import look
from landscape_app.settings import CurvatureSpec
from landscape_app.store import commands, derived
from landscape_app.store.derived import Result
from landscape_app.store.run import RunFolder
from landscape_app.training.scores import rows_at_once

log = logging.getLogger("landscape")

BYTES = 2**28  # of what a block of rows keeps for two derivatives


@heard
@one_thread()
def curvature(
    run: RunFolder, spec: CurvatureSpec, progress: Progress, objects: UserObjects | None = None
) -> Result:
    """All of it, stored in the run's folder (whose lock is held); a current result is reused.
    Cancelled between passes over the data. The climbs of stored sublevel bars that are not checked
    yet are a result of their own (pipeline.climbs).

    meta: measures (dicts as analysis.measures gives). arrays: nodes, weights, probe (j,), grid,
    density (g,) of the spectrum; eigenvalues, eigenvalue_errors (k,); end_rows, end_losses (n,)
    with the anchor first, pairs (e, 2) positions in them, profiles (e, points), heights (e,); the
    merge tree's birth, death (b,), inf = essential, birth_row (b,), merge_rows (b, 2), −1 if
    essential.

    Raises ResumeError for a run made by explore without its `objects`, or where data or network
    have changed.
    """
    parameters, inputs = spec.model_dump(), run.digest()
    current = derived.current(run.path, "curvature", parameters, inputs)
    if not run.committed("anchor"):
        raise AnalysisError(
            f"Run {run.id} has no trained network yet, so there is no curvature. Go on with it:"
            f" {commands.line('resume', run.id, run.path.parent)}"
        )
    check_whole(run)
    try:
        climbs(run, progress, objects)
    except ResumeError as error:
        if current is None:
            raise
        log.warning("%s", error)
    if current is not None:
        return current
    arrays, meta = _computed(run, spec, progress, objects)
    return derived.write(run.path, "curvature", parameters, arrays, meta, inputs)


def _computed(
    run: RunFolder, spec: CurvatureSpec, progress: Progress, objects: UserObjects | None
) -> Stored:
    """The arrays and the measures."""
    begun = time.monotonic()
    progress.phase("preparing")
    at = _anchored(run, spec, progress, objects)
    measures, arrays, seconds = _measured(at, progress)
    meta = {
        "measures": measures,
        "loss": at.problem.objective.name,
        "rows": len(at.problem.x_train),
        "parameters": at.point.size,
    }
    meta |= {"phases": seconds, "seconds": time.monotonic() - begun}
    return arrays, meta


def _measured(at: Anchored, progress: Progress) -> tuple[list[Line], Arrays, dict[str, float]]:
    """(lines of the measures, arrays, seconds of each phase). A measure without a meaning here does
    not prevent the others.
    """
    measures: list[Line] = []
    arrays: Arrays = {}
    seconds: dict[str, float] = {}
    for phase, (work, names) in phases().items():
        progress.phase(phase)
        since = time.monotonic()
        try:
            answers, more = work(at)
        except AnalysisError as error:
            log.warning("Run %s, %s: %s", at.run.id, phase, error)
            answers, more = {name: [Measured(None, str(error))] for name in names}, {}
        for name, answer in answers.items():
            measures += lines(name, answer, at.unit)
        arrays |= more
        seconds[phase] = time.monotonic() - since
    return measures, arrays, seconds


def _anchored(
    run: RunFolder, spec: CurvatureSpec, progress: Progress, objects: UserObjects | None
) -> Anchored:
    """The run's network at its anchor."""
    device = look("cpu" if run.spec.device == "cpu" else "auto").devices[0]
    problem = rebuilt(run, objects, device=device, wanted="curvature")
    stored, network = run.tensors("anchor.safetensors"), problem.network
    values = {
        name.partition(".")[2]: torch.from_numpy(np.array(v))
        for name, v in stored.items()
        if name.startswith(("param.", "buffer."))
    }
    # frozen weights are not stored: they are the initial ones
    network.load_state_dict(values, strict=False)
    point = Point(
        in_mode(network, False),
        problem.objective,
        problem.x_train,
        problem.y_train,
        rows_at_once(problem, BYTES),
        progress.check,
    )
    return Anchored(run, spec, problem, point)
