"""The stored table of a study, and when anything is stored of the study."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from landscape_app.errors import LandscapeError, RunDamagedError
from landscape_app.records.study_table import StudyTable
from landscape_app.store import derived, names


def stored_table(folder: Path) -> tuple[StudyTable | None, str | None]:
    """(the study's newest table, its digest), None where there is none. Raises RunDamagedError
    where it cannot be read.
    """
    advice = "Resume the study to compute it again."
    result = derived.find(folder, "table")
    if result is None:
        tables = (place for place in derived.places(folder) if place.name.startswith("table-"))
        if (left := next(tables, None)) is not None:
            raise RunDamagedError(f"The table in {left} cannot be read. {advice}")
        return None, None
    try:
        return StudyTable.from_stored(result.arrays, result.meta), result.inputs
    except (KeyError, TypeError, ValueError, LandscapeError, OSError) as error:
        raise RunDamagedError(
            f"The table in {result.path} cannot be read: {error}. {advice}"
        ) from error


def times(path: Path) -> Any:
    """Of a folder of results and of those in it: a result that is replaced changes its own folder's
    time.
    """
    return names.times(path.parent, [path.name]), names.times(path)
