"""The library: look at the landscape around a network of your own in one call, and open what any run has stored."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from landscape_app.errors import DataError, ModelError, ResumeError
from landscape_app.opened import OpenRun, open_run
from landscape_app.pipeline import analyse as analysis
from landscape_app.pipeline.prepare import Given
from landscape_app.pipeline.run import execute
from landscape_app.records.dataset import Dataset
from landscape_app.records.progress import Progress, Silent
from landscape_app.settings import GIVEN, AnalysisSpec, RunSpec, parse
from landscape_app.store.run import RunFolder
from landscape_app.training.problem import Make

__all__ = ["explore", "open_run"]


def explore(
    model: nn.Module,
    train: Any,
    test: Any,
    *,
    loss: str | Callable[[Tensor, Tensor], Tensor] | None = None,
    optimizer: Make | None = None,
    retrain_optimizer: Make | None = None,
    out: str | Path = "runs",
    name: str = "my-network",
    analyse: bool = True,
    progress: Progress | None = None,
    **settings: Any,
) -> OpenRun:
    """Train `model` (unless train_epochs=0: then its weights are the minimum), sample its landscape, analyse it, open the run.

    train, test: (inputs, labels) tensors or arrays, or a Dataset or DataLoader of such pairs; inputs (rows, features) or (rows,
    channels, height, width), labels whole numbers from 0. `settings` are those of settings.RunSpec: seeds=4, step_sizes=(.25,
    .5, .75, 1.), epochs=40, train_epochs=200, rate=0.01, weight_decay=0., augmentation=False, … The caller's model, its mode
    and torch's global generator are left as they were. Called again on the same `out` and `name`, it goes on where it stopped.

    Raises DataError, ModelError (dropout and tied weights are not supported yet), SpecError before any work; ResumeError if the
    folder holds another run.
    """
    names = _given(loss=loss, optimizer=retrain_optimizer, train_optimizer=optimizer)
    spec = parse(RunSpec, {"weight_decay": 0.0, "augmentation": False, "label_corruption": 0.0, **settings, **names})
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name):
        raise DataError(f"A run cannot be called '{name}': use small letters, digits, '.', '-' and '_'.")
    data = _dataset(model, train, test)
    run = _folder(Path(out), name, spec)
    with run.lock():
        own = loss if callable(loss) else None
        execute(run, progress or Silent(), Given(data=data, network=model, loss=own, optimizers=(optimizer, retrain_optimizer)))
        if analyse:
            analysis.run(run, AnalysisSpec(), progress or Silent())
    return open_run(run.path)


def _given(**objects: Any) -> dict[str, Any]:
    """The spec's words for what was handed over: names stay names, objects become "given"."""
    named = {key: value if isinstance(value, str) else GIVEN for key, value in objects.items() if value is not None}
    return {"data": GIVEN, "network": GIVEN, "regime": GIVEN, **named}


def _folder(runs: Path, name: str, spec: RunSpec) -> RunFolder:
    if not (runs / name).exists():
        return RunFolder.create(runs, name, spec)
    run = RunFolder.open(runs, name)
    if run.spec != spec:
        raise ResumeError(f"{runs / name} holds a run with other settings. Give another name, or delete it.")
    return run


def _dataset(model: nn.Module, train: Any, test: Any) -> Dataset:
    x_train, y_train = _arrays("train", train)
    x_test, y_test = _arrays("test", test)
    probe = copy.deepcopy(model).eval()
    try:
        with torch.no_grad():
            outputs = probe(torch.from_numpy(x_train[:2]))
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        raise ModelError(f"The network fails on a batch of shape {x_train[:2].shape}: {str(error).splitlines()[0]}") from error
    if outputs.dim() != 2:
        raise ModelError(f"The network's output has shape {tuple(outputs.shape)}; cross-entropy needs (rows, classes).")
    return Dataset(GIVEN, x_train, y_train, x_test, y_test, classes=outputs.shape[1])


def _arrays(side: str, source: Any) -> tuple[np.ndarray, np.ndarray]:
    """(inputs float32, labels int64) of a pair of arrays, a Dataset or a DataLoader (which is read once)."""
    if isinstance(source, (tuple, list)) and len(source) == 2 and hasattr(source[0], "shape"):
        pairs: Iterable[Any] = [source]
    elif isinstance(source, torch.utils.data.DataLoader):
        pairs = source
    elif isinstance(source, torch.utils.data.Dataset) and hasattr(source, "__len__"):
        pairs = torch.utils.data.DataLoader(source, batch_size=256)
    else:
        raise DataError(f"{side} is a {type(source).__name__}; give a pair (inputs, labels), a Dataset or a DataLoader.")
    inputs, labels = [], []
    for pair in pairs:
        if not (isinstance(pair, (tuple, list)) and len(pair) == 2):
            raise DataError(f"{side} yields {type(pair).__name__}; each batch must be a pair (inputs, labels).")
        inputs.append(torch.as_tensor(pair[0]).detach().to("cpu", torch.float32))
        labels.append(_labels(side, torch.as_tensor(pair[1])))
    if not inputs:
        raise DataError(f"{side} has no rows.")
    return torch.cat(inputs).contiguous().numpy(), torch.cat(labels).numpy()


def _labels(side: str, labels: Tensor) -> Tensor:
    if labels.is_floating_point() or labels.dim() != 1:
        raise DataError(
            f"The labels of {side} have type {labels.dtype} and shape {tuple(labels.shape)}; they must be whole numbers (rows,)."
        )
    return labels.detach().to("cpu", torch.int64)
