"""The process between a launcher and its job. It starts the job in a session of its own, reports
whether this worked, and ends. So a program that kills the descendants of the launcher does not
reach the job. A child of it, also in a session of its own, waits for the end of the job and records
it: the signal or the exit code.

The job takes its run's lock before it becomes the command line. So of two launches one is refused
at once, and a failed start is noticed. This file is run by its path. It imports only the standard
library, and the modules that open files of a runs folder.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from pathlib import Path
from typing import Any

BUSY = 3  # exit code: someone holds the lock


def main() -> None:
    """argv[1] is {"lock", "status", "log", "text": {...}, "nice", "argv"}. Exit code: 0; BUSY; or 1
    with a line on standard error.
    """
    order = json.loads(sys.argv[1])
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.setsid()
        job = os.fork()
        if job:
            os.close(writing)
            _follow(order, job)
        try:
            _become(order, writing)
        except OSError as error:
            reason = error.strerror or str(error)
            os.write(
                writing,
                (
                    reason
                    if not error.filename or str(error.filename) in reason
                    else f"{error.filename}: {reason}"
                ).encode(),
            )
        finally:
            os._exit(1)
    os.close(writing)
    answer = os.read(reading, 4096).decode()
    if answer not in ("ok", "busy"):
        sys.stderr.write(answer)
        sys.stderr.flush()  # what comes next does not
    os._exit({"ok": 0, "busy": BUSY}.get(answer, 1))


def _become(order: dict[str, Any], writing: int) -> None:
    """Take the lock, report it, and become the job. The job keeps the lock because it keeps the
    descriptor.
    """
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from landscape_app.store import files, lock_word, opening

    os.setsid()
    lock = opening.regular(Path(order["lock"]), os.O_RDWR | os.O_CREAT)
    try:
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.write(writing, b"busy")
        return
    if lock_word.alive_elsewhere(lock) is not None:
        os.write(writing, b"busy")
        return
    lock_word.LockWord.own().write(lock)
    text = order["text"] | {"pid": os.getpid(), "host": lock_word.this_host()}
    files.replace_content(Path(order["status"]), files.to_json(text), durable=False)
    log = opening.regular(Path(order["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.set_inheritable(lock, True)
    os.environ["LANDSCAPE_LOCK"] = str(lock)
    os.nice(order["nice"])
    os.write(writing, b"ok")
    os.execv(order["argv"][0], order["argv"])


def _follow(order: dict[str, Any], job: int) -> None:
    """Wait for the job. If it wrote no last status, store how its process ended. Then end, even if
    that failed.
    """
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):  # the launcher waits for these to be closed
            os.dup2(nothing, stream)
        _, ended = os.waitpid(job, 0)
        sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
        from landscape_app.jobs import status

        folder = Path(order["status"]).parent
        job_status = status.read(folder)
        if job_status.pid == job and job_status.state in status.LIVE:
            status.note_end(folder, job_status, os.waitstatus_to_exitcode(ended))
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
