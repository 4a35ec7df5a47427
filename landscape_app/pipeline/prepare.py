"""Preparing a run: its data and network are built and checked, and its plan is measured. A resumed
run gets the same again.
"""

from __future__ import annotations

import dataclasses
import logging
import math
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landscape_app import versions
from landscape_app.datasets import recipe
from landscape_app.errors import ResumeError, RunDamagedError, first_line
from landscape_app.forecast.pace import FACTS
from landscape_app.pipeline import identity, pace, room
from landscape_app.pipeline.forecast import check_disk, forecast, words
from landscape_app.pipeline.problem import problem_of
from landscape_app.pipeline.rehearsal import rehearse
from landscape_app.pipeline.shared_plans import NAME as SHAPE
from landscape_app.pipeline.shared_plans import MeasuredPlan, SharedPlans, shape_of
from landscape_app.pipeline.user_objects import UserObjects, begun_with
from landscape_app.records.dataset import READ_ONCE, Dataset
from landscape_app.records.plan import ALONE, Plan
from landscape_app.records.progress import Progress
from landscape_app.sampling.machine import look
from landscape_app.sampling.planner import plan
from landscape_app.settings import GIVEN, RunSpec
from landscape_app.store import path_states, shared_data, signature, sources
from landscape_app.store.run import RunFolder
from landscape_app.training.behaviour import check_behaviour
from landscape_app.training.chain import Chain
from landscape_app.training.engines import ENGINES
from landscape_app.training.problem import Problem
from landscape_app.training.together import batchable

log = logging.getLogger("landscape")

PACKAGES = ("landscape-app", "torch", "numpy", "scipy", "scikit-learn")


@dataclass(frozen=True)
class Ready:
    """A run that can start or continue: its problem (on the plan's first device), the plan, and the
    facts of the journal's "prepared" line.
    """

    problem: Problem
    plan: Plan
    facts: dict[str, Any]


def ready(
    run: RunFolder,
    objects: UserObjects | None = None,
    progress: Progress | None = None,
    *,
    plans: SharedPlans | None = None,
) -> Ready:
    """Build what `run` needs and check it. The first time this writes the "prepared" line; later it
    compares with that line.

    Raises TrustError, DataError, ModelError before any work is done, and ResumeError where the data
    or the network differ from those at the start of the run. The plan is measured the first time
    (or taken from `plans`, where a run of equal shape has one) and stored. With it the same spec
    gives the same bytes on the same machine.
    """
    before, spec = run.prepared(), sources.located(run)
    objects = begun_with(run, spec, objects or UserObjects())
    if before is not None:
        return _resumed(run, spec, objects, before)
    if any(line["kind"] != path_states.PATH for line in run.committed()):
        raise RunDamagedError(
            f"The journal of run {run.id} no longer says what it was begun with: that line is"
            f" damaged, and going on could mix two protocols. Put {run.journal.path} back from a"
            " copy, or begin a new run."
        )
    return _begun(run, spec, objects, progress, plans)


def _resumed(run: RunFolder, spec: RunSpec, objects: UserObjects, before: dict[str, Any]) -> Ready:
    """Prepare an existing run: the same problem, with the stored plan."""
    chosen = _planned(run, before)
    problem, data = problem_of(spec, objects, device=chosen.devices[0])
    _compare(run, before, problem, data, objects)
    if not before.get("train_probe_rows"):  # the files of a run have the same arrays
        problem = dataclasses.replace(problem, train_probe=problem.train_probe[:0])
    return Ready(problem if run.finished else rehearse(problem, spec), chosen, before)


def _begun(
    run: RunFolder,
    spec: RunSpec,
    objects: UserObjects,
    progress: Progress | None,
    plans: SharedPlans | None,
) -> Ready:
    """Prepare a new run: build its problem, measure its plan, and store both."""
    since = pace.PrepareWatch.begun()
    machine = look(spec.device, workers=spec.workers, memory_gib=spec.memory_gib)
    problem, data = problem_of(spec, objects, device=machine.devices[0], tell=True)
    build = since.passed()
    check_behaviour(problem.network, problem.x_train[:4])
    problem = rehearse(problem, spec)
    same = identity.of(problem, data, objects.loss, objects.optimizers)
    _tell_recipe(spec, problem, data)
    shape = shape_of(problem, spec, machine, same)
    measured = None if plans is None else plans.find(shape, problem, spec, machine)
    if measured is None:
        chosen = plan(problem, spec, machine, progress=progress)
        chosen = _with_training(chosen, problem, spec, plans)
        of_run = pace.measure(problem, spec, chosen, build=build, since=since)
        measured = MeasuredPlan(chosen, of_run, run.id)
        if plans is not None:
            plans.keep(shape, measured)
    chosen, of_run = _with_training(measured.plan, problem, spec, plans), measured.pace
    expected = forecast(problem, spec, chosen, of_run, analysed=run.analysed_too)
    if measured.run == run.id:  # of a study of a hundred equal runs once
        log.info("plan: %s", chosen.why)
        log.info("forecast: %s", words(expected))
    else:
        log.debug("%s: the plan of %s", run.id, measured.run)
    if run.analysed_too and (why := room.lacking(spec.snapshots)):
        log.warning("The run can be sampled here, but not analysed: %s", why)
    check_disk(run.path, expected["disk_bytes"])
    begun = shared_data.keep(run, objects.data)
    facts = _facts(problem, data, plan=chosen.to_json(), forecast=expected)
    facts |= {"identity": same, "sources": begun, FACTS: of_run.to_json(), SHAPE: shape}
    if (signed := signature.of_run(run.spec, begun)) is not None:
        facts["signature"] = signed
    run.mark("prepared", **facts)
    return Ready(problem, chosen, facts)


def _with_training(
    chosen: Plan, problem: Problem, spec: RunSpec, plans: SharedPlans | None
) -> Plan:
    """`chosen`, with the engine of the base training: the one that trains several networks as one
    batch, where the run is one of several and its network can be a part of it.
    """
    chain = any(way["engine"] == Chain.name for way in chosen.candidates)
    beside = plans is not None and chain and batchable(problem, spec)
    return dataclasses.replace(chosen, training=Chain.name if beside else ALONE)


def _tell_recipe(spec: RunSpec, problem: Problem, data: Dataset) -> None:
    """Log what a reader may not expect of the regime."""
    if spec.augmentation and not problem.augmentation:
        log.info(
            "%s: no images, so the regime '%s' is without augmentation here",
            data.name,
            spec.regime,
        )
    if spec.regime == GIVEN:
        log.info("regime: given, so nothing is added to your network. %s", _recipe(spec))


def _planned(run: RunFolder, before: Mapping[str, Any]) -> Plan:
    """The plan that `run` was begun with. Raises RunDamagedError where the "prepared" line lacks
    what resuming needs.
    """
    lacking = [name for name in ("plan", "tensors", "data_hash") if name not in before]
    try:
        why = (
            f"it lacks {', '.join(lacking)}"
            if lacking
            else Plan.from_json(before["plan"]).fault(len(run.spec.trajectories), ENGINES)
        )
    except (LookupError, TypeError, ValueError) as error:
        why = f"its plan is not readable ({first_line(error)})"
    if why:
        raise RunDamagedError(
            f"The journal of run {run.id} has no valid start record: {why}. Put {run.journal.path}"
            " back from a copy, or begin a new run."
        )
    return Plan.from_json(before["plan"])


def _recipe(spec: RunSpec) -> str:
    """What the run does besides minimising the loss, in words."""
    corrupted = (
        f", {spec.label_corruption:.0%} of the labels redrawn" if spec.label_corruption else ""
    )
    return (
        f"Weight decay {spec.weight_decay or 0:g}, {'with' if spec.augmentation else 'no'}"
        f" augmentation{corrupted}."
    )


def _facts(
    problem: Problem, data: Dataset, *, plan: dict[str, Any], forecast: dict[str, Any]
) -> dict[str, Any]:
    return {
        "parameters": problem.layout.parameters,
        "tensors": problem.layout.describe(),
        "buffers": _buffers(problem),
        "data_hash": data.digest(),
        "reading": data.note,
        "probe_hash": recipe.probe_digest(data),
        "loss_hash": recipe.loss_digest(data),
        "train_rows": len(problem.x_train),
        "test_rows": len(problem.x_test),
        "classes": problem.outputs if problem.objective.probabilities else 0,
        "outputs": problem.outputs,
        "target_scale": _target_scale(problem),
        "task": data.task,
        "loss": problem.objective.name,
        "loss_unsplit": problem.objective.unsplit,
        "accuracy": _accuracy(problem),
        "probe_rows": len(problem.probe),
        "train_probe_rows": len(problem.train_probe),
        "loss_rows": len(problem.loss_rows) if problem.objective.rows else 0,
        "plan": plan,
        "forecast": forecast,
        "versions": (
            {name: versions.installed(name) for name in PACKAGES}
            | {"python": platform.python_version()}
        ),
    }


def _target_scale(problem: Problem) -> list[float] | None:
    """The standard deviation of each target of a regression over the train rows: the unit of its
    outputs in function space. None where outputs are no estimates of targets, or a target is the
    same in all rows.
    """
    targets = problem.y_train.double()
    if not problem.y_train.is_floating_point() or problem.objective.probabilities:
        return None
    spread = targets.reshape(len(targets), -1).std(0, correction=0).tolist()
    known = len(spread) == problem.outputs and all(0 < value < math.inf for value in spread)
    return spread if known else None


def _buffers(problem: Problem) -> list[dict[str, Any]]:
    """Key, shape and type of each buffer of the network."""
    return [
        {"key": key, "shape": list(v.shape), "dtype": str(v.dtype).removeprefix("torch.")}
        for key, v in problem.network.named_buffers()
    ]


def _accuracy(problem: Problem) -> dict[str, Any] | None:
    """What counts as right, and the number of test rows behind it; None for a regression."""
    accuracy = problem.objective.accuracy
    if accuracy is None:
        return None
    return {
        "name": accuracy.name,
        "rule": accuracy.rule,
        "test_rows": int(accuracy.rows(problem.y_test)),
    }


def _compare(
    run: RunFolder, before: dict[str, Any], problem: Problem, data: Dataset, objects: UserObjects
) -> None:
    explored = objects.network is not None
    ways = identity.ways_out(run, explored=explored)
    if before["data_hash"] != data.digest():
        once = (
            " They are other rows at each reading: give tensors, or fix what is drawn."
            if READ_ONCE in data.note
            else ""
        )
        raise ResumeError(
            f"Run {run.id} was begun on other data: the data set '{data.name}' has changed"
            f" since.{once} {ways}"
        )
    if before["tensors"] != problem.layout.describe():
        raise ResumeError(
            f"Run {run.id} was begun with another network: its trainable tensors differ in name or"
            f" shape, or in which are frozen. {ways}"
        )
    now = identity.of(problem, data, objects.loss, objects.optimizers)
    identity.check(run, before.get("identity"), now, problem.network, explored=explored)
