"""The dashboard's own folder inside the runs folder: launch answers and the signing key. It can be deleted at any time."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from landscape_app.errors import StorageError

NAME = ".state"


def open_state(runs: Path) -> Path:
    """The state folder of `runs` (both are made where missing), readable by this user only; StorageError if that cannot be."""
    folder = runs / NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        probe = folder / f"writable-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StorageError(
            f"The runs folder {runs} cannot be written ({error.strerror or error}). Give another with --runs, or change its permissions."
        ) from error
    return folder


def signing_key(state: Path) -> str:
    """A random key, made once: a page that is open goes on after a restart, and several servers of one folder agree."""
    file = state / "key"
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip() or _renewed(file)
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_hex(32))
    return file.read_text()


def _renewed(file: Path) -> str:
    file.write_text(secrets.token_hex(32))
    return file.read_text()
