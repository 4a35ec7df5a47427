"""The session of a job on a run or study: the lock, the slot, the heartbeat, and exactly one last
state.
"""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Any

from landscape_app.errors import Cancelled, first_line
from landscape_app.jobs.request import JobRequest
from landscape_app.jobs.session_progress import SessionProgress, ask_all, asked_seconds
from landscape_app.jobs.slots import slot as wait_for_slot
from landscape_app.records.pulse import listening
from landscape_app.store.folder import STUDIES
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder

STOP = (signal.SIGINT, signal.SIGTERM)
# s within which a signal is heard twice, by a thread and by Python's handler; one that comes later
# interrupts at once
ONE = 0.5

_heard = threading.Event()  # set where this process asks its sessions for a cancel at a signal


@contextmanager
def session(
    path: Path, *, slot: bool = True, asked: JobRequest | None = None, within: str = ""
) -> Iterator[SessionProgress]:
    """Work on the run or study in `path`; yields its Progress. However the block ends, this is
    written to status.json as the last state.

    slot=False: inside another session that already has the slot. asked: the request, so that the
    job can be repeated. within: the study whose session that is, where another process has it.
    Raises RunLockedError if another program works there; Cancelled soon after a cancel was asked
    for, at the latest at the next `advance` or `check`. SIGINT and SIGTERM also ask for a cancel.
    """
    path = Path(path).absolute()
    study = path.parent.name == STUDIES
    runs = path.parent.parent if study else path.parent
    folder = StudyFolder.open(runs, path.name) if study else RunFolder.open(runs, path.name)
    with folder.lock(), signals():
        live = SessionProgress(path, asked, nested=not slot, within=within)
        with live.listed(), _last_word(live):
            with live.beating(), wait_for_slot(runs, live.check) if slot else nullcontext():
                live.begin()
                with listening(live):
                    yield live


@contextmanager
def _last_word(live: SessionProgress) -> Iterator[None]:
    """Write how the block ended as the session's last status."""
    try:
        yield
    except (Cancelled, KeyboardInterrupt):
        live.end_stopped()
        raise
    except BaseException as error:
        live.end("failed", message=_message(error), trace=traceback.format_exc())
        raise
    else:
        live.end("finished")


def _message(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"Code that Landscape called ended the program (SystemExit: {first_line(error)})."
    return str(error) or type(error).__name__


def leave_signals() -> None:
    """Sessions of this process leave the signals alone from now on: it is stopped otherwise."""
    _heard.set()


@contextmanager
def signals() -> Iterator[None]:
    """SIGINT and SIGTERM ask for a cancel; a second signal interrupts at once. Outside the main
    thread, and inside such a block, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread() or _heard.is_set():
        yield
        return
    before: dict[int, Any] = {number: signal.signal(number, _asked) for number in STOP}
    _heard.set()
    try:
        with _heard_at_once():
            yield
    finally:
        _heard.clear()
        for number, handler in before.items():
            signal.signal(number, handler)


def _asked(number: int, frame: FrameType | None) -> None:
    if not ask_all() and asked_seconds() > ONE:
        raise KeyboardInterrupt


@contextmanager
def _heard_at_once() -> Iterator[None]:
    """A thread receives signals also while the main thread is in a long call of a library. Python's
    own handlers have to wait for the end of such a call.
    """
    receiving, sending = os.pipe()
    os.set_blocking(sending, False)
    before = signal.set_wakeup_fd(sending, warn_on_full_buffer=False)
    thread = threading.Thread(target=_hear, args=(receiving,), name="signals", daemon=True)
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(sending)
        thread.join()
        os.close(receiving)


def _hear(receiving: int) -> None:
    """Ask for a cancel at every signal whose number arrives, until the other end is closed."""
    while numbers := os.read(receiving, 64):
        if not set(STOP).isdisjoint(numbers):
            ask_all()
