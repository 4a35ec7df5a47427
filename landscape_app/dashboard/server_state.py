"""What the servers of one runs folder share between two clicks: a cache of answers and a key, in
the user's state folder.

A runs folder may be somebody else's, so nothing of this lies in one, and nothing that is found in
one is taken for it. Each user has a folder of their own for every runs folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import logging
import os
import shutil
import sqlite3
import weakref
from pathlib import Path

from landscape_app import user_state
from landscape_app.dashboard.launch.answer_cache import AnswerCache
from landscape_app.errors import StorageError
from landscape_app.store.files import storing

log = logging.getLogger("landscape")
OLD = ".state"  # in runs folders, up to version 0.2


def folder(runs: Path) -> Path:
    """The folder of the servers of `runs`. Raises StorageError where one lies in the other."""
    user_state.apart_from(runs)
    return user_state.private(user_state.private(user_state.folder() / "servers") / name(runs))


def answers_folder(runs: Path) -> Path:
    """The folder of the cache that servers and launching processes of `runs` share."""
    return user_state.private(folder(runs) / "answers")


def signing_key(runs: Path) -> str:
    """One key for all servers of `runs`: an open page goes on after a restart."""
    return hmac.digest(user_state.key("page"), name(runs).encode(), "sha256").hex()


def answers(runs: Path) -> AnswerCache:
    """The cache that the servers of `runs` share: empty where none is at work yet, so that nothing
    is taken over from before.

    Raises StorageError.
    """
    place = folder(runs)
    with storing(place):
        making = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        using = os.open(
            place / "in-use",
            os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC,
            0o600,
        )
        try:
            fcntl.flock(making, fcntl.LOCK_EX)  # one server at a time looks whether it is the first
            if _first(using):
                _clear(place / "answers")
            cache = _opened(answers_folder(runs))
            fcntl.flock(using, fcntl.LOCK_SH)
        except BaseException:
            os.close(using)
            raise
        finally:
            os.close(making)
    weakref.finalize(cache, os.close, using)  # held for as long as the cache is
    return cache


def say_old(runs: Path) -> None:
    """Log that a state folder of version 0.2 lies in `runs`, if one does; it is not opened."""
    if os.path.lexists(runs / OLD):
        log.warning(
            "%s comes from an earlier version or another program. It is not used and can be"
            " deleted.",
            runs / OLD,
        )


def name(runs: Path) -> str:
    """A name for the folder `runs`, of letters and digits."""
    return hashlib.sha256(os.fsencode(runs.resolve())).hexdigest()[:32]


def _first(using: int) -> bool:
    try:
        fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _clear(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def _opened(path: Path) -> AnswerCache:
    try:
        return AnswerCache(path)
    except (sqlite3.Error, OSError, TypeError, ValueError) as error:
        raise StorageError(
            f"The cache in {path} cannot be used: {error}. End the servers of this runs folder, and"
            " start one again."
        ) from error
