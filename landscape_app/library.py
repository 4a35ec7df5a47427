"""The library: `explore` the landscape around your own network in one call; `open_run` opens what
any run has stored.

Arguments of `explore`. train, test: (inputs, labels) tensors, arrays, frames or lists, or a Dataset
or DataLoader of such pairs or dicts, read in one pass; inputs (rows, …), labels whole numbers from
0 (rows,), or floating-point for regression. docs/bring.md lists all forms; layout="channels_last"
and scale=255 say what the arrays do not show. loss: a name of the table, or a callable (outputs,
targets) -> scalar, whose value on a batch is minimised; None: cross-entropy for classes, squared
error else. train_optimizer, retrain_optimizer: names of the table ("sgd"), or callables
(parameters) -> torch optimizer, which are applied tensor by tensor. fresh: begin anew; a run of
that name that is there is kept as NAME-1, NAME-2, … init: a file of weights, or a state_dict, to
begin with; "stored": those that the run of that name began with, if it is there, so that a script
goes on after a restart whatever it draws. progress: None: bars in a notebook or at a terminal;
True: lines on standard error; False: nothing; or an object with phase, advance and check
(records.progress). max_data_gib: the most that a file of weights may unpack to; None: the smaller
of 2 and a quarter of the free memory. `settings` are those of
settings.RunSpec: seeds=4, step_sizes=(.25, .5, .75, 1.), epochs=40, train_epochs=200 (0: the
weights are the minimum), rate=0.01, weight_decay=0., …

The user's model and its mode, and the global generators of torch, numpy and Python, are left as
they were, also after an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from landscape_app import feasibility
from landscape_app.errors import DataError, SpecError
from landscape_app.limits import raised
from landscape_app.networks.inspection import plain
from landscape_app.objectives import ignored_label, of_torch
from landscape_app.pipeline import analyse as analysis
from landscape_app.pipeline.alone import alone
from landscape_app.pipeline.beginning import begin, undone_if_it_fails
from landscape_app.pipeline.brought import brought
from landscape_app.pipeline.climbs import climbs
from landscape_app.pipeline.initial import initial
from landscape_app.pipeline.run import execute
from landscape_app.pipeline.training_path import training_path
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.records.dataset import Dataset
from landscape_app.records.progress import Progress
from landscape_app.records.shown_progress import closed, progress_of
from landscape_app.settings import GIVEN, AnalysisSpec, RunSpec, parse
from landscape_app.store import path_states
from landscape_app.store.folder import check_runs
from landscape_app.store.run import RunFolder
from landscape_app.stored_run import OpenRun, open_run
from landscape_app.training.problem import Make

__all__ = ["explore", "open_run"]


@alone()
def explore(
    model: nn.Module,
    train: Any,
    test: Any,
    *,
    loss: str | Callable[[Tensor, Tensor], Tensor] | None = None,
    train_optimizer: str | Make | None = None,
    retrain_optimizer: str | Make | None = None,
    out: str | Path = "runs",
    name: str = "my-network",
    fresh: bool = False,
    init: str | Path | Mapping[str, Any] | None = None,
    analyse: bool = True,
    progress: Progress | bool | None = None,
    max_data_gib: float | None = None,
    **settings: Any,
) -> OpenRun:
    """Train `model`, sample its landscape, analyse it, and open the run; the module's docstring
    describes the arguments. Called again with the same `out`, `name`, data, weights, loss and
    optimizers, it goes on where it stopped.

    Raises DataError, ModelError, SpecError before any work; ResumeError if the folder holds another
    run. A call that fails before training leaves no run behind.
    """
    reporter = progress_of(progress)
    check_runs(Path(out))
    optimizers = train_optimizer, _one_of(retrain_optimizer, settings.pop("optimizer", None))
    spec = _spec(settings, loss, *optimizers, analyse=analyse)
    name = name_of(name)
    with raised(max_data_gib):
        network = initial(plain(model), Path(out), name, init)
    data = _data(network, train, test, spec, loss)
    begun = begin(Path(out), name, spec, fresh=fresh)
    objects = UserObjects(data, network, _callable(loss), tuple(map(_callable, optimizers)))
    with closed(reporter), undone_if_it_fails(begun) as run, run.lock():
        _complete(run, objects, reporter, analyse=analyse)
    return open_run(run.path)


def _spec(
    settings: Mapping[str, Any],
    loss: object,
    train_optimizer: object,
    retrain_optimizer: object,
    *,
    analyse: bool,
) -> RunSpec:
    """The settings of the run. Raises SpecError, also if an analysis with them is not feasible."""
    names = _given(loss=loss, optimizer=retrain_optimizer, train_optimizer=train_optimizer)
    spec = parse(RunSpec, {**settings, **names})
    if analyse:
        feasibility.check(spec, AnalysisSpec())
    return spec


def spec_of(given: Mapping[str, Any], *, analyse: bool = True) -> RunSpec:
    """The settings of a run of `explore` with these arguments. Raises SpecError."""
    rest = dict(given)
    loss, training = rest.pop("loss", None), rest.pop("train_optimizer", None)
    retraining = _one_of(rest.pop("retrain_optimizer", None), rest.pop("optimizer", None))
    return _spec(rest, loss, training, retraining, analyse=analyse)


def _data(network: nn.Module, train: Any, test: Any, spec: RunSpec, loss: Any) -> Dataset:
    """The data set of both sides, in the form that the loss and the network accept."""
    return brought(
        network,
        train,
        test,
        spec,
        own_loss=callable(loss),
        own=callable(loss) and not of_torch(loss),
        ignored=ignored_label(loss) if callable(loss) else None,
    )


def _complete(run: RunFolder, objects: UserObjects, reporter: Progress, *, analyse: bool) -> None:
    """Sample the run to its end, and analyse it."""
    run.ask(analyse)
    execute(run, reporter, objects)
    if path_states.recorded(run.inventory()):
        training_path(run, reporter, objects)
    if analyse:
        analysis.run(run, AnalysisSpec(), reporter)
        climbs(run, reporter, objects)


def name_of(name: Any) -> str:
    """`name`, if a run can be called so. Raises DataError."""
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name):
        raise DataError(
            f"A run cannot be called {name!r}. A name has up to 64 characters: small letters,"
            " digits, '.', '-' and '_'."
        )
    return name


def _one_of(
    retrain_optimizer: str | Make | None, optimizer: str | Make | None
) -> str | Make | None:
    """The optimizer of retraining: `retrain_optimizer`, or `optimizer`, which is the name of this
    setting on the command line.
    """
    if retrain_optimizer is not None and optimizer is not None:
        raise SpecError("retrain_optimizer and optimizer are the same setting. Give one of them.")
    return optimizer if retrain_optimizer is None else retrain_optimizer


def _callable(given: Any) -> Any:
    """`given` if it is an object, None if it is a name of the table."""
    return None if isinstance(given, str) else given


def _given(**objects: Any) -> dict[str, Any]:
    """The values of the settings: names stay names, objects become "given"."""
    named = {
        key: value if isinstance(value, str) else GIVEN
        for key, value in objects.items()
        if value is not None
    }
    return {"data": GIVEN, "network": GIVEN, **named}
