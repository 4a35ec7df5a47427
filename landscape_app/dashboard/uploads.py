"""An archive that comes from a browser: received in pieces, one archive at a time, and imported by
a process of its own.

A piece is an ordinary request, so a slow browser holds no thread, nothing is ever in memory as a
whole, and no request needs a larger body than others. What has arrived is in the user's state
folder, under a name that says how much is to come.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from landscape_app import imports, user_state
from landscape_app.dashboard import server_state
from landscape_app.errors import ArchiveError, LandscapeError, StorageError
from landscape_app.jobs.process import THREADS
from landscape_app.store import commands, unpacking
from landscape_app.store import folder as folder_of_runs
from landscape_app.store.files import storing, write_all

LARGEST = 512 * 2**20  # bytes of an archive that is taken from a browser
SILENT = 30.0  # s without a piece after which an upload is over and another may begin
PATIENCE = 900.0  # s that an import may take
PART = re.compile(r"([0-9a-f]{32})-([0-9]{1,10})\.tar")


class BusyError(LandscapeError):
    """Another archive is being uploaded."""


class TooLargeError(LandscapeError):
    """The archive is larger than a browser may send."""


@dataclass(frozen=True)
class Upload:
    """What is on its way: `size` bytes in all, those that are there in the file `path`."""

    token: str
    size: int
    path: Path


def begin(runs: Path, size: int) -> str:
    """The token of a new upload (size: bytes). Raises TooLargeError, BusyError, StorageError."""
    if size > LARGEST:
        raise TooLargeError(
            f"The archive has {-(-size // 2**20):,} MiB; a browser may send {LARGEST // 2**20}. Use"
            f" the command: landscape import FILE{commands.at(runs)}"
        )
    if size <= 0:
        raise ArchiveError("The file is empty.")
    if runs.is_dir() and not folder_of_runs.permits(runs, os.W_OK):  # before anything is sent
        raise StorageError(f"The folder {runs} is read-only. Nothing can be imported into it.")
    with _folder(runs) as folder:
        for upload in _uploads(folder):
            if _living(upload):
                raise BusyError(
                    "Another archive is being imported. Try again when that is done, or in half a"
                    " minute."
                )
            upload.path.unlink(missing_ok=True)
        token = secrets.token_hex(16)
        with storing(folder):
            handle = os.open(
                folder / f"{token}-{size}.tar",
                os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC,
                0o600,
            )
            os.close(handle)
        return token


def sweep(runs: Path) -> None:
    """Remove what has arrived of archives whose browser, or server, has gone."""
    with _folder(runs) as folder:
        for upload in _uploads(folder):
            if not _living(upload):
                upload.path.unlink(missing_ok=True)


def append(runs: Path, token: str, at: int, piece: bytes) -> int:
    """Add the bytes that begin at `at`; returns how many are there. Raises ArchiveError."""
    with _folder(runs) as folder:
        upload = _find(folder, token)
        there = upload.path.stat().st_size
        if at != there or there + len(piece) > upload.size:
            raise ArchiveError(
                f"The bytes from {at:,} on do not follow the {there:,} of {upload.size:,} that are"
                " there. Begin again."
            )
        try:
            with storing(upload.path):
                handle = os.open(
                    upload.path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
                )
                try:
                    write_all(handle, piece)
                finally:
                    os.close(handle)
        except LandscapeError:
            upload.path.unlink(missing_ok=True)
            raise
        return there + len(piece)


def drop(runs: Path, token: str) -> None:
    """Forget an upload; nothing where it is none, or is being imported."""
    with _folder(runs) as folder, suppress(ArchiveError):
        upload = _find(folder, token)
        if not _locked(upload.path):
            upload.path.unlink(missing_ok=True)


def take(runs: Path, token: str) -> unpacking.Imported:
    """Import what has arrived in a process of its own, and remove it. Raises ArchiveError."""
    with _folder(runs) as folder:
        upload = _find(folder, token)
        handle = os.open(upload.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            # it is at work: dropped with this process, however that ends
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise BusyError("This archive is being imported already.") from error
    try:
        return _imported(runs, upload.path)
    finally:
        upload.path.unlink(missing_ok=True)
        os.close(handle)


def _imported(runs: Path, path: Path) -> unpacking.Imported:
    command = [sys.executable, "-m", "landscape_app", "import", str(path)]
    command += ["--runs", str(runs), "--json"]
    try:
        ended = subprocess.run(
            command,
            env=os.environ | imports.environment() | dict.fromkeys(THREADS, "1"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ArchiveError(
            "The import took too long and was stopped. Use the command: landscape import"
            f" FILE{commands.at(runs)}"
        ) from error
    if ended.returncode != 0:
        raise ArchiveError(_refusal(ended.stderr).replace(str(path), "The archive"))
    answer: dict[str, Any] = json.loads(ended.stdout)
    names = (field.name for field in fields(unpacking.Imported))
    return unpacking.Imported(**{name: _hashable(answer[name]) for name in names})


def _refusal(errors: str) -> str:
    """The last words of the command among what it wrote."""
    lines = [line for line in errors.splitlines() if line.startswith("landscape: ")]
    if not lines:
        return "The import ended without a message."
    return lines[-1].removeprefix("landscape: ")


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@contextmanager
def _folder(runs: Path) -> Iterator[Path]:
    """The folder of the uploads into `runs`, locked for the length of a block."""
    folder = user_state.private(server_state.folder(runs) / "uploads")
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(handle)


def _uploads(folder: Path) -> list[Upload]:
    files = ((PART.fullmatch(path.name), path) for path in folder.iterdir())
    return [Upload(match[1], int(match[2]), path) for match, path in files if match]


def _find(folder: Path, token: str) -> Upload:
    upload = next((upload for upload in _uploads(folder) if upload.token == token), None)
    if upload is None:
        raise ArchiveError(
            "This upload does not exist. Maybe it paused for too long. Start it again."
        )
    return upload


def _living(upload: Upload) -> bool:
    """Whether pieces of it have come lately, or it is being imported."""
    return time.time() - upload.path.stat().st_mtime < SILENT or _locked(upload.path)


def _locked(path: Path) -> bool:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
