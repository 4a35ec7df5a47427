"""The queue of jobs, without a daemon: one job per machine and runs folder computes, in the order
of their start.

A waiting job holds the lock of its own ticket. It may take the slot when no earlier ticket is
locked. A ticket of a dead job is not locked, and the next job that sees it removes it.
"""

from __future__ import annotations

import os
import platform
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from landscape_app.jobs import status
from landscape_app.store import lock, names
from landscape_app.store.files import storing

FOLDER = "_slots"
POLL = 0.1  # s


@contextmanager
def slot(runs: Path, check: Callable[[], None]) -> Iterator[None]:
    """Wait for this machine's slot in `runs` and hold it during the block. Calls `check` while
    waiting, which may raise.
    """
    folder = Path(runs) / FOLDER
    with storing(folder):
        names.make_folder(folder)
    held = None
    with _ticket(folder) as ticket:
        while True:
            check()
            if _first(folder, ticket) and (held := lock.take(folder / f"{machine()}.lock")):
                break
            time.sleep(POLL)
    try:
        yield
    finally:
        held.release()


def machine() -> str:
    """This machine's name, as a part of a file name."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", platform.node()) or "machine"


@contextmanager
def _ticket(folder: Path) -> Iterator[Path]:
    """A place in the queue, ordered by the time of launch."""
    since = int(os.environ.get(status.LAUNCHED) or time.time_ns())
    path = folder / f"{machine()}-{since:020d}-{secrets.token_hex(4)}.ticket"
    hidden = path.with_name("." + path.name)
    held = lock.take(hidden)
    with storing(path):
        names.rename(hidden, path)  # seen only once it is held, or it would be swept
    try:
        yield path
    finally:
        names.remove(path)
        if held is not None:
            held.release()


def _first(folder: Path, ticket: Path) -> bool:
    """Whether no running job waits with an earlier ticket."""
    for name in names.listed(folder):
        if not (name.startswith(f"{machine()}-") and name.endswith(".ticket")):
            continue
        if name == ticket.name:
            return True
        if lock.holder(folder / name) is not None:
            return False
        with suppress(OSError):  # something else of that name stays, and holds nobody up
            names.remove(folder / name)
    return True
