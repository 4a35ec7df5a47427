"""Laws of a study on a Dask cluster (J8, J9): it gives the files that one process gives, a lost
worker loses nothing, a lost scheduler is told and the study goes on without it, and a cancel ends
what is at work elsewhere.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from landscape_app.errors import Cancelled, EngineLostError, SpecError
from landscape_app.jobs.cancel import cancel
from landscape_app.jobs.session import session
from landscape_app.jobs.state import state
from landscape_app.pipeline import studies
from landscape_app.pipeline.crew import Task
from landscape_app.pipeline.dask_cluster import cluster_at
from landscape_app.pipeline.dask_crew import DaskCrew
from landscape_app.pipeline.lone_crew import Alone
from landscape_app.pipeline.run_group import epochs_of
from landscape_app.pipeline.workers import Workers
from landscape_app.records.progress import Silent
from landscape_app.settings import RunSpec, parse
from landscape_app.store import sources
from landscape_app.store.run import RunFolder
from landscape_app.study_settings import parse_study
from tests.patience import patience, until
from tests.pipeline.dask_machines import Machines, machines
from tests.pipeline.test_workers import CRASHING
from tests.pipeline.tiny_study import GRID, IDS, begun_again, folder_of, spec

pytestmark = pytest.mark.slow

LONG = {**GRID["settings"], "train_epochs": 400, "epochs": 40}


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    with machines(tmp_path_factory.mktemp("machines")) as started:
        yield started


@contextmanager
def crew_of(started: Machines, runs, specs=(), study="tiny"):
    with cluster_at(started.address, list(specs)) as cluster:
        with DaskCrew(cluster, runs, runs / "_studies" / study, study) as crew:
            yield crew


@pytest.fixture(scope="module")
def by_dask(two, tmp_path_factory):
    """(runs folder, report) of the tiny study, made by two Dask workers."""
    runs = tmp_path_factory.mktemp("runs")
    with crew_of(two, runs) as crew:
        assert crew.workers == 2
        _, told = studies.run(runs, spec(), session=session, crew=crew)
        assert len(two.processes()) == 2, "they stay for the whole study"
    until(lambda: not two.processes())
    return runs, told


def files(runs, id):
    """{file: hash} of what a run has committed; each once."""
    lines = RunFolder.open(runs, id).journal.lines()
    chunks = [line["file"] for line in lines if line["kind"] == "chunk"]
    assert len(chunks) == len(set(chunks)), "nothing is committed twice"
    return {line["file"]: line["sha256"] for line in RunFolder.open(runs, id).committed()}


def test_it_is_made_elsewhere_by_a_plan_that_was_measured_once(by_dask):
    runs, told = by_dask
    assert told["missing"] == told["problems"] == {}
    assert all(RunFolder.open(runs, id).finished for id in IDS)
    plans = [RunFolder.open(runs, id).prepared() for id in IDS]
    assert all(plan["plan"] == plans[0]["plan"] for plan in plans)
    assert all(plan["pace"] == plans[0]["pace"] for plan in plans)
    assert {state(runs / id).within for id in IDS} == {"tiny"}


def test_with_the_same_plans_the_local_engines_give_the_same_files(by_dask, tmp_path):
    runs, _ = by_dask
    tasks = [Task("runs", tuple(IDS), {})]
    begun_again(runs, tmp_path / "alone")
    list(Alone(tmp_path / "alone", "tiny", session).carry_out(tasks, Silent()))
    begun_again(runs, tmp_path / "workers")
    with Workers(tmp_path / "workers", "tiny", 2) as crew:
        list(crew.carry_out([Task("runs", (id,), {}) for id in IDS], Silent()))
    for id in IDS:
        wanted = files(runs, id)
        assert files(tmp_path / "alone", id) == wanted
        assert files(tmp_path / "workers", id) == wanted


class Acts(Silent):
    """Progress that does something once, after the first steps."""

    def __init__(self, act, after=1):
        self._act, self._after, self.steps = act, after, 0

    def advance(self, steps=1):
        self.steps += steps
        if self._after and self.steps >= self._after:
            self._after = 0
            self._act()


def test_a_worker_that_is_killed_loses_nothing(tmp_path):
    """Another one goes on from what is committed, to the same bytes as without a kill."""
    runs, again = tmp_path / "runs", tmp_path / "again"
    studies.open_study(runs, spec(settings=LONG))
    tasks = [Task("runs", (id,), {}) for id in IDS]
    with machines(tmp_path / "machines") as started, crew_of(started, runs) as crew:

        def kill():
            started.workers[0].kill()
            started.workers[0].wait()

        progress = Acts(kill, after=600)
        answers = list(crew.carry_out(tasks, progress))
    assert started.workers[0].returncode == -signal.SIGKILL
    assert sorted(answer.task.ids for answer in answers) == [(id,) for id in IDS]
    assert all(answer.value == {"failed": {}} for answer in answers)
    assert progress.steps == sum(epochs_of(RunFolder.open(runs, id)) for id in IDS), (
        "no step is counted twice"
    )
    (folder_of(runs) / "derived").mkdir()
    begun_again(runs, again)
    list(Alone(again, "tiny", session).carry_out(tasks, Silent()))
    for id in IDS:
        assert files(runs, id) == files(again, id)


def test_a_cancel_ends_what_is_at_work_and_it_goes_on_from_there(two, tmp_path):
    long = spec(settings=LONG)
    studies.open_study(tmp_path, long)
    tasks = [Task("runs", (id,), {}) for id in IDS]
    at = []

    class Stops(Silent):
        steps = 0

        def advance(self, steps=1):
            self.steps += steps

        def check(self):
            if self.steps > 20:
                at.append(time.monotonic())
                raise Cancelled

    with crew_of(two, tmp_path) as crew:
        with pytest.raises(Cancelled):
            list(crew.carry_out(tasks, Stops()))
        assert time.monotonic() - at[0] < patience(3)
        assert not two.processes()
        assert {state(tmp_path / id).state for id in IDS} <= {"cancelled", "finished", "idle"}
        list(crew.carry_out(tasks, Silent()))
    assert all(RunFolder.open(tmp_path, id).finished for id in IDS)


def test_a_cancel_of_one_run_stops_its_study(two, tmp_path):
    studies.open_study(tmp_path, spec(settings=LONG))
    progress = Acts(lambda: any(cancel(tmp_path / id) for id in IDS), after=20)
    with crew_of(two, tmp_path) as crew, pytest.raises(Cancelled):
        list(crew.carry_out([Task("runs", (id,), {}) for id in IDS], progress))
    assert not two.processes()


def test_where_the_scheduler_is_killed_the_engine_is_lost_and_the_study_goes_on(tmp_path):
    long, runs = spec(settings=LONG), tmp_path / "runs"
    runs.mkdir()
    with machines(tmp_path / "machines") as started, crew_of(started, runs) as crew:

        @contextmanager
        def killing(path, **options):
            with session(path, **options) as live:
                yield Watched(live, started.scheduler) if path == folder_of(runs) else live

        with pytest.raises(EngineLostError, match="Engine lost"):
            studies.run(runs, long, session=killing, crew=crew)
        assert state(folder_of(runs)).state == "failed"
        assert "Engine lost" in state(folder_of(runs)).message
        assert "scheduler" in state(folder_of(runs)).message
        until(lambda: not started.processes())
    before = {id: files(runs, id) for id in IDS}
    tasks = [Task("runs", tuple(IDS), {})]
    assert [a.value for a in Alone(runs, "tiny", session).carry_out(tasks, Silent())] == [
        {"failed": {}}
    ]
    assert all(RunFolder.open(runs, id).finished for id in IDS)
    assert all(before[id].items() <= files(runs, id).items() for id in IDS)


class Watched:
    """A session that kills the scheduler after some steps of the runs."""

    def __init__(self, live, scheduler):
        self._live, self._scheduler, self._steps = live, scheduler, 0

    def __getattr__(self, name):
        return getattr(self._live, name)

    def advance(self, steps=1):
        self._steps += steps
        if self._steps > 20:
            self._scheduler.kill()
        self._live.advance(steps)


def test_tasks_end_with_the_job_that_sent_them(two, tmp_path):
    """A job that is killed cannot tell them."""
    job = (
        "import sys; from pathlib import Path; from landscape_app.pipeline import studies;"
        " from landscape_app.jobs.session import session;"
        " from tests.pipeline.test_dask import LONG, Machines, crew_of, spec;"
        " from types import SimpleNamespace as S; runs = Path(sys.argv[1]);"
        " long = spec(settings={**LONG, 'train_epochs': 9000})\n"
        "with crew_of(S(address=sys.argv[2]), runs) as crew:\n"
        "    studies.run(runs, long, session=session, crew=crew)"
    )
    process = subprocess.Popen([sys.executable, "-c", job, str(tmp_path), two.address])
    try:
        study = tmp_path / "_studies" / "tiny"
        until(lambda: study.exists() and state(study).done > 5, 60)
        assert two.processes()
        process.send_signal(signal.SIGKILL)
        until(lambda: not two.processes(), 20)
    finally:
        process.kill()
        process.wait()


MINE = """
import torch
from torch import nn

def plain(shape, outputs):
    return nn.Sequential(nn.Flatten(), nn.Linear(int(torch.tensor(shape).prod()), outputs))
"""


def test_what_is_permitted_here_is_permitted_there_for_this_work(two, tmp_path, monkeypatch):
    """The workers have another key, as on other machines."""
    (two.place / "mine.py").write_text(MINE)
    monkeypatch.syspath_prepend(two.place)
    changes = {"networks": ["mine:plain"], "curvature": False, "joint": False, "surfaces": []}
    grid = parse_study({**GRID, **changes, "regimes": ["plain"], "seeds": 3})
    with crew_of(two, tmp_path) as crew:
        _, told = studies.run(tmp_path, grid, session=session, crew=crew)
        assert told["problems"] == {}
        assert all(sources.permitted(RunFolder.open(tmp_path, id)) for id in grid.runs)
        theirs = next(iter(grid.runs.values())).model_copy(update={"network": "mine:theirs"})
        (RunFolder.create(tmp_path, "theirs", theirs).path / "signature.json").unlink()
        (answer,) = crew.carry_out([Task("runs", ("theirs",), {})], Silent())
        assert "would import 'mine:theirs'" in answer.value["failed"]["theirs"]


def test_a_network_that_ends_its_process_takes_no_dask_worker(two, tmp_path, monkeypatch):
    (two.place / "deadly.py").write_text(CRASHING)
    monkeypatch.syspath_prepend(two.place)
    changes = {"networks": ["deadly:crashing"], "regimes": ["plain"]}
    grid = parse_study({**GRID, **changes})
    studies.open_study(tmp_path, grid)
    with crew_of(two, tmp_path) as crew:
        (answer,) = crew.carry_out([Task("runs", (next(iter(grid.runs)),), {})], Silent())
    assert "signal 9" in answer.crashed
    assert all(worker.poll() is None for worker in two.workers)


def test_runs_that_ask_for_cuda_need_a_worker_with_a_gpu(two, tmp_path):
    cuda = parse(RunSpec, {"data": "blobs", "network": "mlp-small", "device": "cuda"})
    RunFolder.create(tmp_path, "run", cuda)
    with crew_of(two, tmp_path, [cuda]) as crew:
        with pytest.raises(SpecError, match="--resources GPU=1"):
            list(crew.carry_out([Task("runs", ("run",), {})], Silent()))
    with machines(tmp_path / "machines", 2, ("--resources", "GPU=1")) as started:
        with crew_of(started, tmp_path, [cuda]) as crew:
            assert crew.workers == 2
            task = Task("runs", ("run",), {})
            assert crew.cluster.executor(tmp_path, task)._kwargs["resources"] == {"GPU": 1}
            assert (
                "resources" not in crew.cluster.executor(tmp_path, Task("knees", ("run",)))._kwargs
            )


def test_where_no_scheduler_answers_it_is_told(monkeypatch):
    from landscape_app.pipeline import dask_cluster

    monkeypatch.setattr(dask_cluster, "CONNECT", 0.5)
    with cluster_at("tcp://127.0.0.1:9", []) as cluster:
        assert not cluster.running
        with pytest.raises(EngineLostError, match="no Dask scheduler"):
            cluster.slots  # noqa: B018
    with cluster_at("tls://127.0.0.1:9", []) as cluster, pytest.raises(SpecError, match="TLS"):
        cluster.slots  # noqa: B018
