"""Unpacks an archive into a run, or a study with its runs. It is first checked in a hidden folder,
and then appears as a whole or not at all.

Nothing in an archive is trusted. Its length, names, order, sizes and hashes are compared with its
manifest before or while a byte is written. The files are compared with the journals before their
folder gets its name. No code and no path in the archive is used.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from landscape_app.errors import (
    ArchiveError,
    RunExistsError,
    SpecError,
)
from landscape_app.store import (
    archive,
    archive_check,
    files,
    folder,
    import_stage,
    names,
    opening,
    shared_data,
)
from landscape_app.store.archive import BLOCK, Manifest, padded
from landscape_app.store.archive_source import Readable, exactly, opened
from landscape_app.store.committed_files import CHUNKS
from landscape_app.store.run import RunFolder

SHOWN = 4  # names in one sentence
LARGEST_GIB = 1e6
MOST_GIB = 16.0  # of an archive, unless it is said otherwise
PIECE = 2**20  # bytes that are read and written at once


@dataclass(frozen=True)
class Imported:
    """What was imported: the ids in the runs folder. `there`: ids that existed before with the same
    content.

    `left`: files that a journal names and the archive does not have. `needs`: what the settings of
    the runs name outside their folders.
    """

    kind: str
    id: str
    runs: tuple[str, ...]
    there: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    data: int = 0


def unpack(
    source: Path, runs: Path, *, id: str | None = None, most_gib: float = MOST_GIB
) -> Imported:
    """Import the archive in the file `source` into `runs`; the run gets the name `id` if one is
    given.

    `source` may also be the folder of a run or study elsewhere. Raises ArchiveError where the
    archive is not valid, RunExistsError where an id belongs to another run or study, SchemaError,
    StorageError where the disk has no room. Then nothing is imported. A killed import leaves a
    hidden folder, which a later import removes.
    """
    runs = Path(runs)
    folder.check_runs(runs)
    if not 0 < most_gib <= LARGEST_GIB:
        raise SpecError(
            f"--max-gib must be above 0 and at most {LARGEST_GIB:,.0f}, not {most_gib}."
        )
    with opened(Path(source)) as (file, size), _said_of(Path(source)):
        if size > most_gib * 2**30:
            raise ArchiveError(
                f"It has {size / 2**30:,.1f} GiB; at most {most_gib:g} are taken. Allow more by"
                " --max-gib."
            )
        manifest = _manifest(file, size)
        _check_id(manifest, id)
        there = _there_already(runs, manifest, id)
        import_stage.check_room(runs, manifest)
        with import_stage.stage(runs) as stage:
            _unpack(file, manifest, stage)
            left, needs = archive_check.check(stage, manifest)
            _place(runs, stage, manifest, id, there)
    data = sum(
        size for name, size, _ in manifest.files if name.startswith(f"{shared_data.FOLDER}/")
    )
    name = id or manifest.id
    members = [name] if manifest.kind == "run" else manifest.runs
    known = {name if member == manifest.id else member for member in there}
    return Imported(manifest.kind, name, tuple(members), tuple(sorted(known)), left, needs, data)


def words(imported: Imported) -> list[str]:
    """What was imported, in sentences."""
    new = [
        name for name in dict.fromkeys([*imported.runs, imported.id]) if name not in imported.there
    ]
    lines = (
        [f"Imported: {', '.join(new)}."]
        if new
        else [f"{imported.id} is there already, with the same content."]
    )
    if new and imported.there:
        lines.append(f"There already, with the same content: {', '.join(imported.there)}.")
    if imported.left:
        files, are = (
            ("1 file was", "is")
            if len(imported.left) == 1
            else (f"{len(imported.left)} files were", "are")
        )
        lines.append(
            f"{files} damaged in the original run and {are} not in the archive:"
            f" {', '.join(imported.left[:SHOWN])}."
        )
    if imported.data:
        lines.append(f"Data and checkpoint were in the archive: {archive.told(imported.data)}.")
    if imported.needs:
        lines.append(
            f"Its settings name {', '.join(imported.needs[:SHOWN])}. No code and no file outside"
            " its folder is used before --trust."
        )
    return lines


@contextmanager
def _said_of(source: Path) -> Iterator[None]:
    """Add the name of the archive to every error of the block."""
    try:
        yield
    except ArchiveError as error:
        raise ArchiveError(f"{source} was not imported. {error}") from error


def _manifest(file: Readable, size: int) -> Manifest:
    length = archive.size_of_manifest(exactly(file, BLOCK))
    content = exactly(file, padded(length))
    if any(content[length:]):
        raise ArchiveError("There are bytes between its files.")
    manifest = archive.decode(content[:length])
    if manifest.size != size:
        what = "cut" if size < manifest.size else "followed by something else"
        raise ArchiveError(
            f"It is {what}: its manifest names {manifest.size:,} bytes, it has {size:,}. Get it"
            " again."
        )
    return manifest


def _check_id(manifest: Manifest, id: str | None) -> None:
    if id is None:
        return
    if not folder.is_id(id):
        raise SpecError(
            f"A run cannot be called '{id}': use small letters, digits, '.', '-' and '_', at"
            " most 64."
        )
    if manifest.kind == "study":
        raise SpecError(
            "--id names a run. A study and its runs keep their names: import it into another folder"
            " by --runs."
        )


def _there_already(runs: Path, manifest: Manifest, id: str | None) -> set[str]:
    """The ids that exist in `runs` with everything that the archive holds of them. Raises
    RunExistsError where such an id has another content.
    """
    places = {member: (member, runs / (id or member)) for member in manifest.runs}
    if manifest.kind == "study":
        places[manifest.id] = (
            f"{folder.STUDIES}/{manifest.id}",
            runs / folder.STUDIES / manifest.id,
        )
    held = manifest.by_folder()
    there, others = set[str](), list[str]()
    for name, (base, path) in places.items():
        if not folder.taken(runs, path.name):
            continue
        if names.is_folder(path, trusted=runs) and all(
            _same(path / inner, *facts) for inner, facts in held[base].items()
        ):
            there.add(name)
        else:
            others.append(path.name)
    if others:
        rename = " under another name by --id NAME, or" if manifest.kind == "run" else ""
        raise RunExistsError(
            f"{', '.join(others[:4])} exists already in {runs}, with other content. Import"
            f" it{rename} into another folder by --runs."
        )
    return there


def _same(path: Path, size: int, sha256: str) -> bool:
    stamp = files.stamp(path)
    return stamp is not None and stamp[1] == size and files.digest(path) == sha256


def _unpack(file: Readable, manifest: Manifest, stage: Path) -> None:
    """Write every file under its name in the stage, and compare its hash."""
    folders = {
        stage,
        *(stage / member for member in manifest.runs),
        *(stage / member / CHUNKS for member in manifest.runs),
    }
    with files.storing(stage):
        for path in sorted(folders - {stage}):
            names.make_folder(path)
    for name, size, sha256 in manifest.files:
        block = exactly(file, BLOCK)
        if block != archive.header(name, size):
            raise ArchiveError(
                f"Where its manifest says {name}, there is {archive.what_it_is(block)}."
            )
        target = stage / name
        with files.storing(target):
            if target.parent not in folders:
                above = [
                    target.parent,
                    *(parent for parent in target.parent.parents if parent.is_relative_to(stage)),
                ]
                for path in reversed([path for path in above if path not in folders]):
                    names.make_folder(path)
                folders |= set(above)
            _copy(file, target, name, size, sha256)
    if exactly(file, len(archive.END)) != archive.END or file.read(1):
        raise ArchiveError("It does not end where its last file does.")
    with files.storing(stage):
        for path in folders:
            files.sync_folder(path)


def _copy(file: Readable, target: Path, name: str, size: int, sha256: str) -> None:
    hasher, rest = hashlib.sha256(), size
    handle = opening.regular(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        while rest:
            piece = exactly(file, min(PIECE, rest))
            hasher.update(piece)
            files.write_all(handle, piece)
            rest -= len(piece)
        os.fsync(handle)
    finally:
        os.close(handle)
    if hasher.hexdigest() != sha256:
        raise ArchiveError(
            f"{name} is damaged in it: its SHA-256 is not that of the manifest. Get it again."
        )
    if any(exactly(file, -size % BLOCK)):
        raise ArchiveError("There are bytes between its files.")


def _place(runs: Path, stage: Path, manifest: Manifest, id: str | None, there: set[str]) -> None:
    """Give everything its final name: first the data, then the runs, each at once, and last the
    study, which needs them.
    """
    along = {name.partition("/")[0] for name in manifest.by_folder().get(shared_data.FOLDER, {})}
    for member in manifest.runs if along else ():
        _keep_data(runs, stage, RunFolder.open(stage, member), along)
    with files.storing(runs):
        for member in manifest.runs:
            if member not in there:
                _rename(stage / member, runs / (id or member), runs)
        if manifest.kind == "study" and manifest.id not in there:
            names.make_folder(runs / folder.STUDIES)
            _rename(stage / folder.STUDIES / manifest.id, runs / folder.STUDIES / manifest.id, runs)
            files.sync_folder(runs / folder.STUDIES)
        files.sync_folder(runs, trusted=runs)


def _rename(path: Path, target: Path, runs: Path) -> None:
    trusted = runs if target.parent == runs else None
    try:
        names.rename(path, target, trusted=trusted)
    except OSError as error:
        if names.exists(target, trusted=trusted):
            raise RunExistsError(
                f"'{target.name}' has come into {target.parent} meanwhile. Import again, under"
                " another name."
            ) from error
        raise


def _keep_data(runs: Path, stage: Path, run: RunFolder, along: set[str]) -> None:
    """Store the data and checkpoint of the run that came `along`, under the names that the run
    records.
    """
    for sha256, name in shared_data.called(run):
        path = stage / shared_data.FOLDER / sha256 / archive.DATA
        if sha256 in along:
            shared_data.put(runs, sha256, name, files.read_bytes(path, most=2 * shared_data.MOST))
