"""The surfaces that a page shows: each stored one with its snapshots; what is missing is said by a
state.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from landscape_app.dashboard.common import run_view
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.job_parts import ended
from landscape_app.dashboard.common.run_view import RunView, short_hash, stamp
from landscape_app.dashboard.surface.choice import SurfaceChoice
from landscape_app.errors import LandscapeError
from landscape_app.figures.colours import logarithmic
from landscape_app.figures.view import DrawnRun, InMemoryResult, Stored
from landscape_app.jobs.state import JobState
from landscape_app.records.rows import look_up
from landscape_app.store import usable_results
from landscape_app.store.derived import Result
from landscape_app.store.run import RunFolder

State = Literal["ready", "missing", "working", "sampling", "foreign", "unusable"]


@dataclass(frozen=True, eq=False)
class RunSurface(RunView):
    """One run. `subject` holds its surface and is None where there is none to draw.

    ready: a surface of this kind is stored. missing: it can be computed. working: a job is at work
    on the run (`job`). sampling: not sampled to its end. foreign: made of a caller's own objects,
    which no job can rebuild. unusable: cannot be read (`problem`). stale: the run's snapshots are
    not those the surface was projected with. left: snapshots without a sound file. ended: the last
    word of a surface job that came to nothing. computable: whether a click may start a job.
    """

    subject: DrawnRun | None = None
    stored: Result | None = None
    job: JobState | None = None
    stale: bool = False
    left: int = 0
    ended: str = ""

    @property
    def computable(self) -> bool:
        """Whether a job may be started on it now."""
        return self.state in ("ready", "missing")

    @property
    def surface(self) -> Stored:
        """The drawn surface; only where there is a subject."""
        assert self.subject is not None
        return self.subject.results["surface"]


@dataclass(frozen=True, eq=False)
class SurfaceView:
    """All runs looked at. token: {"cards", "states"}: equal words, equal cards and equal states of
    jobs.
    """

    choice: SurfaceChoice
    runs: tuple[RunSurface, ...]
    token: dict[str, str]

    @property
    def drawn(self) -> list[RunSurface]:
        """Those with a surface."""
        return [run for run in self.runs if run.subject is not None]


def read(context: Context, choice: SurfaceChoice) -> SurfaceView:
    """Everything that the choice needs; nothing here raises for the state of one run."""
    labels = run_view.labels(context, choice.runs, brief=False)
    looks = run_view.looks(context, choice.runs)
    runs = tuple(
        _run(context, id, slot, looks[slot], labels[slot], choice)
        for slot, id in enumerate(choice.runs)
    )
    token = {"cards": _cards(choice, runs), "states": stamp(context, choice.runs)}
    return SurfaceView(_drawable(choice, runs), runs, token)


def _drawable(choice: SurfaceChoice, runs: tuple[RunSurface, ...]) -> SurfaceChoice:
    """`choice`, with linear heights where the values have no range of logarithms: losses below 0,
    or all of them 0.
    """
    parts = [part for run in runs if run.subject is not None for part in values(run, choice)]
    return choice if logarithmic(parts) else replace(choice, heights="linear")


def grounds(choice: SurfaceChoice) -> tuple[str, ...]:
    """The stored values that are drawn as ground: of a line those of train and test data, of a
    plane the one chosen.
    """
    what = choice.value.partition("_")[2]
    return (f"train_{what}", f"test_{what}") if choice.kind == "line" else (choice.value,)


def values(run: RunSurface, choice: SurfaceChoice) -> list[np.ndarray]:
    """All that is drawn as a height: the ground (of a line both curves), the snapshots, and the
    path of the training where there is one.
    """
    arrays, subject = run.surface.arrays, run.subject
    assert subject is not None
    return [
        *(np.asarray(arrays[name]) for name in grounds(choice)),
        subject.values(choice.value, arrays["rows"]),
        np.asarray(arrays.get(f"path_{choice.value}", ())),
    ]


def _cards(choice: SurfaceChoice, runs: tuple[RunSurface, ...]) -> str:
    """A short word for which cards there are, and what is on them."""
    parts = [
        (
            run.id,
            run.state,
            run.problem,
            run.stale,
            run.left,
            run.ended,
            run.stored and (run.stored.path, run.stored.created),
        )
        for run in runs
    ]
    return short_hash((choice.kind, parts))


def _run(
    context: Context, id: str, slot: int, look: int, label: str, choice: SurfaceChoice
) -> RunSurface:
    entry = context.board.find(id)
    job = run_view.live_job(entry)
    try:
        folder = RunFolder.open(context.runs, id)
        stored = _stored(folder, choice)
        subject, left = (
            (None, 0) if stored is None else _subject(context, folder, stored, look, label)
        )
    except (LandscapeError, OSError) as error:
        return RunSurface(id, label, slot, look, "unusable", problem=str(error), job=job)
    return RunSurface(
        id,
        label,
        slot,
        look,
        _state(folder, job, ready=stored is not None),
        subject=subject,
        stored=stored,
        job=job,
        stale=stored is not None and stored.inputs != folder.digest(),
        left=left,
        ended="" if stored is not None else ended(entry, "surface"),
    )


def _state(folder: RunFolder, job: JobState | None, *, ready: bool) -> State:
    if not folder.finished:
        return "sampling"
    if job is not None:
        return "working"
    if run_view.user_made(folder.spec):
        return "foreign"
    return "ready" if ready else "missing"


def _stored(folder: RunFolder, choice: SurfaceChoice) -> Result | None:
    """The surface with the points and extent that are asked for, else the newest of its kind."""
    asked = {"points": choice.points, "extent": choice.extent}
    exact = {name: value for name, value in asked.items() if value is not None}
    find, path = usable_results.find, folder.path
    fitting = find(path, "surface", kind=choice.kind, **exact) if exact else None
    return fitting or find(path, "surface", kind=choice.kind)


def _subject(
    context: Context, folder: RunFolder, stored: Result, look: int, label: str
) -> tuple[DrawnRun, int]:
    """(the run with its surface, how many projected snapshots have no sound file now)."""
    columns = run_view.columns(context, folder)
    arrays = dict(stored.arrays)
    places = look_up(columns["row"], arrays["rows"])
    arrays |= {name: arrays[name][places.there] for name in ("rows", "coordinates", "residual")}
    surface = InMemoryResult(arrays, stored.meta)
    subject = DrawnRun(folder.id, label, look, folder.spec.epochs, columns, {"surface": surface})
    return subject, places.missing
