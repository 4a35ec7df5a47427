"""A real Dask scheduler and workers, each a process that the test started and ends by its pid. They
have a state folder of their own, as on another machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from landscape_app.pipeline import study_worker
from tests.patience import until

ROOT = Path(__file__).parents[2]
QUIET = ["--host", "127.0.0.1", "--no-dashboard"]


class Machines:
    """A scheduler, and workers of one thread each, in the folder `place`."""

    def __init__(self, place: Path, workers: int = 2, options: tuple[str, ...] = ()) -> None:
        place.mkdir(exist_ok=True)
        self.place, self.options = place, options
        self._file = place / "scheduler.json"
        words = ["scheduler", *QUIET, "--port", "0", "--scheduler-file", str(self._file)]
        self.scheduler = self._start(*words)
        self.workers = [self.add() for _ in range(workers)]
        until(lambda: self.connected() == workers, 60)

    @property
    def address(self) -> str:
        return str(json.loads(self._file.read_text())["address"])

    def add(self) -> subprocess.Popen[bytes]:
        """One more worker."""
        until(self._written, 60)
        words = ["worker", *QUIET, "--nthreads", "1", "--no-nanny", *self.options]
        return self._start(*words, "--scheduler-file", str(self._file))

    def connected(self) -> int:
        """How many workers the scheduler knows."""
        return (self.place / "log").read_text().count("Registered to")

    def processes(self) -> list[psutil.Process]:
        """The processes that the workers have started for tasks."""
        started = []
        for worker in self.workers:
            with contextlib.suppress(psutil.NoSuchProcess):
                for child in psutil.Process(worker.pid).children(recursive=True):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        if study_worker.MODULE in " ".join(child.cmdline()):
                            started.append(child)
        return started

    def close(self) -> None:
        """End them all. What they have started ends with them."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _written(self) -> bool:
        with contextlib.suppress(OSError, ValueError):
            return bool(self.address)
        return False

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join([str(ROOT), str(self.place)])
        with (self.place / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *words],
                env=os.environ
                | {"LANDSCAPE_STATE": str(self.place / "state"), "PYTHONPATH": paths},
                cwd=self.place,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@contextlib.contextmanager
def machines(place: Path, workers: int = 2, options: tuple[str, ...] = ()) -> Iterator[Machines]:
    """Such machines during a block."""
    started = Machines(place, workers, options)
    try:
        yield started
    finally:
        started.close()
