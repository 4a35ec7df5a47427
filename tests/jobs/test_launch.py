"""Laws of launching: a job depends on nobody (J1), starts once (J4), has one thread (J10), and ends
as what happened to it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from landscape_app.cli.main import app
from landscape_app.errors import (
    AnalysisError,
    LandscapeError,
    ResumeError,
    RunLockedError,
    RunMissingError,
)
from landscape_app.jobs import process
from landscape_app.jobs.cancel import cancel
from landscape_app.jobs.launch import (
    flags,
    start_analyse,
    start_quickstart,
    start_resume,
    start_run,
)
from landscape_app.jobs.process import launch
from landscape_app.jobs.state import log_tail, state
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store import lock, snapshots
from landscape_app.store.folder import STUDIES
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.jobs.conftest import WORKER, until
from tests.patience import patience
from tests.store import samples

LAUNCHER = """
import socket, sys, time
from pathlib import Path
from landscape_app.jobs.process import launch
server = socket.create_server(("127.0.0.1", 0))
server.set_inheritable(True)
launch(Path(sys.argv[1]), [sys.argv[1], "steps", "40", "0.1"], module=sys.argv[2])
print(server.getsockname()[1], flush=True)
time.sleep(60)
"""


@pytest.mark.slow
def test_a_job_outlives_whoever_launched_it_and_keeps_nothing_of_it(jobs):
    folder = jobs.run()
    server = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(folder), WORKER], stdout=subprocess.PIPE, text=True
    )
    with server:
        port = int(server.stdout.readline())
        until(lambda: state(folder).done >= 1)
        job = state(folder).pid
        family = psutil.Process(server.pid).children(recursive=True)
        assert job not in [process.pid for process in family]
        for process in [*family, psutil.Process(server.pid)]:
            process.kill()
    with socket.socket() as again:
        again.bind(("127.0.0.1", port))
    done, beat = state(folder).done, state(folder).updated
    until(lambda: state(folder).done > done and state(folder).updated > beat)
    assert (state(folder).state, state(folder).pid) == ("running", job)


@pytest.mark.slow
def test_a_job_has_one_thread_low_priority_a_session_and_no_sockets(jobs):
    folder = jobs.start(jobs.run(), "threads")
    assert jobs.ended(folder).state == "finished"
    found = json.loads((folder / "found.json").read_text())
    assert (found["threads"], found["omp"], found["sockets"], found["leader"]) == (1, "1", [], True)
    assert found["nice"] == min(19, os.getpriority(os.PRIO_PROCESS, 0) + process.NICE)
    assert found["parent"] != os.getpid()


@pytest.mark.slow
def test_of_many_launches_at_once_exactly_one_starts(jobs):
    folder, said = jobs.run(), []

    def click():
        try:
            said.append(jobs.start(folder, "steps", 1, 1))
        except RunLockedError as error:
            said.append(str(error))

    clicks = [threading.Thread(target=click) for _ in range(8)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert said.count(folder) == 1
    assert all("in use by process" in one for one in said if one != folder)
    with pytest.raises(RunLockedError):
        jobs.start(folder, "steps", 1, 1)
    end = jobs.ended(folder)
    assert (end.state, len(end.phases)) == ("finished", 1)


def test_an_error_is_told_with_its_traceback_and_the_log(jobs):
    folder = jobs.start(jobs.run(), "failing")
    end = jobs.ended(folder)
    assert (end.state, end.message, end.phase, end.done, end.total) == (
        "failed",
        "the loss is <b>0/0</b>",
        "training",
        3,
        10,
    )
    assert "worker.py" in end.traceback
    assert log_tail(folder, 1) == "ZeroDivisionError: the loss is <b>0/0</b>"


@pytest.mark.slow
def test_a_job_that_is_killed_is_interrupted_and_can_be_launched_again(jobs):
    folder = jobs.working("steps", 100, 0.1)
    os.kill(state(folder).pid, signal.SIGKILL)
    end = jobs.ended(folder)
    assert (end.state, end.phase, end.total, end.pid, end.eta) == (
        "interrupted",
        "sampling",
        100,
        None,
        None,
    )
    jobs.start(folder, "steps", 1, 0.01)
    assert jobs.ended(folder).state == "finished"


def test_a_job_that_cannot_even_start_is_seen_to_have_failed(jobs):
    folder = jobs.run()
    launch(folder, [], module="tests.jobs.nowhere")
    assert jobs.ended(folder).state == "interrupted"
    assert "nowhere" in log_tail(folder, 5)


def test_a_folder_that_is_gone_cannot_be_launched_on(tmp_path):
    with pytest.raises(RunMissingError):
        launch(tmp_path / "gone", [])
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize(
    "spec",
    [
        AnalysisSpec(),
        AnalysisSpec(k=9, t=12, decay=2.5, rips_quantile=0.1, graph_k=3),
        AnalysisSpec(methods=("tsne", "isomap"), stability=1),
        AnalysisSpec(methods=("umap",)),
    ],
)
def test_the_command_line_reads_the_flags_as_the_settings_they_were_made_of(spec):
    _, bound, _ = app.parse_args(
        ["analyse", "a", "b", "--study", "s", *flags(spec)], print_error=False, exit_on_error=False
    )
    given = {
        name: value
        for name, value in bound.kwargs.items()
        if name in AnalysisSpec.model_fields and value is not None
    }
    assert parse(AnalysisSpec, given) == spec


def test_run_settings_become_flags_that_the_command_line_reads_back():
    spec = parse(
        RunSpec, {"step_sizes": [0.1, 2.0], "controls": False, "augmentation": False, "epochs": 3}
    )
    _, bound, _ = app.parse_args(["run", *flags(spec)], print_error=False, exit_on_error=False)
    given = {
        name: value
        for name, value in bound.kwargs.items()
        if name in RunSpec.model_fields and value is not None
    }
    assert parse(RunSpec, given) == spec


TINY = {
    "data": "blobs",
    "regime": "plain",
    "network": "mlp-small",
    "seeds": 2,
    "step_sizes": [0.5],
    "epochs": 6,
    "train_epochs": 2,
}


@pytest.mark.slow
def test_two_equal_launches_are_two_runs_one_after_the_other_and_both_come_to_their_end(tmp_path):
    ids = [start_run(tmp_path, parse(RunSpec, TINY)) for _ in range(2)]
    assert len(set(ids)) == 2
    paths = [tmp_path / id for id in ids]
    until(lambda: "running" in [state(path).state for path in paths])
    while (now := [state(path).state for path in paths]) != ["finished", "finished"]:
        assert now.count("running") <= 1, "one slot on one machine"
        assert set(now) <= {"queued", "running", "finished"}, [log_tail(path) for path in paths]
        time.sleep(0.05)
    first, second = (snapshots.read(RunFolder.open(tmp_path, id)) for id in ids)
    assert len(first) == len(second) == 1 + 4 * 7
    assert first.column("train_loss") == pytest.approx(second.column("train_loss"), rel=1e-3)
    assert [phase["name"] for phase in state(paths[0]).phases][:3] == [
        "preparing",
        "training",
        "sampling",
    ]


@pytest.mark.slow
def test_the_quickstart_is_there_before_its_job_begins_and_can_be_cancelled_before_it_does(
    tmp_path,
):
    assert start_quickstart(tmp_path) == "quickstart"
    study = StudyFolder.open(tmp_path, "quickstart")
    assert [RunFolder.open(tmp_path, id).spec.regime for id in study.runs] == [
        "good",
        "plain",
        "poor",
    ]
    assert state(study.path).state == "queued"
    with pytest.raises(RunLockedError):
        start_quickstart(tmp_path)
    asked = time.monotonic()
    assert cancel(study.path)
    until(
        lambda: (
            state(study.path).state == "cancelled" and lock.holder(study.path / lock.NAME) is None
        )
    )
    assert time.monotonic() - asked < patience(3)
    assert [state(tmp_path / id).state for id in study.runs] == ["idle"] * 3


def test_equal_comparisons_are_one_study_and_what_has_no_meaning_is_refused(tmp_path):
    for id in ("a", "b"):
        samples.full_run(tmp_path, id)
    RunFolder.create(tmp_path, "begun", samples.spec())
    for ids, error in (
        (["a", "begun"], AnalysisError),
        ([], AnalysisError),
        (["a", "gone"], RunMissingError),
    ):
        with pytest.raises(error):
            start_analyse(tmp_path, ids, AnalysisSpec())
    assert not (tmp_path / STUDIES).exists()
    # at work already
    with StudyFolder.create(tmp_path, "mine", ["a", "b"], AnalysisSpec(k=7)).lock():
        assert start_analyse(tmp_path, ["a", "b"], AnalysisSpec(k=7)) == "mine"
        assert start_analyse(tmp_path, ["a", "b", "a"], AnalysisSpec(k=7)) == "mine"
    assert [path.name for path in (tmp_path / STUDIES).iterdir()] == ["mine"]


def test_a_run_of_someones_objects_says_how_it_goes_on(tmp_path):
    spec = parse(
        RunSpec,
        {
            "data": "given",
            "network": "given",
            "regime": "given",
            "weight_decay": 0,
            "augmentation": False,
        },
    )
    RunFolder.create(tmp_path, "mine", spec)
    with pytest.raises(ResumeError, match="explore"):
        start_resume(tmp_path, "mine")
    with pytest.raises(LandscapeError):
        start_resume(tmp_path, "../mine")
    assert not (Path(tmp_path) / "mine" / "status.json").exists()
