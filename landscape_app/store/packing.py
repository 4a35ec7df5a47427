"""A run, or a study with its runs, as one archive: the list of its files, and the bytes.

The archive has the files that the journal names at one moment, so a job may be at work. It does not
have the state of jobs (status, lock, log), nor what can be written again (a study's tables and
page).
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from landscape_app.errors import ArchiveError
from landscape_app.store import (
    archive,
    derived,
    files,
    folder,
    journal,
    names,
    opening,
    shared_data,
)
from landscape_app.store.archive import Manifest
from landscape_app.store.journal import Journal, Line
from landscape_app.store.run import HEAD, RunFolder
from landscape_app.store.sample_digest import JOURNAL
from landscape_app.store.sources import needs
from landscape_app.store.study import HEAD as STUDY_HEAD
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import GRID

PIECE = 2**20  # bytes that are read and written at once
TRIES = 5  # where a job replaces a file while it is read


class ChangedError(ArchiveError):
    """A file was replaced after it was listed and before it was read."""


@dataclass(frozen=True)
class PackedFile:
    """A file of the archive: its path, or its bytes; and the SHA-256 that it must have."""

    place: Path | bytes
    sha256: str | None = None


PackedFiles = dict[str, PackedFile]


@dataclass(frozen=True)
class PackingList:
    """The content of an archive. `sources`: the files by their names in the manifest.

    `left`: damaged files that are not packed. `needs`: what the settings of the runs name outside
    their folders. `data`: bytes of the data and checkpoints stored beside the runs, packed or not.
    """

    manifest: Manifest
    sources: PackedFiles = field(repr=False)
    left: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    data: int = 0

    def content(self) -> Iterator[bytes]:
        """The bytes of the archive, piece by piece. Raises ChangedError."""
        encoded = self.manifest.encoded()
        yield (
            archive.header(archive.MANIFEST, len(encoded))
            + encoded
            + bytes(-len(encoded) % archive.BLOCK)
        )
        for name, size, sha256 in self.manifest.files:
            yield archive.header(name, size)
            yield from _checked(self.sources[name].place, name, size, sha256)
            yield bytes(-size % archive.BLOCK)
        yield archive.END


def packing_list(
    runs: Path, id: str, *, data: bool = False, results_only: bool = False
) -> PackingList:
    """The content of the archive of the run or study `id`; with `data`, also the data and
    checkpoints stored for it. With `results_only`, a study without its runs.

    Reads every file once. Raises RunMissingError, RunDamagedError, SchemaError; ArchiveError where
    `results_only` is asked of a run.
    """
    runs = Path(runs)
    if results_only:
        return _results_only(runs, id)
    if folder.is_id(id) and names.is_folder(runs / folder.STUDIES / id):
        study = StudyFolder.open(runs, id)
        sources, left = _of_study(study)
        ids, kind = list(dict.fromkeys(study.runs)), "study"
    else:
        sources, left, ids, kind = PackedFiles(), list[str](), [id], "run"
    members = [_at_this_moment(runs, member) for member in ids]
    for run, lines in members:
        packed, missing = _of_run(run, lines)
        sources |= packed
        left += missing
    along = {name: source for run, _ in members for name, source in _data(run)}
    if data:
        sources |= along
    listed = [(name, *_facts(source)) for name, source in sorted(sources.items())]
    return PackingList(
        Manifest(kind="study" if kind == "study" else "run", id=id, runs=ids, files=listed),
        sources,
        left=tuple(left),
        needs=tuple(dict.fromkeys(word for run, _ in members for word in needs(run))),
        data=sum(_facts(source)[0] for source in along.values()),
    )


def _results_only(runs: Path, id: str) -> PackingList:
    if not (folder.is_id(id) and names.is_folder(runs / folder.STUDIES / id)):
        folder.place(runs, id, "run")  # which raises where there is nothing at all
        raise ArchiveError(f"{id} is a run. Results without their runs are those of a study.")
    sources, left = _of_study(StudyFolder.open(runs, id))
    listed = [(name, *_facts(source)) for name, source in sorted(sources.items())]
    manifest = Manifest(kind="study", id=id, runs=[], files=listed, results_only=True)
    return PackingList(manifest, sources, left=tuple(left))


def write(
    runs: Path, id: str, target: Path, *, data: bool = False, results_only: bool = False
) -> PackingList:
    """Write the archive of `id` to the file `target`. The file appears at once, and no other file
    is replaced.

    Raises ArchiveError where another file exists, StorageError, and as `packing_list`.
    """
    target = Path(target)
    for attempt in range(TRIES):
        try:
            listing = packing_list(runs, id, data=data, results_only=results_only)
            _write(listing, target)
            return listing
        except ChangedError:
            if attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _write(listing: PackingList, target: Path) -> None:
    with files.storing(target, own=True):
        if target.exists() and not target.is_file():
            raise ArchiveError(f"{target} is no file. Give the name of a new file to --archive.")
        waiting = target.with_name(f".{target.name[:200]}.{secrets.token_hex(8)}{files.TEMPORARY}")
        try:
            handle = os.open(
                waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666
            )
            try:
                for piece in listing.content():
                    files.write_all(handle, piece)
                os.fsync(handle)
            finally:
                os.close(handle)
            _place(waiting, target)
        finally:
            with suppress(OSError):
                waiting.unlink(missing_ok=True)
        files.sync_folder(target.parent, trusted=target.parent)


def _place(waiting: Path, target: Path) -> None:
    """Rename `waiting` to `target`. A file with the same bytes may exist; any other file is not
    touched.
    """
    try:
        os.link(waiting, target)
        return
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        if not target.exists():
            waiting.rename(target)
            return
    if target.stat().st_size != waiting.stat().st_size or files.digest(
        target, own=True
    ) != files.digest(waiting, own=True):
        raise ArchiveError(
            f"{target} exists already and holds something else. Give another name, or delete it"
            " first."
        )


def _at_this_moment(runs: Path, id: str) -> tuple[RunFolder, bytes]:
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


def _of_run(run: RunFolder, lines: bytes) -> tuple[PackedFiles, list[str]]:
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


def _of_study(study: StudyFolder) -> tuple[PackedFiles, list[str]]:
    base = f"{folder.STUDIES}/{study.id}"
    sources = {f"{base}/{STUDY_HEAD}": PackedFile(_bytes(study.path / STUDY_HEAD, files.SMALL))}
    with suppress(FileNotFoundError):
        sources[f"{base}/{GRID}"] = PackedFile(_bytes(study.path / GRID, archive.LARGEST_GRID))
    results, missing = _derived(study.path, base)
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


def _data(run: RunFolder) -> Iterator[tuple[str, PackedFile]]:
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


def _facts(source: PackedFile) -> tuple[int, str]:
    """(bytes, SHA-256) of a file. Raises ChangedError where they differ from what was read
    before.
    """
    if isinstance(source.place, bytes):
        return len(source.place), hashlib.sha256(source.place).hexdigest()
    stamp, sha256 = files.stamp(source.place), files.digest(source.place)
    if stamp is None or sha256 is None or source.sha256 not in (None, sha256):
        raise ChangedError(f"{source.place} was replaced meanwhile. Try again.")
    return stamp[1], sha256


def _checked(source: Path | bytes, name: str, size: int, sha256: str) -> Iterator[bytes]:
    """The bytes of a file, compared with the manifest. Raises ChangedError where they differ."""
    hasher, rest = hashlib.sha256(), size
    try:
        with (
            io.BytesIO(source)
            if isinstance(source, bytes)
            else os.fdopen(opening.regular(source), "rb")
        ) as file:
            while rest and (piece := file.read(min(PIECE, rest))):
                hasher.update(piece)
                rest -= len(piece)
                yield piece
    except OSError:
        rest = 1  # gone, or something else by now
    if rest or hasher.hexdigest() != sha256:
        raise ChangedError(f"{name} was changed while it was read. Try again.")
