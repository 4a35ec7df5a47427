"""The quickstart study: a good, a plain and a poor generalizer of digits, sampled one after
another, then compared.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from landscape_app.pipeline import compare
from landscape_app.pipeline.climbs import climbs
from landscape_app.pipeline.report import of_study
from landscape_app.pipeline.run import execute
from landscape_app.records.progress import Progress, skip
from landscape_app.store import quickstart as folders
from landscape_app.store.run import RunFolder

# jobs.session.session: pipeline does not know about jobs
Session = Callable[..., AbstractContextManager[Progress]]


def quickstart(
    runs: Path,
    *,
    session: Session,
    fresh: bool = False,
    study: str | None = None,
    changes: Mapping[str, Any] | None = None,
    timings: dict[str, float] | None = None,
) -> dict[str, Any]:
    """Complete the study and return its report with "seconds". Finished runs are reused, others
    resumed.

    fresh: a new study beside the existing ones. changes: settings that differ from the defaults
    (for trials). timings: gets the seconds of every phase.
    """
    begun = time.monotonic()
    id = study or (folders.free_id(runs) if fresh else folders.own_id(runs))
    folder = folders.make(runs, id, changes)
    with session(folder.path) as progress:
        watch = Stopwatch(progress, {} if timings is None else timings)
        for id in folder.runs:
            run = RunFolder.open(runs, id)
            if not run.inventory().complete:
                with session(run.path, slot=False) as own:
                    execute(run, Both(watch, own))
        compare.run(folder, runs, folder.analysis, watch)
        for id in folder.runs:
            climbs(RunFolder.open(runs, id), watch)
        watch.stop()
    return {"seconds": time.monotonic() - begun, **of_study(runs, folder)}


class Both:
    """Progress that goes to two listeners: the study's and the run's own. A cancel asked of either
    stops the work.
    """

    def __init__(self, *listeners: Progress) -> None:
        self._listeners = listeners

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        for listener in self._listeners:
            listener.phase(name, total, unit)

    def advance(self, steps: int = 1) -> None:
        for listener in self._listeners:
            listener.advance(steps)

    def skip(self, steps: int) -> None:
        for listener in self._listeners:
            skip(listener, steps)

    def check(self) -> None:
        for listener in self._listeners:
            listener.check()


class Stopwatch:
    """Progress that also adds up the seconds of every phase by name into `seconds`."""

    def __init__(self, inner: Progress, seconds: dict[str, float]) -> None:
        self._inner, self._seconds = inner, seconds
        self._name, self._since = "", time.monotonic()

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        self.stop()
        self._name = name
        self._inner.phase(name, total, unit)

    def advance(self, steps: int = 1) -> None:
        self._inner.advance(steps)

    def skip(self, steps: int) -> None:
        skip(self._inner, steps)

    def check(self) -> None:
        self._inner.check()

    def stop(self) -> None:
        """Add the seconds of the present phase."""
        now = time.monotonic()
        if self._name:
            self._seconds[self._name] = self._seconds.get(self._name, 0.0) + now - self._since
        self._name, self._since = "", now
