"""What a stranger can put into a cache: code that runs when it is read, and orders to reach a file."""

from __future__ import annotations

import pickle
import sqlite3
from pathlib import Path
from typing import Any

LONG_AGO = 1.0


class Bomb:
    """Makes the file `path` where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def tamper(database: Path, fired: Path, victim: str) -> None:
    """All that a stranger can put into a cache: a trigger that pickles every new row, a pickled
    key, a row that names a file elsewhere.
    """
    bomb = pickle.dumps(Bomb(fired)).hex()
    with sqlite3.connect(database) as base:
        base.execute(
            "CREATE TRIGGER bomb AFTER INSERT ON Cache BEGIN UPDATE Cache SET mode = 4, value ="
            f" X'{bomb}' WHERE rowid = NEW.rowid; END"
        )
        insert = (
            "INSERT INTO Cache (key, raw, store_time, expire_time, access_time, mode, filename,"
            " value) VALUES (?, ?, 0, ?, 0, ?, ?, ?)"
        )
        base.execute("DROP TRIGGER IF EXISTS Settings_size_insert")
        base.execute(
            insert, (pickle.dumps(Bomb(fired)), 0, None, 4, None, pickle.dumps(Bomb(fired)))
        )
        base.execute(insert, ("file", 1, None, 4, victim, None))
        base.execute(insert, ("old", 1, LONG_AGO, 3, victim, None))
    base.close()


def order(database: Path, elsewhere: Path) -> None:
    """Settings in the database that diskcache would take as its own: an attribute, an argument, a
    PRAGMA.
    """
    with sqlite3.connect(database) as base:
        for name, value in {
            "_directory": str(elsewhere),
            "disk_min_file_size": 0,
            "disk_unknown": 1,
            "sqlite_user_version": 77,
        }.items():
            base.execute("INSERT OR REPLACE INTO Settings VALUES (?, ?)", (name, value))
    base.close()


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
