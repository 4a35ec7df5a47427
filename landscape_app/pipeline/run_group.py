"""Several runs made in one process: each is prepared, those that can are trained as one batch, then
each is sampled to its end. An error of one run is noted, and the others are still done.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path

from landscape_app.errors import (
    AnalysisError,
    DataError,
    LandscapeError,
    ModelError,
    ResumeError,
    RunDamagedError,
)
from landscape_app.pipeline import anchors
from landscape_app.pipeline.anchors import Training
from landscape_app.pipeline.crew import Session
from landscape_app.pipeline.listeners import Both, Steps
from landscape_app.pipeline.prepare import Ready, ready
from landscape_app.pipeline.run import complete
from landscape_app.pipeline.shared_plans import SharedPlans
from landscape_app.pipeline.threads import one_thread
from landscape_app.records import log_names
from landscape_app.records.progress import Progress, skip
from landscape_app.records.pulse import listening
from landscape_app.store.run import RunFolder

log = logging.getLogger("landscape")

# others would stop every run of the grid
OF_ONE_RUN = (AnalysisError, DataError, ModelError, ResumeError, RunDamagedError)
HELD = 2**28  # bytes of data sets that wait for the training of their runs

After = Callable[[RunFolder, Progress], None]


def make_together(
    runs: Path,
    ids: Sequence[str],
    *,
    session: Session,
    progress: Progress,
    plans: SharedPlans,
    after: After,
) -> dict[str, str]:
    """Make the runs `ids`, each in a session of its own, and do what comes `after` each: {id of a
    run that could not be made: why}. Progress is counted in epochs over all of them.
    """
    group = RunGroup(runs, session, progress, plans, after)
    # in a context of its own: the sessions of several runs end in another order than they began
    return copy_context().run(group.make, ids)


@dataclass
class RunGroup:
    """Runs under work at the same time; see `make_together`."""

    runs: Path
    session: Session
    progress: Progress
    plans: SharedPlans
    after: After
    failed: dict[str, str] = field(default_factory=dict)

    def make(self, ids: Sequence[str]) -> dict[str, str]:
        """Make the runs `ids`: why each of those that failed did."""
        begun: list[RunAtWork] = []
        try:
            for id in ids:
                begun.append(RunAtWork.begun(RunFolder.open(self.runs, id), self))
            waiting = self._prepared(begun)
            self._train(waiting)
            for run, start in waiting:
                self._finish(run, start)
        except BaseException as error:
            for run in begun:
                run.end(error)
            raise
        return self.failed

    def _prepared(self, begun: Sequence[RunAtWork]) -> list[tuple[RunAtWork, Ready]]:
        """Prepare all; finish those that train alone, or whose data would take too much memory
        while they wait. The others.
        """
        waiting, held = [], 0
        for run in begun:
            with run.noted(), one_thread():
                run.progress.phase("preparing")
                start = ready(run.folder, progress=run.progress, plans=self.plans)
                held += _data_bytes(start)
                if anchors.batchable(run.folder, start) and held <= HELD:
                    waiting.append((run, start))
                else:
                    held -= _data_bytes(start)
                    self._finish(run, start)
        return waiting

    def _train(self, waiting: Sequence[tuple[RunAtWork, Ready]]) -> None:
        """Train all that wait; those that diverge have failed."""
        left: list[tuple[RunAtWork, Training]] = []
        for run, start in waiting:
            with run.noted():
                training = Training.of(run.folder, start, set(run.folder.damaged()))
                if training is not None:
                    left.append((run, training))
        if not left:
            return
        with listening(self.progress), one_thread():
            errors = anchors.train_together([(each, run.progress) for run, each in left])
        for (run, _), error in zip(left, errors, strict=True):
            with run.noted():
                if error is not None:
                    raise error

    def _finish(self, run: RunAtWork, start: Ready) -> None:
        """Sample the run to its end, and what comes after that."""
        if run.ended:
            return
        with run.noted():
            complete(run.folder, start, run.progress)
            self.after(run.folder, run.progress)
            run.end(None)


@dataclass
class RunAtWork:
    """A run of the group in its session, until it ends."""

    folder: RunFolder
    group: RunGroup
    steps: Steps
    progress: Progress
    stack: ExitStack
    ended: bool = False

    @staticmethod
    def begun(folder: RunFolder, group: RunGroup) -> RunAtWork:
        """`folder` in a new session."""
        stack, steps = ExitStack(), Steps(group.progress)
        own = stack.enter_context(group.session(folder.path, slot=False))
        return RunAtWork(folder, group, steps, Both(steps, own), stack)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """A block of its work: an error that is its own ends it, and is noted."""
        try:
            with log_names.about(self.folder.id):
                yield
        except OF_ONE_RUN as error:
            log.warning("%s: %s", self.folder.id, error)
            self.group.failed[self.folder.id] = str(error)
            self.end(error)

    def end(self, error: BaseException | None) -> None:
        """End its session, once; all its epochs are counted then."""
        if self.ended:
            return
        self.ended = True
        self.stack.__exit__(type(error) if error else None, error, None)
        if error is None or isinstance(error, LandscapeError):
            skip(self.group.progress, epochs_of(self.folder) - self.steps.done)


def epochs_of(run: RunFolder) -> int:
    """The number of epochs of a run from its beginning: of training, and of jump and retraining of
    all trajectories.
    """
    return run.spec.train_epochs + run.spec.rows_per_trajectory * len(run.spec.trajectories)


def _data_bytes(start: Ready) -> int:
    """Bytes of the data set, about."""
    problem = start.problem
    return sum(4 * x.shape.numel() for x in (problem.x_train, problem.x_test))
