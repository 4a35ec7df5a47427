"""What the child processes of these tests do. They come from a fork server, so that a test can
start and kill dozens of them.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from landscape_app.errors import RunLockedError
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.store import samples

CRASHED = 9  # exit code
OPERATIONS = (
    "open",
    "write",
    "fsync",
    "replace",
    "rename",
    "mkdir",
    "unlink",
    "ftruncate",
    "rmdir",
)


def context() -> Any:
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([__name__])
    return found


def commit_all(runs: str, id: str, acknowledged: Connection) -> None:
    """Resume: commit every chunk that is not there, telling of each as soon as it is committed."""
    run = RunFolder.open(Path(runs), id)
    with run.lock():
        there = {line["file"] for line in run.committed()}
        for epoch in range(run.spec.epochs + 1):
            if f"chunks/000-{epoch:05d}-{epoch:05d}.safetensors" not in there:
                acknowledged.send(samples.commit_chunk(run, [0, 1, 2, 3], epoch, epoch))
        if not run.finished:
            run.mark("finished")


def race(runs: str, id: str, link: Connection) -> None:
    """Try for the lock at each moment that is sent; say who won, and hold it until told to let
    go.
    """
    run = RunFolder.open(Path(runs), id)
    while True:
        link.send("ready")
        moment = link.recv()
        if moment is None:
            return
        while time.monotonic() < moment:
            pass
        try:
            with run.lock():
                link.send(None)
                link.recv()
        except RunLockedError as error:
            link.send(str(error))
            link.recv()


def changes(name: str, args: tuple[Any, ...]) -> bool:
    """Whether the call changes anything on the disk; to open a folder, or a file for reading, does
    not.
    """
    return name != "open" or bool(args[1] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def crash_at(n: int, work: str, runs: str) -> None:
    """Do `work`, and die without any clean-up right before the n-th file operation; a write is then
    half done.
    """
    count = 0

    def counted(call: Callable[..., Any], name: str) -> Callable[..., Any]:
        def wrapped(*args: Any, **options: Any) -> Any:
            nonlocal count
            if not changes(name, args):
                return call(*args, **options)
            count += 1
            if count == n:
                if name == "write":
                    call(args[0], bytes(args[1])[: len(args[1]) // 2])
                os._exit(CRASHED)
            return call(*args, **options)

        return wrapped

    for name in OPERATIONS:
        setattr(os, name, counted(getattr(os, name), name))
    WORK[work](Path(runs))
    os._exit(0)


def create(runs: Path) -> None:
    RunFolder.create(runs, "new", samples.spec())


def first_commit(runs: Path) -> None:
    samples.commit_chunk(RunFolder.open(runs, "run"), [0, 1], 0, 5, salt=0.25)


def anchor_again(runs: Path) -> None:
    RunFolder.open(runs, "run").commit(
        "anchor", samples.ANCHOR, samples.chunk(7, [0], 0, 0, salt=0.25)
    )


def derive(runs: Path) -> None:
    derived.write(
        runs / "run",
        "geometry",
        {"k": 1},
        {"rows": samples.anchor()["probe"] + 1},
        {"version": 2},
        "inputs",
    )


def recover(runs: Path) -> None:
    run = RunFolder.open(runs, "run")
    with run.lock():
        pass


def migrate(runs: Path) -> None:
    run = RunFolder.open(runs, "half")
    with run.lock():
        pass


def migrate_study(runs: Path) -> None:
    study = StudyFolder.open(runs, "compare-669d0dfe")
    with study.lock():
        pass


WORK: dict[str, Callable[[Path], None]] = {
    "create": create,
    "first_commit": first_commit,
    "anchor_again": anchor_again,
    "derive": derive,
    "recover": recover,
    "migrate": migrate,
    "migrate_study": migrate_study,
}
