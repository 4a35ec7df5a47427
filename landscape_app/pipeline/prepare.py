"""What has to be known before a run can begin: its data and network, built and checked, and the plan; or the same again on resume."""

from __future__ import annotations

import importlib.metadata
import platform
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from landscape_app.datasets import recipe
from landscape_app.errors import ModelError, ResumeError
from landscape_app.networks.create import create
from landscape_app.objectives import cross_entropy
from landscape_app.records.dataset import Dataset
from landscape_app.settings import GIVEN, RunSpec
from landscape_app.store.run import RunFolder
from landscape_app.training.engine import Engine
from landscape_app.training.engines import ENGINES, choose
from landscape_app.training.problem import Problem

CHUNK_EPOCHS = 5
PACKAGES = ("landscape-app", "torch", "numpy", "scipy", "scikit-learn")
REFUSED = (nn.modules.dropout._DropoutNd,)


@dataclass(frozen=True)
class Ready:
    """A run that can go on: its problem, the engine of the plan, and the facts of the journal's "prepared" line."""

    problem: Problem
    engine: Engine
    facts: dict[str, Any]


def ready(run: RunFolder, *, data: Dataset | None = None, network: nn.Module | None = None) -> Ready:
    """Build what `run` needs and check it; writes the "prepared" line the first time, compares with it afterwards.

    `data` (clean) and `network` are given by `explore`; else both come from the spec. Raises DataError, ModelError before any
    work is done, and ResumeError where the data or the network are not those the run was begun with.
    """
    data, network = _ingredients(run.spec, data, network)
    problem = Problem.of(network, data, augmentation=bool(run.spec.augmentation))
    _check(problem)
    before = run.prepared()
    if before is None:
        engine, why = choose(problem, trajectories=len(run.spec.trajectories))
        before = _facts(
            problem, data, plan={"engine": engine.name, "why": why, "chunk_epochs": CHUNK_EPOCHS, "threads": 1, "device": "cpu"}
        )
        run.mark("prepared", **before)
    _compare(run, before, problem, data)
    return Ready(problem, ENGINES[before["plan"]["engine"]](problem), before)


def _ingredients(spec: RunSpec, data: Dataset | None, network: nn.Module | None) -> tuple[Dataset, nn.Module]:
    if (data is None and spec.data == GIVEN) or (network is None and spec.network == GIVEN):
        raise ResumeError(
            "This run was made by explore(model, …): its folder cannot rebuild your objects. Call explore again with the same ones and out folder."
        )
    prepared = recipe.load(spec) if data is None else recipe.prepare(data, spec)
    if network is None:
        network = create(spec.network, prepared.shape, prepared.classes, seed=spec.seed)
    return prepared, network


def _check(problem: Problem) -> None:
    """Refuse a network that cannot be trained here, naming the layer or the shape."""
    for name, module in problem.network.named_modules():
        if isinstance(module, REFUSED) and module.p > 0:
            raise ModelError(f"Layer '{name}' is {type(module).__name__}: networks with dropout cannot be sampled yet. Set its p to 0.")
    every = [key for key, _ in problem.network.named_parameters(remove_duplicate=False)]
    tied = sorted(set(every) - {key for key, _ in problem.network.named_parameters()})
    if tied:
        raise ModelError(f"Parameter '{tied[0]}' shares its tensor with another: tied weights cannot be sampled yet.")
    if not problem.layout.slots:
        raise ModelError("The network has no trainable parameters.")
    wrong = [key for key, p in problem.network.named_parameters() if p.dtype != torch.float32]
    if wrong:
        raise ModelError(f"Parameter '{wrong[0]}' is not float32. Convert the network with .float() first.")
    _check_outputs(problem)


def _check_outputs(problem: Problem) -> None:
    problem.network.eval()
    x, y = problem.x_train[:2], problem.y_train[:2]
    try:
        with torch.no_grad():
            outputs = problem.network(x)
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        raise ModelError(f"The network fails on a batch of shape {tuple(x.shape)}: {str(error).splitlines()[0]}") from error
    if outputs.shape != (len(x), problem.classes):
        raise ModelError(
            f"The network's output has shape {tuple(outputs.shape)} for {len(x)} rows; {problem.classes} classes need ({len(x)}, {problem.classes})."
        )
    if not torch.isfinite(cross_entropy(outputs, y)).all():
        raise ModelError("The loss is not finite at the initial weights.")


def _facts(problem: Problem, data: Dataset, *, plan: dict[str, Any]) -> dict[str, Any]:
    buffers = dict(problem.network.named_buffers())
    return {
        "parameters": problem.layout.parameters,
        "tensors": problem.layout.describe(),
        "buffers": [{"key": k, "shape": list(v.shape), "dtype": str(v.dtype).removeprefix("torch.")} for k, v in buffers.items()],
        "data_hash": data.digest(),
        "probe_hash": recipe.probe_digest(data),
        "train_rows": len(problem.x_train),
        "test_rows": len(problem.x_test),
        "classes": problem.classes,
        "probe_rows": len(problem.probe),
        "loss_rows": len(problem.kept),
        "plan": plan,
        "versions": {name: _version(name) for name in PACKAGES} | {"python": platform.python_version()},
    }


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def _compare(run: RunFolder, before: dict[str, Any], problem: Problem, data: Dataset) -> None:
    if before["data_hash"] != data.digest():
        raise ResumeError(f"Run {run.id} was begun on other data: the data set '{data.name}' has changed since. Start a new run.")
    if before["tensors"] != problem.layout.describe():
        raise ResumeError(f"Run {run.id} was begun with another network: its parameter tensors differ in name or shape. Start a new run.")
