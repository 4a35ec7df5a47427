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
from landscape_app.records.progress import Progress
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store import names
from landscape_app.store.folder import is_id
from landscape_app.store.gaps import complete
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder

NAME = "quickstart"
REGIMES = ("good", "plain", "poor")

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
    """Bring the study to its end and return its report with "seconds"; finished runs are reused,
    others resumed.

    fresh: a new study beside those that exist. changes: settings that differ from the defaults (for
    trials). timings: filled with the seconds of every phase.
    """
    begun = time.monotonic()
    folder = _open(runs, study or (_unused(runs) if fresh else NAME), changes or {})
    with session(folder.path) as progress:
        watch = Stopwatch(progress, {} if timings is None else timings)
        for id in folder.runs:
            run = RunFolder.open(runs, id)
            if not complete(run):
                with session(run.path, slot=False) as own:
                    execute(run, Both(watch, own))
        compare.run(folder, runs, folder.analysis, watch)
        for id in folder.runs:
            climbs(RunFolder.open(runs, id), watch)
        watch.stop()
    return {"seconds": time.monotonic() - begun, **of_study(runs, folder)}


def is_quickstart(runs: Path, id: str) -> bool:
    """Whether `id` is a quickstart study in `runs` (rather than a run)."""
    return (
        id.startswith(NAME) and is_id(id) and names.is_file(runs / "_studies" / id / "study.json")
    )


def _unused(runs: Path) -> str:
    number = 1
    while names.exists(runs / "_studies" / (NAME if number == 1 else f"{NAME}-{number}")):
        number += 1
    return NAME if number == 1 else f"{NAME}-{number}"


def _open(runs: Path, study: str, changes: Mapping[str, Any]) -> StudyFolder:
    """The study folder and its three runs, created where they are missing (also after a crash
    between two creations).
    """
    ids = [f"{study}-{regime}" for regime in REGIMES]
    for id, regime in zip(ids, REGIMES, strict=True):
        if not names.exists(runs / id, trusted=runs):
            RunFolder.create(runs, id, parse(RunSpec, {"regime": regime, **changes}))
    if names.exists(runs / "_studies" / study):
        return StudyFolder.open(runs, study)
    return StudyFolder.create(runs, study, ids, AnalysisSpec())


class Both:
    """Progress told to two listeners: the study's and the run's own; a cancel asked of either stops
    the work.
    """

    def __init__(self, *listeners: Progress) -> None:
        self._listeners = listeners

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        for listener in self._listeners:
            listener.phase(name, total, unit)

    def advance(self, steps: int = 1) -> None:
        for listener in self._listeners:
            listener.advance(steps)

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

    def check(self) -> None:
        self._inner.check()

    def stop(self) -> None:
        """Account for the phase that is going on."""
        now = time.monotonic()
        if self._name:
            self._seconds[self._name] = self._seconds.get(self._name, 0.0) + now - self._since
        self._name, self._since = "", now
