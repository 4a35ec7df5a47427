"""What the jobs of these tests run instead of the command line: small real work in a session, in ways that jobs behave."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from pathlib import Path

from landscape_app.errors import Cancelled
from landscape_app.jobs.session import session


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
    """The command line's own process, not a launched job's, in a call that Python's handlers of signals have to wait for."""
    from landscape_app.jobs import live

    live.own_process()
    os.environ.pop("LANDSCAPE_LAUNCHED", None)
    stubborn(folder)


def deaf(folder: Path) -> None:
    """A session in a process of its own accord, that neither looks for a cancel nor heeds a SIGTERM."""
    import signal

    from landscape_app.jobs import live

    live.BEAT = 100.0
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


WORK = {
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
