"""Starting the process of a job on an existing folder. It is a command line, and not a child of
this process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from landscape_app import imports
from landscape_app.errors import RunLockedError, RunMissingError, StorageError
from landscape_app.jobs import slots, status, supervisor
from landscape_app.jobs.request import JobRequest
from landscape_app.store import lock, names
from landscape_app.store.folder import STUDIES

NICE = 10  # the page stays quick while a job computes
# One thread each: on networks this small two are several times slower than one.
THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
# the log has what was said last, also where the interpreter crashes
IN_FULL = {"PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1"}


def launch(
    folder: Path,
    argv: Sequence[str],
    *,
    asked: JobRequest | None = None,
    threads: int = 1,
    module: str = "landscape_app",
) -> None:
    """Start `python -m module ARGV` as the job of the run or study in `folder`; returns when the
    job has the folder's lock.

    asked: the request, stored in status.json until the job itself writes there. The job's output
    goes to log.txt. Raises RunLockedError if another program works there, RunMissingError,
    StorageError.
    """
    folder = Path(folder).absolute()
    if not names.is_folder(folder):
        raise RunMissingError(f"{folder} is not there (any more).")
    place = str(slots.draw(folder.parents[1] if folder.parent.name == STUDIES else folder.parent))
    order = _order(folder, [sys.executable, "-m", module, *argv], asked)
    limits = dict.fromkeys(THREADS, str(threads))
    environment = os.environ | imports.environment() | limits | IN_FULL
    answer = subprocess.run(
        [sys.executable, "-I", "-S", str(Path(supervisor.__file__)), json.dumps(order)],
        env=environment | {status.LAUNCHED: str(time.time_ns()), slots.PLACE: place},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )
    _check_started(folder, answer)


def _check_started(folder: Path, answer: subprocess.CompletedProcess[str]) -> None:
    """Raise RunLockedError or StorageError if the supervisor did not start the job."""
    if answer.returncode == supervisor.BUSY:
        who = lock.described(folder / lock.NAME)
        raise RunLockedError(f"'{folder.name}' is in use by {who} already.")
    if answer.returncode != 0:
        raise StorageError(
            f"No job could be started in {folder}: {answer.stderr.strip() or 'see its log.txt'}."
        )


def _order(folder: Path, argv: Sequence[str], asked: JobRequest | None) -> dict[str, Any]:
    """The instructions for the supervisor: the paths of the job's files, its first status, its
    command.
    """
    now = time.time()
    text = {
        "state": "queued",
        **({} if asked is None else asked.stored),
        "queued": now,
        "before": status.spent(folder, "" if asked is None else asked.command),
        "updated": now,
        "phase": "starting",
        "phases": [],
    }
    return {
        "lock": str(folder / lock.NAME),
        "status": str(folder / status.NAME),
        "log": str(folder / status.LOG),
        "text": text,
        "nice": NICE,
        "argv": list(argv),
    }
