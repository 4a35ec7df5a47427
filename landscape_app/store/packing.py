"""A run, or a study with its runs, as one archive: the list of its files, and the bytes.

The archive has the files that the journal names at one moment, so a job may be at work. It does not
have the state of jobs (status, lock, log), nor what can be written again (a study's tables and
page).
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from landscape_app.errors import ArchiveError
from landscape_app.store import archive, files, folder, names, opening, zipped_archive
from landscape_app.store.archive import Manifest
from landscape_app.store.packed_files import (
    ChangedError,
    PackedFile,
    PackedFiles,
    at_this_moment,
    of_data,
    of_run,
    of_study,
)
from landscape_app.store.sources import needs
from landscape_app.store.study import StudyFolder

PIECE = 2**20  # bytes that are read and written at once
TRIES = 5  # where a job replaces a file while it is read


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
        sources, left = of_study(study)
        ids, kind = list(dict.fromkeys(study.runs)), "study"
    else:
        sources, left, ids, kind = PackedFiles(), list[str](), [id], "run"
    members = [at_this_moment(runs, member) for member in ids]
    for run, lines in members:
        packed, missing = of_run(run, lines)
        sources |= packed
        left += missing
    along = {name: source for run, _ in members for name, source in of_data(run)}
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
    sources, left = of_study(StudyFolder.open(runs, id), only_shown=True)
    listed = [(name, *_facts(source)) for name, source in sorted(sources.items())]
    manifest = Manifest(kind="study", id=id, runs=[], files=listed, results_only=True)
    return PackingList(manifest, sources, left=tuple(left))


def write(
    runs: Path, id: str, target: Path, *, data: bool = False, results_only: bool = False
) -> PackingList:
    """Write the archive of `id` to the file `target`, as a zip file where its name says so. The
    file appears at once, and no other file is replaced.

    Raises ArchiveError where another file exists, or a zip file would hold runs; StorageError, and
    as `packing_list`.
    """
    target = Path(target)
    if target.suffix == zipped_archive.SUFFIX and not results_only:
        raise ArchiveError(
            "Only results without their runs are put into a zip file. Give a name that ends with"
            " .tar."
        )
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
                for piece in _written(listing, target):
                    files.write_all(handle, piece)
                os.fsync(handle)
            finally:
                os.close(handle)
            _place(waiting, target)
        finally:
            with suppress(OSError):
                waiting.unlink(missing_ok=True)
        files.sync_folder(target.parent, trusted=target.parent)


def _written(listing: PackingList, target: Path) -> Iterator[bytes]:
    """The bytes of the file `target`, piece by piece."""
    if target.suffix == zipped_archive.SUFFIX:
        yield zipped_archive.zipped(listing.manifest.id, b"".join(listing.content()))
    else:
        yield from listing.content()


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
