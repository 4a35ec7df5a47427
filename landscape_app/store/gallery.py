"""Results of studies that the program brings along, and how they come into a runs folder: as any
archive does, with all its checks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from landscape_app import study_presets
from landscape_app.errors import ArchiveError, LandscapeError, UnknownNameError
from landscape_app.store import folder, unpacking
from landscape_app.store.unpacking import Imported

NOTHING = "No results of studies ship with this version."


@dataclass(frozen=True)
class ShippedStudy:
    """A study whose results ship. about: what it is, in words. networks: None where it has no spec.
    size: bytes of the archive. there: whether the runs folder has something of that name.
    """

    name: str
    about: str
    networks: int | None
    size: int
    there: bool


def shipped(runs: Path) -> list[ShippedStudy]:
    """Every study whose results ship, as it stands in `runs`, sorted by name."""
    return [
        ShippedStudy(name, *_told(name), path.stat().st_size, folder.taken(runs, name))
        for name, path in study_presets.results().items()
    ]


def check(names: Iterable[str]) -> None:
    """Raise UnknownNameError for the first name of no study whose results ship, ArchiveError where
    none ship at all.
    """
    known = study_presets.results()
    for name in names:
        if not known:
            raise ArchiveError(NOTHING)
        if name not in known:
            raise UnknownNameError("shipped study", name, known)


def put(runs: Path, name: str) -> Imported:
    """Import the results of the study `name` into `runs`. Raises as `check`, and as
    `unpacking.unpack`.
    """
    check([name])
    return unpacking.unpack(study_presets.results()[name], runs)


def _told(name: str) -> tuple[str, int | None]:
    try:
        return study_presets.about(name), len(study_presets.spec(name).ids)
    except LandscapeError:
        return "", None
