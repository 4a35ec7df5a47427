"""The files of a run or study that an archive packs: those that the journal names at one moment."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from landscape_app.errors import ArchiveError
from landscape_app.store import archive, derived, files, folder, journal, shared_data, shown_results
from landscape_app.store.journal import Journal, Line
from landscape_app.store.run import HEAD, RunFolder
from landscape_app.store.sample_digest import JOURNAL
from landscape_app.store.study import HEAD as STUDY_HEAD
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import GRID


class ChangedError(ArchiveError):
    """A file was replaced after it was listed and before it was read."""


@dataclass(frozen=True)
class PackedFile:
    """A file of the archive: its path, or its bytes; and the SHA-256 that it must have."""

    place: Path | bytes
    sha256: str | None = None


PackedFiles = dict[str, PackedFile]


def at_this_moment(runs: Path, id: str) -> tuple[RunFolder, bytes]:
    """(the run with the present lines of its journal, whatever is committed later; the valid bytes
    of that journal).
    """
    run = RunFolder.open(runs, id)
    content = b""
    with suppress(FileNotFoundError):
        content = _bytes(run.path / JOURNAL, journal.LARGEST)
    try:
        lines, end = journal.decode(content)
    except ValueError as error:
        raise ArchiveError(f"{run.path / JOURNAL} cannot be read: {error}.") from error
    return (
        dataclasses.replace(run, journal=_Moment(run.path / JOURNAL, tuple(lines))),
        content[:end],
    )


class _Moment(Journal):
    """A journal as it was read once."""

    def __init__(self, path: Path, lines: tuple[Line, ...]) -> None:
        super().__init__(path)
        self._lines = lines

    def lines(self) -> tuple[Line, ...]:
        return self._lines


def of_run(run: RunFolder, lines: bytes) -> tuple[PackedFiles, list[str]]:
    """(sources of the run's files, names of damaged files)."""
    sources = {f"{run.id}/{HEAD}": PackedFile(_bytes(run.path / HEAD, files.SMALL))}
    if lines:
        sources[f"{run.id}/{JOURNAL}"] = PackedFile(lines)
    inventory = run.inventory()
    left = [f"{run.id}/{file}" for file in inventory.damaged]
    for line in inventory.committed:
        file = str(line["file"])
        if file in inventory.places:
            place = inventory.places[file]
            sources[f"{run.id}/{file}"] = PackedFile(place, str(line["sha256"]))
    if left and RunFolder.open(run.path.parent, run.id).committed() != list(inventory.committed):
        # rather than call them damaged
        raise ChangedError(f"A job replaces files of {run.id}. Try again.")
    results, missing = _derived(run.path, run.id)
    return sources | results, left + missing


def of_study(study: StudyFolder, *, only_shown: bool = False) -> tuple[PackedFiles, list[str]]:
    """(sources of the study's files, names of damaged results). only_shown: of its results those
    that its pages show.
    """
    base = f"{folder.STUDIES}/{study.id}"
    sources = {f"{base}/{STUDY_HEAD}": PackedFile(_bytes(study.path / STUDY_HEAD, files.SMALL))}
    with suppress(FileNotFoundError):
        sources[f"{base}/{GRID}"] = PackedFile(_bytes(study.path / GRID, archive.LARGEST_GRID))
    results, missing = _derived(study.path, base)
    if only_shown:
        shown = shown_results.shown(study.path)
        results = {name: file for name, file in results.items() if name.split("/")[-2] in shown}
    return sources | results, missing


def _derived(path: Path, base: str) -> tuple[PackedFiles, list[str]]:
    """(sources of the intact stored results, names of the others)."""
    sources, left = PackedFiles(), list[str]()
    for place in derived.places(path):
        name = f"{base}/{derived.FOLDER}/{place.name}"
        before = files.digest(place / derived.RESULT)
        result = derived.whole(place)
        if result is None:
            left.append(name)
        else:
            sources[f"{name}/{derived.RESULT}"] = PackedFile(place / derived.RESULT, before)
            sources[f"{name}/{derived.ARRAYS}"] = PackedFile(place / derived.ARRAYS, result.sha256)
    return sources, left


def of_data(run: RunFolder) -> Iterator[tuple[str, PackedFile]]:
    """(name, source) of the data and checkpoints that are stored for the run."""
    for sha256, path in shared_data.sound(run):
        yield f"{shared_data.FOLDER}/{sha256}/{archive.DATA}", PackedFile(path, sha256)


def _bytes(path: Path, most: int) -> bytes:
    """The whole content of a small file. Raises FileNotFoundError if there is none, ArchiveError
    where it is not a regular small file.
    """
    try:
        return files.read_bytes(path, most=most)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror or error}.") from error
