"""What has to be known before a run can begin: its data and network, built and checked, and the
plan; or the same again on resume.
"""

from __future__ import annotations

import dataclasses
import logging
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from landscape_app import versions
from landscape_app.checks.rebuilt import clean_data
from landscape_app.datasets import recipe
from landscape_app.errors import ResumeError, RunDamagedError, SpecError, first_line
from landscape_app.networks.construction import of_spec
from landscape_app.networks.copies import copied
from landscape_app.networks.row_trial import trial_of_spec
from landscape_app.objectives import Objective, objective_of, of_torch
from landscape_app.pipeline import acceptance, identity, room
from landscape_app.pipeline.forecast import check_disk, forecast, words
from landscape_app.pipeline.rehearsal import rehearse
from landscape_app.records.dataset import READ_ONCE, Dataset
from landscape_app.records.plan import Plan
from landscape_app.records.progress import Progress
from landscape_app.sampling.machine import look
from landscape_app.sampling.planner import plan
from landscape_app.settings import GIVEN, RunSpec
from landscape_app.store import shared_data, signature, sources
from landscape_app.store.run import RunFolder
from landscape_app.training.behaviour import check_behaviour
from landscape_app.training.engines import ENGINES
from landscape_app.training.problem import Make, Problem

log = logging.getLogger("landscape")

PACKAGES = ("landscape-app", "torch", "numpy", "scipy", "scikit-learn")


@dataclass(frozen=True)
class Given:
    """What `explore` hands over as objects; None: made from the spec. `loss` is a callable on
    (outputs, targets).
    """

    data: Dataset | None = None
    network: nn.Module | None = None
    loss: Callable[[Tensor, Tensor], Tensor] | None = None
    optimizers: tuple[Make | None, Make | None] = (None, None)


@dataclass(frozen=True)
class Ready:
    """A run that can go on: its problem (on the plan's first device), the plan, and the facts of
    the journal's "prepared" line.
    """

    problem: Problem
    plan: Plan
    facts: dict[str, Any]


def ready(run: RunFolder, given: Given | None = None, progress: Progress | None = None) -> Ready:
    """Build what `run` needs and check it; writes the "prepared" line the first time, compares with
    it afterwards.

    Raises TrustError, DataError, ModelError before any work is done, and ResumeError where the data
    or the network are not those the run was begun with. The plan is measured the first time and
    kept: with it the same spec gives the same bytes on the same machine.
    """
    before, spec = run.prepared(), sources.located(run)
    given = begun_with(run, spec, given or Given())
    if before is None and run.committed():
        raise RunDamagedError(
            f"The journal of run {run.id} no longer says what it was begun with: that line is"
            f" damaged, and going on could mix two protocols. Put {run.journal.path} back from a"
            " copy, or begin a new run."
        )
    if before is None:
        machine = look(spec.device, workers=spec.workers, memory_gib=spec.memory_gib)
        problem, data = problem_of(spec, given, device=machine.devices[0], tell=True)
        check_behaviour(problem.network, problem.x_train[:4])
        problem = rehearse(problem, spec)
        same = identity.of(problem, data, given.loss, given.optimizers)
        if spec.augmentation and not problem.augmentation:
            log.info(
                "%s: no images, so the regime '%s' is without augmentation here",
                data.name,
                spec.regime,
            )
        if spec.regime == GIVEN:
            log.info("regime: given, so nothing is added to your network. %s", _recipe(spec))
        chosen = plan(problem, spec, machine, progress=progress)
        expected = forecast(problem, spec, chosen, analysed=run.analysed_too)
        log.info("plan: %s", chosen.why)
        log.info("forecast: %s", words(expected))
        if run.analysed_too and (why := room.lacking(spec.snapshots)):
            log.warning("The run can be sampled here, but not analysed: %s", why)
        check_disk(run.path, expected["disk_bytes"])
        begun = shared_data.keep(run, given.data)
        before = _facts(problem, data, plan=chosen.to_json(), forecast=expected) | {
            "identity": same,
            "sources": begun,
        }
        before |= (
            {"signature": signed}
            if (signed := signature.of_run(run.spec, begun)) is not None
            else {}
        )
        run.mark("prepared", **before)
    else:
        chosen = _planned(run, before)
        problem, data = problem_of(spec, given, device=chosen.devices[0])
        _compare(run, before, problem, data, given)
        problem = problem if run.finished else rehearse(problem, spec)
    return Ready(problem, chosen, before)


def _planned(run: RunFolder, before: Mapping[str, Any]) -> Plan:
    """The plan that `run` was begun with. Raises RunDamagedError where the "prepared" line does not
    say what going on needs.
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
            f"What the journal of run {run.id} says it was begun with is no beginning: {why}. Put"
            f" {run.journal.path} back from a copy, or begin a new run."
        )
    return Plan.from_json(before["plan"])


def begun_with(run: RunFolder, spec: RunSpec, given: Given) -> Given:
    """`given`, with the data of code of the person's own, or those that were given before. Raises
    DataError.
    """
    if given.data is not None or not (spec.data == GIVEN or shared_data.made_by_code(spec)):
        return given
    return dataclasses.replace(given, data=clean_data(run, spec))


def problem_of(
    spec: RunSpec, given: Given, *, device: str = "cpu", tell: bool = False
) -> tuple[Problem, Dataset]:
    """The problem that `spec` names, with what was given in its place, checked; and its data with
    the recipe applied.

    tell: what was decided on the way goes to the log.
    """
    data, network = _ingredients(spec, given.data, given.network)
    fitted = acceptance.accepted(
        network,
        data,
        own_loss=given.loss is not None,
        own_function=given.loss is not None and not of_torch(given.loss),
    )
    network, data = fitted.network, fitted.data
    if given.loss is None and spec.loss is None:
        acceptance.check_meant(data, fitted=given.network is None and ":" not in spec.network)
    mixed = spec.precision == "bfloat16"
    if mixed and device == "cpu":
        raise SpecError(
            "precision: bfloat16 is for GPUs; this run is on the processor. Use float32."
        )
    answers = acceptance.answers(network, data)
    problem = Problem.of(
        network,
        data,
        augmentation=bool(spec.augmentation) and data.images,
        objective=_objective(spec, given, data, answers),
        device=device,
        optimizers=given.optimizers,
        mixed=mixed,
        outputs=answers(torch.arange(1)).shape[1],
    )
    acceptance.check_loss(problem)
    for line in (*fitted.said, *problem.objective.said) if tell else ():
        log.info("%s", line)
    return problem, data


def _objective(
    spec: RunSpec, given: Given, data: Dataset, answers: Callable[[Tensor], Tensor]
) -> Objective:
    # A copy: what a module keeps in its buffers stays as the caller brought it.
    loss = (
        copied(given.loss)
        or spec.loss
        or ("cross_entropy" if data.task == "classification" else "squared_error")
    )
    targets = torch.from_numpy(data.y_train), torch.from_numpy(data.y_test)
    return objective_of(
        loss, classes=data.classes, targets=targets, outputs=answers, form=data.form
    )


def _recipe(spec: RunSpec) -> str:
    """What the run does beside minimising the loss, in words."""
    corrupted = (
        f", {spec.label_corruption:.0%} of the labels redrawn" if spec.label_corruption else ""
    )
    return (
        f"Weight decay {spec.weight_decay or 0:g}, {'with' if spec.augmentation else 'no'}"
        f" augmentation{corrupted}."
    )


def _ingredients(
    spec: RunSpec, data: Dataset | None, network: nn.Module | None
) -> tuple[Dataset, nn.Module]:
    missing = (data is None and spec.data == GIVEN) or (network is None and spec.network == GIVEN)
    if missing:
        raise ResumeError(
            "This run was made by explore(model, …): its folder cannot rebuild your objects. Call"
            " explore again with the same ones and out folder."
        )
    if network is not None and spec.checkpoint is not None:
        raise SpecError(
            "checkpoint: this is for networks that are named. Give the weights of a network of your"
            " own by init='FILE'."
        )
    prepared = (
        recipe.load(spec, trial_of_spec(spec)) if data is None else recipe.prepare(data, spec)
    )
    if network is None:
        network = of_spec(spec, prepared)
    return prepared, network


def _facts(
    problem: Problem, data: Dataset, *, plan: dict[str, Any], forecast: dict[str, Any]
) -> dict[str, Any]:
    buffers, accuracy = dict(problem.network.named_buffers()), problem.objective.accuracy
    return {
        "parameters": problem.layout.parameters,
        "tensors": problem.layout.describe(),
        "buffers": [
            {"key": k, "shape": list(v.shape), "dtype": str(v.dtype).removeprefix("torch.")}
            for k, v in buffers.items()
        ],
        "data_hash": data.digest(),
        "reading": data.note,
        "probe_hash": recipe.probe_digest(data),
        "loss_hash": recipe.loss_digest(data),
        "train_rows": len(problem.x_train),
        "test_rows": len(problem.x_test),
        "classes": problem.outputs if problem.objective.probabilities else 0,
        "outputs": problem.outputs,
        "task": data.task,
        "loss": problem.objective.name,
        "loss_unsplit": problem.objective.unsplit,
        "accuracy": (
            accuracy
            and {
                "name": accuracy.name,
                "rule": accuracy.rule,
                "test_rows": int(accuracy.rows(problem.y_test)),
            }
        ),
        "probe_rows": len(problem.probe),
        "loss_rows": len(problem.kept) if problem.objective.rows else 0,
        "plan": plan,
        "forecast": forecast,
        "versions": (
            {name: versions.installed(name) for name in PACKAGES}
            | {"python": platform.python_version()}
        ),
    }


def _compare(
    run: RunFolder, before: dict[str, Any], problem: Problem, data: Dataset, given: Given
) -> None:
    explored = given.network is not None
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
    now = identity.of(problem, data, given.loss, given.optimizers)
    identity.check(run, before.get("identity"), now, problem.network, explored=explored)
