"""This user's own folder of the program: keys, and what the web server stores between two clicks.

It contains nothing from a runs folder, and it is not inside one. Only this user can read or write
it.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

import platformdirs

from landscape_app.errors import StorageError

VARIABLE = "LANDSCAPE_STATE"  # environment: another place for the folder
KEY_BYTES = 32


def folder() -> Path:
    """The state folder, made if it is missing, with mode 0700. Raises StorageError where others
    have access to it.
    """
    return private(_place())


def private(path: Path) -> Path:
    """`path` as a folder that only this user can enter, made if it is missing. Raises StorageError
    where this is not possible.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.lstat()
        wrong = _fault(status)
        if wrong is None and stat.S_IMODE(status.st_mode) & 0o077:
            path.chmod(0o700)
    except OSError as error:
        raise StorageError(
            f"The state folder {path} cannot be used: {error.strerror or error}. Set {VARIABLE} to"
            " another place."
        ) from error
    if wrong is not None:
        raise StorageError(
            f"The state folder {path} cannot be used: {wrong}. Set {VARIABLE} to another place."
        )
    return path


def apart_from(runs: Path) -> None:
    """Raise StorageError where the state folder is inside the folder `runs`, or `runs` inside it:
    the content of `runs` may come from a stranger.
    """
    state, other = _place().resolve(), Path(runs).resolve()
    if state.is_relative_to(other) or other.is_relative_to(state):
        raise StorageError(
            f"The state folder {state} and the runs folder {other} must not contain each other,"
            " because a runs folder may contain files of other people. Give another runs folder,"
            f" or set {VARIABLE} to a folder outside it."
        )


def key(name: str) -> bytes:
    """The secret called `name`: KEY_BYTES random bytes, made at its first use. Raises
    StorageError.
    """
    path = folder() / f"{name}.key"
    try:
        secret = _read(path)
        if secret is None:
            _make(path)
            secret = _read(path)
    except OSError as error:
        raise StorageError(f"The key {path} cannot be used: {error.strerror or error}.") from error
    if secret is None or len(secret) != KEY_BYTES:
        raise StorageError(
            f"The key {path} is damaged. Delete it; Folders that it signed are then not trusted"
            " here."
        )
    return secret


def _place() -> Path:
    given = os.environ.get(VARIABLE)
    return (
        Path(given).absolute()
        if given
        else platformdirs.user_state_path("landscape", appauthor=False)
    )


def _fault(status: os.stat_result) -> str | None:
    if not stat.S_ISDIR(status.st_mode):
        return "it is a link or a file"
    if hasattr(os, "getuid") and status.st_uid != os.getuid():
        return "it belongs to another user"
    return None


def _read(path: Path) -> bytes | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read(KEY_BYTES + 1)


def _make(path: Path) -> None:
    """Make the file; it appears at once with its content. If two processes make it at the same
    time, both read the same key.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first
            os.link(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
