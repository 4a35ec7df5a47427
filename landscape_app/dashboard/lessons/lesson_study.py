"""The study of a lesson in a runs folder: the one that is there, or a new one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from landscape_app.dashboard.lessons.lesson import Lesson, lesson_of
from landscape_app.errors import LandscapeError, RunLockedError, StorageError
from landscape_app.jobs import launch
from landscape_app.jobs.state import AT_WORK, state
from landscape_app.store import catalogue, grids, notes
from landscape_app.store.folder import STUDIES, taken
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder

PREFIX = "lesson-"  # of the names of these studies


def existing(runs: Path, name: str) -> str | None:
    """The id of the study of the lesson `name`: a whole one if there is one, else the newest; None
    where no study has the lesson's settings.
    """
    lesson, stem = lesson_of(name), PREFIX + name
    studies = sorted(
        (study for study in catalogue.list_studies(runs) if study.id.startswith(stem)),
        key=lambda study: -(study.created or 0),
    )
    fitting = [
        study.id for study in studies if study.problem is None and _of(runs, lesson, study.id)
    ]
    return next((id for id in fitting if _whole(runs, id)), fitting[0] if fitting else None)


def start(runs: Path, name: str) -> str:
    """Start the study of the lesson `name`, or go on with the one that is there. Returns its id.
    Raises UnknownNameError, SpecError, StorageError, and what a resume raises.
    """
    lesson, there = lesson_of(name), existing(runs, name)
    if there is None:
        return _new(runs, name, lesson)
    if state(runs / STUDIES / there).state not in AT_WORK and not _whole(runs, there):
        with suppress(RunLockedError):  # another page was quicker
            launch.start_resume(runs, there)
    return there


def _new(runs: Path, name: str, lesson: Lesson) -> str:
    spec = lesson.study(_free(runs, lesson, PREFIX + name))
    launch.start_study(runs, spec)
    for id, value in zip(spec.runs, lesson.values, strict=True):
        with suppress(StorageError):  # a name less, no reason to stop
            notes.write(runs / id, label=lesson.label(value))
    return spec.name


def _free(runs: Path, lesson: Lesson, stem: str) -> str:
    """A name that no study and no run has, nor has any run of the study the name of another."""
    number, name = 1, stem
    while any(taken(runs, id) for id in (name, *lesson.study(name).runs)):
        number += 1
        name = f"{stem}-{number}"
    return name


def _of(runs: Path, lesson: Lesson, id: str) -> bool:
    """Whether the study has the settings of the lesson."""
    with suppress(LandscapeError):
        return grids.read(StudyFolder.open(runs, id)) == lesson.study(id)
    return False


def _whole(runs: Path, id: str) -> bool:
    """Whether every run of the study is sampled, and its last job came to its end."""
    if state(runs / STUDIES / id).state != "finished":
        return False
    with suppress(LandscapeError):
        members = StudyFolder.open(runs, id).runs
        return all(RunFolder.open(runs, run).finished for run in members)
    return False
