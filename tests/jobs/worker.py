"""What the jobs of these tests run instead of the command line: small real work in a session, in
ways that jobs behave.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path

from landscape_app.errors import Cancelled
from landscape_app.jobs import status
from landscape_app.jobs.request import JobRequest
from landscape_app.jobs.session import session
from landscape_app.settings import AnalysisSpec
from landscape_app.store import files


def steps(folder: Path, count: int, seconds: float) -> None:
    """`count` steps of `seconds` each, in one phase."""
    with session(folder) as progress:
        progress.phase("sampling", count, "steps")
        for _ in range(count):
            time.sleep(seconds)
            progress.advance()


def stubborn(folder: Path) -> None:
    """A step of a minute that no signal can interrupt, as a decomposition of a large matrix is."""
    with session(folder) as progress:
        progress.phase("embedding")
        hashlib.pbkdf2_hmac("sha256", b"", b"", 10**8)


def in_a_long_call(folder: Path) -> None:
    """The command line's own process, not a launched job's, in a call that Python's handlers of
    signals have to wait for.
    """
    from landscape_app.jobs import session_progress

    session_progress.own_process()
    os.environ.pop("LANDSCAPE_LAUNCHED", None)
    os.environ.pop("LANDSCAPE_PLACE", None)
    stubborn(folder)


def deaf(folder: Path) -> None:
    """A session in a process of its own accord, that neither looks for a cancel nor heeds a
    SIGTERM.
    """
    import signal

    from landscape_app.jobs import session_progress

    session_progress.BEAT = 100.0
    with session(folder):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)


def failing(folder: Path) -> None:
    """An error in the middle of a phase."""
    with session(folder) as progress:
        progress.phase("training", 10, "epochs")
        progress.advance(3)
        raise ZeroDivisionError("the loss is <b>0/0</b>")


def threads(folder: Path) -> None:
    """What a job was given: threads, priority, descriptors, session, parent."""
    import torch

    with session(folder):
        opened = [Path(f"/proc/self/fd/{name}").resolve() for name in os.listdir("/proc/self/fd")]  # noqa: PTH208
        found = {
            "threads": torch.get_num_threads(),
            "omp": os.environ["OMP_NUM_THREADS"],
            "nice": os.getpriority(os.PRIO_PROCESS, 0),
            "sockets": [str(path) for path in opened if "socket" in str(path)],
            "leader": os.getsid(0) == os.getpid(),
            "parent": os.getppid(),
        }
        (folder / "found.json").write_text(json.dumps(found))


def exiting(folder: Path, code: str) -> None:
    """Code of a person's own that ends the program."""
    with session(folder, asked=JobRequest("curvature")) as progress:
        progress.phase("trace", 2)
        sys.exit(int(code))


def leaving(folder: Path) -> None:
    """As `exiting`, without a word."""
    with session(folder, asked=JobRequest("curvature")) as progress:
        progress.phase("trace", 2)
        os._exit(0)


def crashing(folder: Path) -> None:
    """The interpreter itself dies."""
    import ctypes

    with session(folder, asked=JobRequest("curvature")) as progress:
        progress.phase("trace", 2)
        ctypes.string_at(0)


def out_of_memory(folder: Path) -> None:
    """Memory is refused."""
    with session(
        folder, asked=JobRequest("analyse", AnalysisSpec(k=7).model_dump(mode="json"))
    ) as progress:
        progress.phase("embedding", 2)
        raise MemoryError


def on_a_full_disk(folder: Path) -> None:
    """Neither a result nor a new status can be written."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with session(folder, asked=JobRequest("analyse")) as progress:
        progress.phase("embedding", 2)
        status.write = full
        os.fsync = full
        files.write_atomic(folder / "derived.json", b"{}")


def done_but_for_the_last_word(folder: Path) -> None:
    """Killed when all that was asked for is stored."""
    with session(folder, asked=JobRequest("verify")) as progress:
        progress.phase("checks", 1)
        progress.advance()
        os.kill(os.getpid(), signal.SIGKILL)


WORK = {
    "exiting": exiting,
    "leaving": leaving,
    "crashing": crashing,
    "out_of_memory": out_of_memory,
    "on_a_full_disk": on_a_full_disk,
    "done_but_for_the_last_word": done_but_for_the_last_word,
    "steps": lambda folder, count, seconds: steps(folder, int(count), float(seconds)),
    "stubborn": stubborn,
    "in_a_long_call": in_a_long_call,
    "deaf": deaf,
    "failing": failing,
    "threads": threads,
}


if __name__ == "__main__":
    try:
        WORK[sys.argv[2]](Path(sys.argv[1]), *sys.argv[3:])
    except Cancelled:
        sys.exit(130)
