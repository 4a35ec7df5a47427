"""The folders of a quickstart: a study of three runs of digits, one for each regime."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landscape_app.errors import LandscapeError
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store import names
from landscape_app.store.folder import STUDIES, taken
from landscape_app.store.run import RunFolder
from landscape_app.store.study import QUICKSTART, REGIMES, StudyFolder, quickstart_runs


def own_id(runs: Path) -> str:
    """The id of the first quickstart in `runs`, which may not exist yet: quickstart, or
    quickstart-2, … where another run or study has that name.
    """
    number = 1
    while _is_other(runs, id := _numbered(number)):
        number += 1
    return id


def free_id(runs: Path) -> str:
    """An id for one more quickstart."""
    number = 1
    while taken(runs, id := _numbered(number)):
        number += 1
    return id


def make(runs: Path, id: str, changes: Mapping[str, Any] | None = None) -> StudyFolder:
    """The quickstart `id` with its three runs. Missing runs are created, also after a crash. An
    existing study keeps its runs.

    changes: settings that differ from the defaults. Raises RunDamagedError, StorageError.
    """
    there = names.exists(runs / STUDIES / id)
    members = StudyFolder.open(runs, id).runs if there else quickstart_runs(id)
    for member, regime in zip(quickstart_runs(id), REGIMES, strict=True):
        if member in members and not names.exists(runs / member, trusted=runs):
            RunFolder.create(runs, member, parse(RunSpec, {"regime": regime, **(changes or {})}))
    if there:
        return StudyFolder.open(runs, id)
    return StudyFolder.create(runs, id, members, AnalysisSpec(), made_by="quickstart")


def _numbered(number: int) -> str:
    return QUICKSTART if number == 1 else f"{QUICKSTART}-{number}"


def _is_other(runs: Path, id: str) -> bool:
    """Whether this id belongs to a run or study that is not a quickstart. A study that cannot be
    read counts as a quickstart, and opening it reports what is wrong.
    """
    if not names.exists(runs / STUDIES / id):
        return names.exists(runs / id, trusted=runs)
    try:
        return StudyFolder.open(runs, id).made_by != "quickstart"
    except LandscapeError:
        return False
