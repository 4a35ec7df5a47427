"""Folders that have an id as name. A folder appears together with its first file, which holds the
version of its schema.
"""

from __future__ import annotations

import errno
import fnmatch
import os
import re
import secrets
import stat
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from landscape_app.errors import (
    RunDamagedError,
    RunExistsError,
    RunMissingError,
    SchemaError,
    SpecError,
    StorageError,
)
from landscape_app.store import files, names, opening
from landscape_app.store.files import storing, to_json, write_atomic
from landscape_app.store.seal import sealed, sound

SCHEMA = 2  # of spec.json, study.json, the journal, stored results and the names of tensors
# schemas of folders that are opened; an older one is brought to SCHEMA by the first job at work on
# it
READ = (1, SCHEMA)
STUDIES = "_studies"
LATEST = 253_402_300_800  # s: the year 10000, from which no calendar tells
LONGEST_ID = 64  # letters
LONGEST_NAME = 255  # bytes of a name, in nearly every file system
SHOWN = 80  # letters of a path in a message about its length
ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
MARKS = (
    "spec.json",
    "study.json",
    "journal.jsonl",
    "run.lock",
    "status.json",
    "chunks",
    "anchor.safetensors",
    "derived",
)


def is_id(id: str) -> bool:
    """Whether `id` can name a run or study."""
    return ID.fullmatch(id) is not None


def place(parent: Path, id: str, kind: str) -> Path:
    """The existing folder of `id` in `parent`. Raises RunMissingError: no such id, no such folder,
    or a link; RunDamagedError: the folder cannot be read.
    """
    if not is_id(id):
        raise RunMissingError(
            f"'{id}' is no {kind}'s id: ids have small letters, digits, '.', '-' and '_', at"
            " most 64."
        )
    check_runs(parent)
    path, runs = parent / id, parent.parent if parent.name == STUDIES else parent
    try:
        status = names.lstat(path, trusted=runs)
    except OSError as error:
        raise RunDamagedError(f"{path} cannot be read: {error.strerror or error}.") from error
    if status is not None and stat.S_ISLNK(status.st_mode):
        raise RunMissingError(
            f"{path} is a link. Links in a runs folder are not followed. Replace the link by its"
            " target."
        )
    there = status is not None and stat.S_ISDIR(status.st_mode)
    if not there and kind == "run" and names.is_folder(parent / STUDIES / id):
        raise RunMissingError(
            f"'{id}' is a study in {parent}, not a run. Name one of its runs; landscape list --runs"
            f" {parent} shows them."
        )
    if not there:
        raise RunMissingError(f"There is no {kind} called '{id}' in {parent}.")
    return path


def check_runs(runs: Path) -> None:
    """Raise StorageError where `runs` is not a folder for runs and cannot become one: a file, a
    link to nothing, a run, or a name that no file system accepts.
    """
    try:
        wrong = _no_folder(runs)
    except OSError as error:
        longest = max(len(os.fsencode(part)) for part in runs.parts)
        size = (
            f" ({longest} bytes; a name can have {LONGEST_NAME})"
            if error.errno == errno.ENAMETOOLONG
            else ""
        )
        shown = str(runs) if len(str(runs)) <= SHOWN else f"{str(runs)[:SHOWN]}…"
        wrong = f"{shown} cannot be a folder: {error.strerror or error}{size}."
    if wrong:
        raise StorageError(f"{wrong} Give a folder for the runs.")


def _no_folder(runs: Path) -> str:
    """Why `runs` cannot be a folder for runs; "" if it can. Raises OSError where this cannot be
    determined.
    """
    if any(len(os.fsencode(part)) > LONGEST_NAME for part in runs.parts):
        # also where its parent is not there yet
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
    if (runs / "spec.json").is_file() and (runs / "chunks").is_dir():
        return f"{runs} is itself a run. Its runs folder is {runs.absolute().parent}."
    if runs.is_dir():
        return ""
    for part in (runs, *runs.parents):
        if part.is_symlink() and not part.exists():
            return f"{part} is a link to nothing: {part.readlink()} is not there."
        if part.exists():
            return (
                ""
                if part.is_dir()
                else (
                    f"{part} is a"
                    f" file{'' if part == runs else ', so there can be no folder in it'}."
                )
            )
    return ""


def permits(runs: Path, what: int) -> bool:
    """Whether the folder `runs` is there and permits `what`: os.R_OK to list runs, os.W_OK to make
    some.
    """
    try:
        with opening.entered(runs, trusted=runs) as handle:
            return os.access(".", what, dir_fd=handle)
    except OSError:
        return False


def make_runs(runs: Path) -> None:
    """Make the folder that holds the runs, and its parents, all durable. Raises OSError."""
    made = [path for path in (runs, *runs.parents) if not path.exists()]
    runs.mkdir(parents=True, exist_ok=True)
    for path in dict.fromkeys(folder.absolute().parent for folder in (runs, *made)):
        # a folder above that may be passed through, but not looked into
        with suppress(PermissionError):
            files.sync_folder(path, trusted=path)


def looks_like_one(path: Path) -> bool:
    """Whether the folder is a run or study, intact or not, or an empty folder that reserves an id.
    Other folders are never touched.
    """
    there = names.listed(path)
    return not there or not set(there).isdisjoint(MARKS)


def taken(runs: Path, id: str) -> bool:
    """Whether anything in `runs`, or a study in it, has this name."""
    return any(names.exists(base / id, trusted=runs) for base in (runs, runs / STUDIES))


def _check_id(kind: str, id: str) -> None:
    if not is_id(id):
        raise SpecError(
            f"A {kind} cannot be called '{id}': use small letters, digits, '.', '-' and '_', at"
            " most 64."
        )


def _fill(fresh: Path, runs: Path, folders: Sequence[str], files: Mapping[str, bytes]) -> None:
    """Make the new folder `fresh` with its folders and files, all but the first one."""
    names.make_folder(fresh, trusted=runs, exist_ok=False)
    for name in folders:
        names.make_folder(fresh / name)
    for name, content in files.items():
        write_atomic(fresh / name, content)


def make(
    runs: Path,
    parent: Path,
    id: str,
    kind: str,
    head: str,
    content: Mapping[str, Any],
    folders: Sequence[str] = (),
    beside: Mapping[str, bytes] | None = None,
) -> float:
    """Make the folder of `id` with the JSON file `head`. Returns the time of its creation. If two
    processes try, exactly one succeeds.

    beside: {name: content} of files that appear with it. Raises SpecError for an invalid id,
    RunExistsError, StorageError.
    """
    _check_id(kind, id)
    check_runs(runs)
    with storing(parent):
        _check_free(runs, id)
    created = time.time()
    with storing(parent):
        make_runs(runs)
        if parent != runs:
            names.make_folder(parent, trusted=runs)
            files.sync_folder(runs, trusted=runs)
        fresh = parent / f".new-{secrets.token_hex(8)}"
        try:
            _fill(fresh, runs, folders, beside or {})
            write_head(fresh / head, {"created": created, **content})
            # fails where someone else's folder, which has its first file, has come meanwhile
            names.rename(fresh, parent / id, trusted=runs)
        except OSError as error:
            names.remove_all(fresh, trusted=runs)
            if names.exists(parent / id, trusted=runs):
                raise _exists(id, parent) from error
            raise
        files.sync_folder(parent, trusted=runs)
    return created


def _check_free(runs: Path, id: str) -> None:
    """Raise RunExistsError where a run or study has this id."""
    for path in (runs / id, runs / STUDIES / id):
        if names.exists(path, trusted=runs):
            raise _exists(id, path.parent)


def _exists(id: str, parent: Path) -> RunExistsError:
    return RunExistsError(f"'{id}' exists already in {parent}. Choose another name, or delete it.")


def write_head(path: Path, content: Mapping[str, Any]) -> None:
    """Write the first JSON file of a folder, in the present schema and with its checksum. Raises
    StorageError.
    """
    write_atomic(path, to_json(sealed({**content, "schema": SCHEMA}), indent=1) + b"\n")


def read_head(path: Path, head: str, kind: str) -> dict[str, Any]:
    """The content of the first JSON file of a folder. Raises RunDamagedError, or SchemaError if
    another version wrote it.

    `check_head` checks whether it has changed since it was written.
    """
    damaged = f"{path / head} is damaged. Delete the {kind}, or put the file back from a copy."
    try:
        content = files.read_json(path / head)
        schema, created = content["schema"], content["created"]
    except FileNotFoundError as error:
        raise RunDamagedError(
            f"The {kind} {path.name} has no {head}. Delete it, or put the file back from a copy."
        ) from error
    except OSError as error:
        raise RunDamagedError(
            f"{path / head} cannot be read: {error.strerror or error}."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise RunDamagedError(damaged) from error
    if type(schema) is not int or type(created) not in (int, float) or not 0 <= created < LATEST:
        raise RunDamagedError(damaged)
    if schema not in READ:
        age = "a newer" if schema > SCHEMA else "an older"
        raise SchemaError(
            f"The {kind} {path.name} was written by {age} version (schema {schema}); this one reads"
            f" schema {SCHEMA}."
        )
    return dict(content)


def check_head(path: Path, head: str, kind: str, content: Mapping[str, Any]) -> None:
    """Raise RunDamagedError where `content`, from `read_head`, has changed since it was written.
    Before schema 2 there was no checksum, so nothing is checked.
    """
    if content["schema"] > 1 and not sound(content):
        raise RunDamagedError(
            f"{path / head} was changed or damaged after it was written: its checksum is another."
            f" Put it back as it was, or delete the {kind}."
        )


def bring_head(path: Path, head: str, kind: str) -> None:
    """Write the first file of a folder of an older schema in the present schema, and remove what a
    crash left of an earlier attempt. The caller holds the folder's lock. Raises StorageError.
    """
    with storing(path):
        for left in fnmatch.filter(names.listed(path), f".{head}.*{files.TEMPORARY}"):
            names.remove(path / left)
    content = read_head(path, head, kind)
    if content["schema"] < SCHEMA:
        write_head(path / head, content)
