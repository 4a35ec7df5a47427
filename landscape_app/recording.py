"""Recording of a training loop of one's own: its states are written as they come, and the landscape
around the last one is explored from there.

    recorder = record(model, (train, test), name="mine")
    for epoch in range(30):
        …  # your training
        recorder.step()
    run = recorder.explore()
"""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from torch import nn

from landscape_app import library
from landscape_app.errors import ResumeError, SpecError
from landscape_app.networks.inspection import plain
from landscape_app.number_text import percent, size
from landscape_app.pipeline.beginning import begin
from landscape_app.store import path_states
from landscape_app.store.folder import check_runs
from landscape_app.store.run import RunFolder
from landscape_app.stored_run import OpenRun
from landscape_app.weights.bundle import Bundle, named_state
from landscape_app.weights.layout import Layout

log = logging.getLogger("landscape")

SHARE = 0.02  # of the training's time that recording may take without a word
SURE = 5  # states after which the share is known
FEWEST = 2  # seconds of training after which it is


class Recorder:
    """It keeps states of `model` in the folder of a run, and holds the run's lock until `close`.

    seconds, bytes: that the states have taken so far.
    """

    def __init__(self, model: nn.Module, run: RunFolder, *, every: int, done: int) -> None:
        """run: its lock is taken here. done: steps that are recorded already."""
        self.run, self.seconds, self.bytes = run, 0.0, 0
        self._model, self._every, self._count, self._kept = model, every, done, 0
        self._layout = Layout.of(plain(model))
        self._begun, self._told = time.perf_counter(), False
        self._explore: dict[str, Any] = {}
        self._stack = ExitStack()
        self._stack.enter_context(run.lock())
        try:
            self._begin(done)
        except BaseException:
            self.close()
            raise

    def step(self, steps: int = 1, *, epoch: float | None = None) -> None:
        """Count `steps` more steps of the training, and keep the state where `every` divides the
        count. epoch: where the training stands, for the axis of figures. Raises StorageError.
        """
        before, self._count = self._count, self._count + steps
        if before // self._every < self._count // self._every:
            self._keep(epoch)
            self._tell()

    def explore(self, **arguments: Any) -> OpenRun:
        """Jump and retrain around the state in which the model is now, score the recorded states,
        and open the run. Arguments: progress, analyse, max_data_gib as of `explore`.
        """
        self.close()
        return library.explore(**self._explore, **arguments)

    def close(self) -> None:
        """Let the run go: another program may work on it."""
        self._stack.close()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begin(self, done: int) -> None:
        """The first state, or the place in the journal from which the recording goes on."""
        _check(self.run, done)
        if done:
            self.run.mark(path_states.AGAIN, step=done)
        else:
            self._keep(None)

    def _keep(self, epoch: float | None) -> None:
        since = time.perf_counter()
        tensors = named_state(Bundle.of(plain(self._model), self._layout), self._layout)
        facts = {"step": self._count} | ({} if epoch is None else {"epoch": float(epoch)})
        file = f"chunks/path-{self._count:08d}.safetensors"
        self.run.commit(path_states.PATH, file, tensors, **facts)
        self.seconds += time.perf_counter() - since
        self.bytes += sum(value.nbytes for value in tensors.values())
        self._kept += 1

    def _tell(self) -> None:
        """Say once that recording is dear, and what would make it cheap."""
        passed = time.perf_counter() - self._begun
        share = self.seconds / passed
        if self._told or self._kept < SURE or passed < FEWEST or share <= SHARE:
            return
        self._told = True
        cheap = self._every * -(-share // SHARE)
        log.warning(
            "Recording takes %s of the time: %.0f ms and %s for each state. With every=%d it is"
            " under %s.",
            percent(share),
            1000 * self.seconds / self._kept,
            size(self.bytes / self._kept),
            cheap,
            percent(SHARE),
        )


def record(
    model: nn.Module,
    data: tuple[Any, Any],
    *,
    out: str | Path = "runs",
    name: str = "my-network",
    every: int = 1,
    done: int = 0,
    fresh: bool = False,
    loss: Any = None,
    retrain_optimizer: Any = None,
    **settings: Any,
) -> Recorder:
    """Record the training of `model` into the run `name`. Its state now is the first one.

    data: (train, test), as `explore` takes them. every: steps from one state to the next. done:
    steps that an earlier recorder of this name counted: the recording goes on there. fresh: begin
    anew; a run of that name is kept as NAME-1. loss, retrain_optimizer and settings (seeds, epochs,
    …) are those of `Recorder.explore`. Raises SpecError, ResumeError where the run has states after
    `done` or is explored, StorageError, RunLockedError.
    """
    if not isinstance(every, int) or every < 1 or not isinstance(done, int) or done < 0:
        raise SpecError("every must be a whole number from 1, done one from 0.")
    if settings.pop("train_epochs", 0) != 0:
        raise SpecError("train_epochs: your own loop trains the network. Leave it out.")
    train, test = data
    runs = Path(out)
    check_runs(runs)
    given = {"loss": loss, "retrain_optimizer": retrain_optimizer, "train_epochs": 0, **settings}
    begun = begin(runs, library.name_of(name), library.spec_of(given), fresh=fresh)
    recorder = Recorder(model, begun.run, every=every, done=done)
    recorder._explore = {
        "model": model,
        "train": train,
        "test": test,
        "out": runs,
        "name": name,
        **given,
    }
    return recorder


def _check(run: RunFolder, done: int) -> None:
    """Raise ResumeError where the run holds more than `done` steps, or is explored."""
    inventory = run.inventory()
    states = path_states.recorded(inventory)
    last = states[-1].step if states else 0
    if inventory.of("anchor") or inventory.of("init"):
        raise ResumeError(
            f"Run {run.id} is explored already. Give another name, or fresh=True to keep it as"
            " NAME-1 and record anew."
        )
    if states and done == 0:
        raise ResumeError(
            f"Run {run.id} has recorded states up to step {last}. Give done={last} to go on there,"
            " another name, or fresh=True to record anew."
        )
    if done > last:
        raise ResumeError(f"Run {run.id} has recorded {last} steps, not {done}.")
