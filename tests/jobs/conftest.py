"""Jobs on small runs: made, launched, followed, and none left behind."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from landscape_app.jobs.process import launch
from landscape_app.jobs.state import JobState, state
from landscape_app.settings import RunSpec, parse
from landscape_app.store import lock
from landscape_app.store.run import RunFolder
from tests.patience import patience

WORKER = "tests.jobs.worker"
PATIENCE = 60.0  # s; machines may be busy, no test waits for this where nothing is wrong


def until(true: Callable[[], Any]) -> Any:
    """What `true` returns once it is true."""
    end = time.monotonic() + patience(PATIENCE)
    while not (found := true()):
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)
    return found


class Jobs:
    """Runs in one folder, and jobs on them that do what tests.jobs.worker says."""

    def __init__(self, runs: Path) -> None:
        self.runs = runs
        self._folders: list[Path] = []

    def run(self, id: str = "run") -> Path:
        """A new run's folder."""
        spec = parse(RunSpec, {"data": "blobs", "network": "mlp-small"})
        self._folders.append(RunFolder.create(self.runs, id, spec).path)
        return self._folders[-1]

    def start(self, folder: Path, *work: object) -> Path:
        """Launch a job on `folder`."""
        launch(folder, [str(folder), *map(str, work)], module=WORKER)
        return folder

    def working(self, *work: object, id: str = "run", phase: bool = True) -> Path:
        """A new run with a job that has begun (and, unless not `phase`, is in a phase)."""
        folder = self.start(self.run(id), *work)
        until(lambda: state(folder).state == "running" and (state(folder).phase or not phase))
        return folder

    def ended(self, folder: Path) -> JobState:
        """The state once nobody is at work any more."""
        until(lambda: lock.holder(folder / lock.NAME) is None)
        return state(folder)

    def kill_all(self) -> None:
        for folder in self._folders:
            pid = lock.holder(folder / lock.NAME) if folder.exists() else None
            if pid and pid != os.getpid():
                os.kill(pid, signal.SIGKILL)
                until(lambda folder=folder: lock.holder(folder / lock.NAME) is None)


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    found = Jobs(tmp_path)
    yield found
    found.kill_all()
