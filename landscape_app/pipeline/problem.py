"""The problem that a run's settings name: data and network, built and checked."""

from __future__ import annotations

import logging
from collections.abc import Callable

import torch
from torch import Tensor, nn

from landscape_app.datasets import recipe
from landscape_app.errors import ResumeError, SpecError
from landscape_app.networks.construction import of_spec
from landscape_app.networks.copies import copied
from landscape_app.networks.row_trial import trial_of_spec
from landscape_app.objectives import Objective, objective_of, of_torch
from landscape_app.pipeline import acceptance
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.records.dataset import Dataset
from landscape_app.settings import GIVEN, RunSpec
from landscape_app.training.problem import Problem

log = logging.getLogger("landscape")


def problem_of(
    spec: RunSpec, objects: UserObjects, *, device: str = "cpu", tell: bool = False
) -> tuple[Problem, Dataset]:
    """The problem that `spec` names, checked, and its data with the recipe applied. The user's
    `objects` replace what `spec` names.

    tell: decisions are written to the log.
    """
    fitted = _fitted(spec, objects)
    network, data = fitted.network, fitted.data
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
        objective=_objective(spec, objects, data, answers),
        device=device,
        optimizers=objects.optimizers,
        mixed=mixed,
        outputs=answers(torch.arange(1)).shape[1],
    )
    acceptance.check_loss(problem)
    for line in (*fitted.notes, *problem.objective.notes) if tell else ():
        log.info("%s", line)
    return problem, data


def _fitted(spec: RunSpec, objects: UserObjects) -> acceptance.Accepted:
    """Data and network, fitted to each other."""
    data, network = _ingredients(spec, objects.data, objects.network)
    fitted = acceptance.accepted(
        network,
        data,
        own_loss=objects.loss is not None,
        own_function=objects.loss is not None and not of_torch(objects.loss),
    )
    if objects.loss is None and spec.loss is None:
        by_name = objects.network is None and ":" not in spec.network
        acceptance.check_meant(fitted.data, fitted=by_name)
    return fitted


def _objective(
    spec: RunSpec, objects: UserObjects, data: Dataset, answers: Callable[[Tensor], Tensor]
) -> Objective:
    # A copy: what a module keeps in its buffers stays as the caller brought it.
    loss = (
        copied(objects.loss)
        or spec.loss
        or ("cross_entropy" if data.task == "classification" else "squared_error")
    )
    targets = torch.from_numpy(data.y_train), torch.from_numpy(data.y_test)
    return objective_of(
        loss, classes=data.classes, targets=targets, outputs=answers, form=data.form
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
