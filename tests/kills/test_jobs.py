"""Law of kills (S1, S9): a job of the command line that is killed at any moment loses nothing, says
so, and ends as its twin when done again.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landscape_app.jobs import status
from landscape_app.jobs.state import state
from landscape_app.store import standing
from landscape_app.store.run import RunFolder
from tests.kills.server import Server
from tests.kills.twins import JOBS, Twin, Twins, held, hidden, placed

# of the default suite
FEW = [
    "run",
    "run",
    "study",
    "analyse",
    "curvature",
    "surface",
    "sample",
    "verify",
    "delete",
    "import",
    "delete",
]
TRIES = 8  # to hit a job while it lives: the machine may be quicker than it was for the twin


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    server = Server()
    yield Twins(tmp_path_factory.mktemp("kills"), server)
    server.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("job", "seed"), [pytest.param(job, seed, id=f"{job}-{seed}") for seed, job in enumerate(FEW)]
)
def test_ten_real_jobs(job: str, seed: int, twins: Twins) -> None:
    survives(job, seed, twins)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(100, 150))
def test_fifty_real_jobs(seed: int, twins: Twins) -> None:
    survives(list(JOBS)[seed % len(JOBS)], seed, twins)


def survives(job: str, seed: int, twins: Twins) -> None:
    """Kill a job at a random moment, look, do it again, and compare with what it comes to
    undisturbed.
    """
    twin, chance = twins.twin(job), random.Random(seed)
    runs = twins.base / f"{job}-{seed}"
    killed(twin, runs, chance, twins.server)
    before = {
        path.parent: acknowledged(path.parent)
        for path in runs.rglob("spec.json")
        if not hidden(path)
    }
    folder = runs / "_studies" / "tiny" if job == "study" else runs / "one"
    told(job, folder, runs, twin)
    if job == "delete":
        assert not folder.exists() or held(runs) == held(twin.begin), "gone at once, or as it was"
        if folder.exists():
            twins.do(twin.argv, runs)
    elif job == "import":
        if not folder.exists():
            twins.do(twin.argv, runs)
    else:
        again = (
            twin.argv if state(folder).state in ("idle", "finished") else ["resume", folder.name]
        )
        twins.do(again, runs)
        assert state(folder).state == "finished"
    for run, lines in before.items():
        assert job == "delete" or lines <= acknowledged(run), (
            "what was acknowledged is there, as it was"
        )
        assert job == "delete" or chunks_are_single(run)
    assert held(runs) == twin.end
    shutil.rmtree(runs)


def killed(twin: Twin, runs: Path, chance: random.Random, server: Server) -> None:
    """The job, from its beginning, killed with its whole process group while it lives."""
    seconds = twin.seconds
    for _ in range(TRIES):
        shutil.rmtree(runs, ignore_errors=True)
        shutil.copytree(twin.begin, runs)
        begun = time.monotonic()
        moment = begun + chance.uniform(0, seconds)
        pid = server.start(placed(twin.argv, runs), runs.with_suffix(".log"))
        while time.monotonic() < moment and os.path.exists(f"/proc/{pid}/cwd"):  # noqa: PTH110
            time.sleep(0.002)
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:  # it has no session of its own yet
            os.kill(pid, signal.SIGKILL)
        if server.ended(pid, block=True) == -signal.SIGKILL:
            return
        seconds = 0.7 * min(seconds, time.monotonic() - begun)
    pytest.fail("the job was over each time before it was killed")


def told(job: str, folder: Path, runs: Path, twin: Twin) -> None:
    """A job that had begun to speak is interrupted, or it had said its last word and all is there;
    what is sampled is as usable as before.
    """
    if not folder.exists():
        return
    said = status.read(folder)
    if job not in ("delete", "import") and said.command not in ("", "run"):
        over = said.state == "finished"
        assert state(folder).state == ("finished" if over else "interrupted")
        assert not over or held(runs) == twin.end
    if JOBS[job][0] == "sampled" and folder.exists():
        assert standing.of(runs, "one").sampled


def acknowledged(run: Path) -> set[tuple[Any, ...]]:
    """The committed files of a run, each intact."""
    if not run.exists():
        return set()
    found = RunFolder.open(run.parent, run.name)
    assert found.damaged() == []
    return {(line["file"], line["sha256"]) for line in found.committed()}


def chunks_are_single(run: Path) -> bool:
    """No snapshot was made twice."""
    lines = [
        line["file"]
        for line in RunFolder.open(run.parent, run.name).journal.lines()
        if line["kind"] == "chunk"
    ]
    return len(lines) == len(set(lines))
