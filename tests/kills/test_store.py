"""Law of kills at store level (S1): whatever the store was doing, what it acknowledged is whole and
there once, and the work goes on.
"""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

import pytest

from landscape_app.store import packing
from landscape_app.store.run import RunFolder
from tests.kills.work import STEPS, look, work
from tests.store import samples
from tests.store.children import context

FEW, MANY = 2, 57  # kills of each kind: 8 × 57 are 456


@pytest.mark.parametrize("kind", STEPS)
def test_a_few_kills_of_each_kind_lose_nothing(kind: str, tmp_path: Path) -> None:
    survives(kind, FEW, tmp_path / "runs")


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", STEPS)
def test_many_kills_of_each_kind_lose_nothing(kind: str, tmp_path: Path) -> None:
    survives(kind, MANY, tmp_path / "runs")


def survives(kind: str, kills: int, runs: Path) -> None:
    """Kill the work at random moments and look each time; the next one goes on where the last
    was.
    """
    chance, done = random.Random(kills), 0
    prepare(kind, kills, runs)
    for _ in range(kills):
        mine, its = context().Pipe(duplex=False)
        process = context().Process(target=work, args=(kind, str(runs), done, its), daemon=True)
        process.start()
        its.close()
        for _ in range(chance.randint(0, 4)):
            done = 1 + mine.recv()
        time.sleep(chance.uniform(0, 0.004))
        process.kill()
        process.join()
        assert process.exitcode == -9, "it was over before"
        while True:
            try:
                done = 1 + mine.recv()
            except EOFError:
                break
        done = look(kind, runs, done)


def prepare(kind: str, kills: int, runs: Path) -> None:
    """A runs folder with a run, and what this kind of work needs."""
    runs.mkdir()
    run = RunFolder.create(runs, "run", samples.spec())
    if kind == "delete":
        samples.full_run(runs, "old-0")
        for number in range(1, 8 * kills + 20):
            shutil.copytree(runs / "old-0", runs / f"old-{number}")
    if kind == "import":
        samples.full_run(runs, "whole")
        packing.write(runs, "whole", runs.with_suffix(".tar"))
        shutil.rmtree(runs / "whole")
    assert run.committed() == []
