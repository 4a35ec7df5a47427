"""What joins the compared runs: the study that gave them one t, the settings it compares by, and
the job at work on it or on them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.errors import LandscapeError
from landscape_app.jobs.state import AT_WORK, JobState
from landscape_app.protocol import SETTINGS
from landscape_app.store import damage, derived
from landscape_app.store.study import StudyFolder

ENDED = ("failed", "interrupted")


def study(
    context: Context, runs: tuple[str, ...], distance: str
) -> tuple[BoardEntry | None, derived.Result | None]:
    """The study that compares just these runs, else the newest that holds them all; and the t it
    gave them in this distance.

    A study that has a t in this distance comes before one that has none yet, which comes before one
    that was never analysed.
    """
    if len(runs) < 2:
        return None, None
    holding = [
        entry for entry in context.board.entries() if entry.runs and set(runs) <= set(entry.runs)
    ]
    analysed = None
    # entries are newest first, and sorting keeps that
    for entry in sorted(holding, key=lambda entry: len(entry.runs)):
        shared = derived.find(entry.path, "shared", distance=distance)
        if shared is not None:
            return entry, shared
        if analysed is None and derived.all(entry.path, "shared"):
            analysed = entry
    return analysed or next(
        (entry for entry in holding if entry.live), holding[0] if holding else None
    ), None


def analysis(context: Context, joined: BoardEntry | None, choice: ExploreChoice) -> dict[str, Any]:
    """The settings by which more is computed of the same snapshots: all but the distance and the
    methods, which are what is more.
    """
    try:
        if joined is not None:
            return StudyFolder.open(context.runs, joined.id).analysis.model_dump(
                exclude={"distance", "methods"}
            )
        alone = context.board.find(choice.runs[0]) if len(choice.runs) == 1 else None
        if alone is not None:
            return _analysed(alone.path, choice.view.graph)
    except LandscapeError:
        pass
    return {}


def _analysed(run: Path, distance: str) -> dict[str, Any]:
    """Of a run alone: what its newest diagrams were made by, and their t where it is one of this
    distance.
    """
    sublevel = derived.find(run, "sublevel", distance=distance)
    given = {name: _newest(run, name) for name in SETTINGS}
    given |= {"sublevel": sublevel.parameters} if sublevel is not None else {}
    return {
        setting: given[result][name]
        for result, settings in SETTINGS.items()
        for name, setting in settings.items()
        if given[result].get(name) is not None and (setting != "t" or sublevel is not None)
    }


def _newest(run: Path, name: str) -> dict[str, Any]:
    return next((result.parameters for result in derived.all(run, name)), {})


def jobs(
    context: Context, joined: BoardEntry | None, runs: tuple[str, ...]
) -> tuple[JobState | None, str]:
    """(the job at work on the study, or on a run alone; which job was its last and how that ended,
    if badly, else empty).
    """
    entry = joined
    if entry is None and len(runs) == 1:
        entry = context.board.find(runs[0])
    if entry is None:
        return None, ""
    job = entry.job
    ended = f"{job.words}{f': {job.message}' if job.message else '.'}"
    return job if entry.live else None, ended if job.state in ENDED else ""


def token(context: Context, runs: tuple[str, ...]) -> str:
    """A short word for all that is said of these runs: equal words, equal pictures. Reads no
    arrays.
    """
    folders = [(context.board.find(id), context.runs / id) for id in runs]
    held = [
        (path.name, damage.mark(path), entry and (entry.summary.problem, *_doing(entry.job)))
        for entry, path in folders
    ]
    pictures = [context.pictures.stamp(str(path)) for _, path in folders]
    studies = [
        (entry.id, damage.mark(entry.path), *_doing(entry.job))
        for entry in context.board.entries()
        if set(runs) <= set(entry.runs)
    ]
    return hashlib.sha256(repr((held, pictures, studies)).encode()).hexdigest()[:16]


def _doing(job: JobState) -> tuple[object, ...]:
    if job.state in AT_WORK:
        return job.state, job.phase, job.done
    return job.state, job.command, job.message
