"""Laws of the workers of a study: they give what one process gives, a crash of one run takes no
other, a cancel and the end of the study end them, and they are no more than the memory bears.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

import numpy as np
import psutil
import pytest

from landscape_app.analysis.pool import pool
from landscape_app.errors import Cancelled, SpecError
from landscape_app.forecast import crew_size
from landscape_app.forecast.crew_size import affordable
from landscape_app.jobs.session import session
from landscape_app.jobs.state import state
from landscape_app.pipeline import joint, studies, study_runs, study_worker
from landscape_app.pipeline.crew import Task
from landscape_app.pipeline.crew_analysis import joint_tasks
from landscape_app.pipeline.lone_crew import Alone
from landscape_app.pipeline.tasks import TASKS, Place
from landscape_app.pipeline.workers import Workers, crew_of
from landscape_app.records.progress import Silent
from landscape_app.settings import AnalysisSpec
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import parse_study
from tests.pipeline.tiny_study import GRID, IDS, begun_again, folder_of, spec

pytestmark = pytest.mark.slow

CRASHING = """
import os, signal
import torch
from torch import nn

def plain(shape, outputs):
    return nn.Sequential(nn.Flatten(), nn.Linear(int(torch.tensor(shape).prod()), outputs))

def crashing(shape, outputs):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def ours():
    """The workers that this process has started and that have not ended."""
    started = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # a zombie is among these
            if study_worker.MODULE in " ".join(child.cmdline()):
                started.append(child)
    return started


def gone(processes, seconds=10.0):
    """Whether all of `processes` have ended within that time."""
    return not psutil.wait_procs(processes, timeout=seconds)[1]


@pytest.fixture(scope="module")
def by_workers(tmp_path_factory):
    """(runs folder, table, report) of the tiny study, made by two workers."""
    runs = tmp_path_factory.mktemp("runs")
    with Workers(runs, "tiny", 2) as crew:
        table, told = studies.run(runs, spec(), session=session, crew=crew)
        assert len(ours()) == 2
    assert not ours()
    return runs, table, told


def test_workers_make_and_analyse_every_run(by_workers):
    runs, table, told = by_workers
    assert told["missing"] == told["problems"] == {}
    assert list(table.ids) == IDS
    assert all(RunFolder.open(runs, id).finished for id in IDS)
    assert {RunFolder.open(runs, id).prepared()["plan"]["workers"] for id in IDS} == {1}
    assert derived.find(folder_of(runs), "joint", method="phate", dims=3).meta["refused"] is None


def test_with_the_same_plans_one_process_gives_the_same(by_workers, tmp_path):
    runs, table, _ = by_workers
    again = tmp_path / "again"
    begun_again(runs, again)
    studies.run(again, spec(), session=session)
    for id in IDS:
        one, other = (RunFolder.open(place, id).committed() for place in (runs, again))
        files = [{line["file"]: line["sha256"] for line in lines} for lines in (one, other)]
        assert files[0] == files[1]
    theirs = studies.tabulate(again, StudyFolder.open(again, "tiny"), spec())
    assert theirs.columns.keys() == table.columns.keys()
    for name, column in table.columns.items():
        if column.dtype.kind == "f":
            np.testing.assert_allclose(theirs.columns[name], column, rtol=1e-4, err_msg=name)
        else:
            assert theirs.columns[name].tolist() == column.tolist()
    for method in ("phate", "pca"):
        one, other = (
            derived.find(folder_of(place), "joint", method=method, dims=2).arrays["coordinates"]
            for place in (runs, again)
        )
        np.testing.assert_allclose(one, other, atol=1e-4 * np.abs(one).max())


@pytest.mark.parametrize(("count", "kind"), [(1, "analysis"), (2, "joint embedding")])
def test_the_longest_task_begins_first_where_others_go_on_beside_it(by_workers, count, kind):
    runs, _, _ = by_workers
    asked: list[str] = []

    class Recorded(Alone):
        def carry_out(self, tasks, progress):
            tasks = list(tasks)
            asked.extend(task.kind for task in tasks)
            return super().carry_out(tasks, progress)

    crew, failed = Recorded(runs, "tiny", session, count), {}
    study_runs.analyse_all(runs, StudyFolder.open(runs, "tiny"), spec(), crew, Silent(), failed)
    assert failed == {}
    after = asked[len(IDS) :]
    assert asked[: len(IDS)] == ["knees"] * len(IDS)
    assert after[0] == kind
    assert sorted(after) == ["analysis"] * len(IDS) + ["joint embedding"] * 2


def test_a_process_measures_the_cloud_of_all_runs_once_for_all_methods(by_workers, monkeypatch):
    runs, _, _ = by_workers
    clouds: list[int] = []
    monkeypatch.setattr(
        joint, "pool", lambda *args, **more: clouds.append(1) or pool(*args, **more)
    )
    place = Place(runs, "tiny", session)

    def embed(k):
        for task in joint_tasks([], AnalysisSpec(k=k), ("mds", "pca")):
            assert TASKS[task.kind](place, IDS, task.settings, Silent()) == {"refused": []}

    embed(4)
    assert len(clouds) == 1
    embed(3)
    assert len(clouds) == 2, "by other settings it is another cloud"
    place.forget()
    embed(2)
    assert len(clouds) == 3


def test_workers_import_while_their_study_does(tmp_path):
    names = "landscape_app.pipeline.quickstart", "landscape_app.pipeline.workers"
    code = f"import sys, {', '.join(names)}; print({{'torch', 'scipy'}} & {{*sys.modules}})"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "set()", "there is something left to import beside the workers"
    with Workers(tmp_path, "tiny", 2) as crew:
        crew.begin()
        assert len(ours()) == 2
        crew.begin()
        assert len(ours()) == 2
    assert not ours()


def test_a_run_that_ends_its_process_takes_no_other(tmp_path, monkeypatch):
    (tmp_path / "deadly.py").write_text(CRASHING)
    monkeypatch.chdir(tmp_path)
    grid = parse_study(
        {
            **GRID,
            "networks": ["deadly:plain", "deadly:crashing", "mlp-small"],
            "regimes": ["plain"],
            "curvature": False,
            "joint": False,
            "surfaces": [],
        }
    )
    runs = tmp_path / "runs"
    runs.mkdir()
    with Workers(runs, "tiny", 2) as crew:
        table, told = studies.run(runs, grid, session=session, crew=crew)
    crashed = [id for id in grid.runs if "crashing" in id]
    assert len(crashed) == 2
    assert set(told["problems"]) == set(crashed)
    assert all("signal 9" in told["problems"][id] for id in crashed)
    assert sorted(table.ids) == sorted(set(grid.runs) - set(crashed))
    assert not ours()


def test_a_cancel_ends_the_workers_and_the_study_goes_on_from_there(tmp_path):
    class Stops(Silent):
        begun = 0

        def advance(self, steps=1):
            self.begun += steps

        def check(self):
            if self.begun > 4:
                raise Cancelled

    studies.open_study(tmp_path, spec())
    tasks = [Task("runs", (id,), {}) for id in IDS]
    with Workers(tmp_path, "tiny", 2) as crew:
        with pytest.raises(Cancelled):
            list(crew.carry_out(tasks, Stops()))
        assert not ours()
        assert {state(tmp_path / id).state for id in IDS} <= {"cancelled", "finished", "idle"}
        list(crew.carry_out(tasks, Silent()))
    assert all(RunFolder.open(tmp_path, id).finished for id in IDS)
    assert not ours()


PARENT = """
import sys
from pathlib import Path
from landscape_app.pipeline.crew import Task
from landscape_app.pipeline.workers import Workers
from landscape_app.records.progress import Silent
runs = Path(sys.argv[1])
ids = sys.argv[2:]
class Told(Silent):
    def advance(self, steps=1):
        print("at work", flush=True)
with Workers(runs, "tiny", 2) as crew:
    list(crew.carry_out([Task("runs", (id,), {}) for id in ids], Told()))
"""


def test_workers_end_with_the_process_that_started_them(tmp_path):
    long = spec(settings={**GRID["settings"], "train_epochs": 4000})
    studies.open_study(tmp_path, long)
    command = [sys.executable, "-c", PARENT, str(tmp_path), *IDS]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert parent.stdout.readline() == "at work\n"
        children = psutil.Process(parent.pid).children(recursive=True)
        assert len(children) == 2
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    assert gone(children)


def test_an_error_of_a_task_is_raised_by_its_name(tmp_path):
    studies.open_study(tmp_path, spec())
    with Workers(tmp_path, "tiny", 2) as crew, pytest.raises(SpecError, match="no setting called"):
        list(crew.carry_out([Task("runs", (IDS[0],), {"surfaces": [{"wrong": 1}]})], Silent()))


def test_one_process_works_where_memory_or_settings_leave_no_room(monkeypatch, tmp_path):
    members = list(spec().runs.values())
    monkeypatch.setattr(crew_size, "cores", lambda: 4)
    monkeypatch.setattr(crew_size, "GPUS", ())
    monkeypatch.setattr(crew_size, "free_memory", lambda: 2**40)
    assert affordable(members) == 4
    assert affordable(members[:1]) == 1
    monkeypatch.setattr(crew_size, "free_memory", lambda: 2**31 + 2**29)
    assert affordable(members) == 2
    monkeypatch.setattr(crew_size, "free_memory", lambda: 2**20)
    assert affordable(members) == 1
    with crew_of(tmp_path, "tiny", members, session=session) as crew:
        assert isinstance(crew, Alone)
    monkeypatch.setattr(crew_size, "free_memory", lambda: 2**40)
    monkeypatch.setattr(crew_size, "GPUS", (os.devnull,))
    assert affordable(members) == 1


def test_where_all_is_done_no_worker_starts(by_workers):
    runs, table, _ = by_workers
    with Workers(runs, "tiny", 2) as crew:
        again, _ = studies.run(runs, spec(), session=session, crew=crew)
        assert not ours()
    assert again.ids == table.ids
