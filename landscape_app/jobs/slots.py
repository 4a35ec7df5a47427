"""The queue of jobs, without a daemon: one job per machine and runs folder computes, in the order
of their launch.

The order is that of numbers, which launchers draw one after the other: a clock can be set back. A
waiting job holds the lock of its own ticket. It may take the slot when no earlier ticket is
locked. A ticket of a dead job is not locked, and the next job that sees it removes it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import platform
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from landscape_app.jobs import status
from landscape_app.store import lock, names, opening
from landscape_app.store.files import storing
from landscape_app.store.folder import STUDIES, is_id

log = logging.getLogger("landscape")

FOLDER = "_slots"
POLL = 0.1  # s
PLACE = "LANDSCAPE_PLACE"  # environment of a launched job: the number that its launcher drew
DIGITS = 20  # of a number, also in the name of a ticket
LARGEST = 10 ** (DIGITS - 1)  # a larger one was not drawn here


@contextmanager
def slot(runs: Path, check: Callable[[], None]) -> Iterator[None]:
    """Wait for this machine's slot in `runs` and hold it during the block. Calls `check` while
    waiting, which may raise. Says in the log which job is waited for.
    """
    number = int(os.environ.get(PLACE) or draw(runs))
    folder, held = _folder(runs), None
    place, told = folder / f"{machine()}.lock", None
    with _ticket(folder, number) as ticket:
        while True:
            check()
            if _first(folder, ticket) and (held := lock.take(place)):
                break
            pid = lock.holder(place)
            if pid not in (told, None):
                log.info("waits for %s, which is at work", _at_work(runs, pid) or "another job")
                told = pid
            time.sleep(POLL)
    try:
        yield
    finally:
        held.release()


def machine() -> str:
    """This machine's name, as a part of a file name."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", platform.node()) or "machine"


def draw(runs: Path) -> int:
    """The next number of this machine's queue in `runs`: greater than all that were drawn and all
    that wait. Raises StorageError.
    """
    folder = _folder(runs)
    path = folder / f"{machine()}.sequence"
    with storing(path):
        handle = opening.regular(path, os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            last = os.pread(handle, DIGITS, 0)
            seen = [int(name.split("-")[-2]) for name in names.listed(folder) if _waits(name)]
            seen.append(int(last) if last.isdigit() else 0)
            number = max((before for before in seen if before < LARGEST), default=0) + 1
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(number).encode(), 0)
        finally:
            os.close(handle)
    return number


def _folder(runs: Path) -> Path:
    folder = Path(runs) / FOLDER
    with storing(folder):
        names.make_folder(folder)
    return folder


def _waits(name: str) -> bool:
    """Whether `name` is that of a ticket of this machine."""
    form = rf"{re.escape(machine())}-[0-9]{{{DIGITS}}}-[0-9a-z]+\.ticket"
    return re.fullmatch(form, name) is not None


@contextmanager
def _ticket(folder: Path, number: int) -> Iterator[Path]:
    """A place in the queue, ordered by `number`."""
    path = folder / f"{machine()}-{number:0{DIGITS}d}-{secrets.token_hex(4)}.ticket"
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
        if not _waits(name):
            continue
        if name == ticket.name:
            return True
        if lock.holder(folder / name) is not None:
            return False
        with suppress(OSError):  # something else of that name stays, and holds nobody up
            names.remove(folder / name)
    return True


def _at_work(runs: Path, pid: int | None) -> str:
    """The run or study that the job with this pid works on, "" where that is not known."""
    for parent in (Path(runs) / STUDIES, Path(runs)):
        with suppress(OSError):
            for name in filter(is_id, names.listed(parent)):
                last = status.read(parent / name)
                if last.pid == pid and last.state in status.LIVE:
                    return name
    return ""
