"""What is known now of the surfaces that are looked at: each stored one with its snapshots, and
what is missing said by a state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.run_stamps import stamp
from landscape_app.dashboard.surface.choice import Choice
from landscape_app.errors import LandscapeError
from landscape_app.figures.colours import logarithmic
from landscape_app.figures.view import Given, Stored, Subject
from landscape_app.jobs.state import AT_WORK, JobState
from landscape_app.records.rows import look_up
from landscape_app.registries import REGIMES
from landscape_app.settings import GIVEN
from landscape_app.store import snapshots, usable_results
from landscape_app.store.derived import Result
from landscape_app.store.run import RunFolder

State = Literal["ready", "missing", "working", "sampling", "foreign", "unusable"]
ENDED = ("failed", "cancelled", "interrupted")


@dataclass(frozen=True, eq=False)
class Shown:
    """One run. `subject` holds its surface and is None where there is none to draw.

    ready: a surface of this kind is stored. missing: it can be computed. working: a job is at work
    on the run (`job`). sampling: not sampled to its end. foreign: made of a caller's own objects,
    which no job can rebuild. unusable: cannot be read (`problem`). stale: the run's snapshots are
    not those the surface was projected with. left: snapshots without a sound file. ended: the last
    word of a surface job that came to nothing. computable: whether a click may start a job.
    """

    id: str
    label: str
    slot: int
    state: State
    problem: str = ""
    subject: Subject | None = None
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
class Seen:
    """All runs looked at. token: {"cards", "states"}: equal words, equal cards and equal states of
    jobs.
    """

    choice: Choice
    shown: tuple[Shown, ...]
    token: dict[str, str]

    @property
    def drawn(self) -> list[Shown]:
        """Those with a surface."""
        return [one for one in self.shown if one.subject is not None]


def read(context: Context, choice: Choice) -> Seen:
    """Everything that the choice needs; nothing here raises for the state of one run."""
    labels = _labels(context, choice.runs)
    shown = tuple(
        _run(context, id, slot, labels[slot], choice) for slot, id in enumerate(choice.runs)
    )
    return Seen(
        _drawable(choice, shown),
        shown,
        {"cards": _cards(choice, shown), "states": stamp(context, choice.runs)},
    )


def _drawable(choice: Choice, shown: tuple[Shown, ...]) -> Choice:
    """`choice`, with linear heights where the values have no range of logarithms: losses below 0,
    or all of them 0.
    """
    parts = [part for one in shown if one.subject is not None for part in values(one, choice)]
    return choice if logarithmic(parts) else replace(choice, heights="linear")


def grounds(choice: Choice) -> tuple[str, ...]:
    """The stored values that are drawn as ground: of a line those of train and test data, of a
    plane the one chosen.
    """
    what = choice.value.partition("_")[2]
    return (f"train_{what}", f"test_{what}") if choice.kind == "line" else (choice.value,)


def values(one: Shown, choice: Choice) -> list[np.ndarray]:
    """All that is drawn as a height: the ground (of a line both curves), and the snapshots."""
    arrays, subject = one.surface.arrays, one.subject
    assert subject is not None
    return [
        *(np.asarray(arrays[name]) for name in grounds(choice)),
        subject.values(choice.value, arrays["rows"]),
    ]


def _cards(choice: Choice, shown: tuple[Shown, ...]) -> str:
    parts = [
        (
            one.id,
            one.state,
            one.problem,
            one.stale,
            one.left,
            one.ended,
            one.stored and (one.stored.path, one.stored.created),
        )
        for one in shown
    ]
    return hashlib.sha256(repr((choice.kind, parts)).encode()).hexdigest()[:16]


def _labels(context: Context, runs: tuple[str, ...]) -> list[str]:
    """Regimes where they tell the runs apart, else ids."""
    entries = [context.board.find(id) for id in runs]
    regimes = [entry.summary.regime if entry is not None else "" for entry in entries]
    apart = len(set(regimes)) == len(regimes) > 1 and all(regime in REGIMES for regime in regimes)
    return [REGIMES[regime].label for regime in regimes] if apart else list(runs)


def _run(context: Context, id: str, slot: int, label: str, choice: Choice) -> Shown:
    entry = context.board.find(id)
    job = entry.job if entry is not None and entry.job.state in AT_WORK else None
    try:
        run = RunFolder.open(context.runs, id)
        stored = _stored(run, choice)
        subject, left = (None, 0) if stored is None else _subject(context, run, stored, slot, label)
    except (LandscapeError, OSError) as error:
        return Shown(id, label, slot, "unusable", problem=str(error), job=job)
    return Shown(
        id,
        label,
        slot,
        _state(run, job, ready=stored is not None),
        subject=subject,
        stored=stored,
        job=job,
        stale=stored is not None and stored.inputs != run.digest(),
        left=left,
        ended="" if stored is not None or entry is None else _ended(entry.job),
    )


def _state(run: RunFolder, job: JobState | None, *, ready: bool) -> State:
    if not run.finished:
        return "sampling"
    if job is not None:
        return "working"
    if GIVEN in (run.spec.data, run.spec.network):
        return "foreign"
    return "ready" if ready else "missing"


def _stored(run: RunFolder, choice: Choice) -> Result | None:
    """The surface with the points and extent that are asked for, else the newest of its kind."""
    wanted = {"points": choice.points, "extent": choice.extent}
    exact = {name: value for name, value in wanted.items() if value is not None}
    found = usable_results.find(run.path, "surface", kind=choice.kind, **exact) if exact else None
    return found or usable_results.find(run.path, "surface", kind=choice.kind)


def _subject(
    context: Context, run: RunFolder, stored: Result, slot: int, label: str
) -> tuple[Subject, int]:
    """(the run with its surface, how many projected snapshots have no sound file now)."""
    columns = _columns(context, run)
    arrays = dict(stored.arrays)
    kept = look_up(columns["row"], arrays["rows"])
    arrays |= {name: arrays[name][kept.there] for name in ("rows", "coordinates", "residual")}
    subject = Subject(
        run.id, label, slot, run.spec.epochs, columns, {"surface": Given(arrays, stored.meta)}
    )
    return subject, kept.missing


def _columns(context: Context, run: RunFolder) -> Mapping[str, Any]:
    key = f"columns {run.path} {run.digest()} {run.damaged()}"  # as Explore keeps them
    found: Mapping[str, Any] | None = context.cache.get(key)
    if found is None:
        found = dict(snapshots.read(run).columns)
        context.cache.set(key, found)
    return found


def _ended(job: JobState) -> str:
    """What the last job on the run said if it was a surface's and came to nothing."""
    return (
        job.message or f"it was {job.state}."
        if job.state in ENDED and job.command == "surface"
        else ""
    )
