"""The cache in which the answers of launches wait for the page: text in one database, which can run
no code and reach no file.

diskcache pickles what is no text, keeps large values in files that its rows name, and takes
settings from the database itself. None of that is wanted here: keys are text, values JSON in their
rows, and settings are those of this module. Whatever else a row holds, someone else put there: it
is treated as absent.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import diskcache
from diskcache.core import METADATA, MODE_RAW, UNKNOWN

from landscape_app.errors import StorageError
from landscape_app.store.files import from_json

MOST = 2**20  # characters of an answer; one is a few ids, or a sentence
# All of diskcache's settings, so that none is taken from the database. Not mapped into memory: a
# file cut short would end the server.
SETTINGS: dict[str, Any] = diskcache.DEFAULT_SETTINGS | {
    "size_limit": 16 * 2**20,
    "sqlite_mmap_size": 0,
    "sqlite_trusted_schema": 0,
}


class JsonDisk(diskcache.Disk):
    """Keys and values are text inside the row; nothing is unpickled, no file is touched."""

    def __init__(self, directory: str, **_settings: Any) -> None:
        super().__init__(directory)

    def put(self, key: Any) -> tuple[str, bool]:
        if type(key) is not str:
            raise TypeError(f"A key of the cache is text, not {type(key).__name__}.")
        return key, True

    def get(self, key: Any, raw: Any) -> str:
        if not raw or type(key) is not str:
            raise ValueError("The cache holds a key that is no text.")
        return key

    def store(self, value: Any, read: bool, key: Any = UNKNOWN) -> tuple[int, int, None, str]:
        text = json.dumps(value, allow_nan=False)
        if read or len(text) > MOST:
            raise TypeError(f"An answer is JSON of at most {MOST:,} characters.")
        return 0, MODE_RAW, None, text

    def fetch(self, mode: Any, filename: Any, value: Any, read: bool) -> Any:
        """The value of a row that `store` made. Raises OSError else: for diskcache, not there."""
        if (
            read
            or mode != MODE_RAW
            or filename is not None
            or type(value) is not str
            or len(value) > MOST
        ):
            raise OSError("not a row of this program")
        try:
            return from_json(value.encode())
        except ValueError as error:
            raise OSError("not JSON") from error

    def filename(self, key: Any = UNKNOWN, value: Any = UNKNOWN) -> tuple[str, str]:
        raise TypeError("No value of this cache is a file.")

    def remove(self, file_path: Any) -> None:
        """Nothing: no row of this program names a file, so one that does names somebody else's."""


class AnswerCache(diskcache.Cache):
    """The cache in `folder`, which must be this user's alone (user_state.private)."""

    def __init__(self, folder: Path | str) -> None:
        path = str(Path(folder))
        if os.path.expandvars(path) != path:  # diskcache would go elsewhere
            raise StorageError(
                f"The state folder {path} cannot be used: its name holds a '$'. Set LANDSCAPE_STATE"
                " to another place."
            )
        super().__init__(path, disk=JsonDisk, **SETTINGS)

    def reset(self, key: str, value: Any = diskcache.core.ENOVAL, update: bool = True) -> Any:
        """A setting of this module; one of the database would become a PRAGMA or an attribute."""
        if key in SETTINGS:
            return super().reset(key, SETTINGS[key], update)
        return super().reset(key, value, update) if key in METADATA else None
