"""Laws of jobs on a Dask cluster: the command line and the page launch, follow, cancel and resume
them as they do local ones, and nothing imports Dask where no scheduler is named.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from landscape_app.cli.main import main
from landscape_app.errors import SpecError
from landscape_app.jobs import launch, scheduler_address
from landscape_app.jobs.cancel import cancel
from landscape_app.jobs.state import state
from landscape_app.settings import RunSpec, parse
from landscape_app.store import lock
from landscape_app.store.run import RunFolder
from tests.patience import until
from tests.pipeline.dask_machines import machines
from tests.pipeline.tiny_study import TINY

FLAGS = [
    *("--data", "blobs", "--network", "mlp-small", "--train-epochs", "6", "--train-batch", "30"),
    *("--epochs", "7", "--batch", "40", "--seeds", "2", "--step-sizes", "0.5", "1.0"),
]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    with machines(tmp_path_factory.mktemp("machines")) as started:
        yield started


def free(folder):
    return lock.holder(folder / lock.NAME) is None


@pytest.mark.slow
def test_a_run_is_made_elsewhere_and_analysed(pair, tmp_path, capsys):
    at = ["--scheduler", pair.address, "--runs", str(tmp_path)]
    assert main(["run", "--id", "there", *FLAGS, *at]) == 0
    run = RunFolder.open(tmp_path, "there")
    assert run.finished
    last = state(run.path)
    assert last.state == "finished"
    assert {"training", "sampling", "embedding"} <= {phase["name"] for phase in last.phases}
    sampling = next(phase for phase in last.phases if phase["name"] == "sampling")
    assert sampling["done"] == sampling["total"] > 0
    assert all(phase["done"] <= phase["total"] for phase in last.phases if phase["total"])
    until(lambda: not pair.processes())
    assert main(["show", "there", "--runs", str(tmp_path)]) == 0


@pytest.mark.slow
def test_a_job_of_a_server_is_cancelled_and_resumed_as_a_local_one(pair, tmp_path, monkeypatch):
    """The server's setting reaches its jobs through the environment."""
    for name, value in scheduler_address.environment(pair.address).items():
        monkeypatch.setenv(name, value)
    spec = parse(RunSpec, {**TINY, "network": "mlp-small", "train_epochs": 1000})
    id = launch.start_run(tmp_path, spec)
    folder = tmp_path / id
    until(lambda: state(folder).phase == "training" and state(folder).done > 5, 60)
    assert pair.processes()
    assert cancel(folder)
    until(lambda: free(folder))
    assert state(folder).state == "cancelled"
    until(lambda: not pair.processes())
    launch.start_resume(tmp_path, id)
    until(lambda: free(folder) and state(folder).state != "queued", 120)
    assert (state(folder).state, state(folder).message) == ("finished", "")
    assert RunFolder.open(tmp_path, id).finished


@pytest.mark.slow
def test_a_job_without_its_scheduler_says_so_and_goes_on_without(tmp_path, monkeypatch):
    monkeypatch.setenv(scheduler_address.SCHEDULER, "tcp://127.0.0.1:9")
    spec = parse(RunSpec, {**TINY, "network": "mlp-small"})
    id = launch.start_run(tmp_path, spec)
    until(lambda: free(tmp_path / id), 60)
    assert state(tmp_path / id).state == "failed"
    assert "no Dask scheduler at tcp://127.0.0.1:9" in state(tmp_path / id).message
    assert main(["resume", id, "--no-analyse", "--scheduler", "", "--runs", str(tmp_path)]) == 0


@pytest.mark.parametrize("address", ["nowhere", "tcp://", "host:port", "a b:1", "tcp://h:1/x"])
def test_what_is_no_address_is_refused_before_anything_is_made(address, tmp_path, capsys):
    with pytest.raises(SpecError, match="no address"):
        scheduler_address.environment(address)
    code = main(["run", "--id", "one", *FLAGS, "--scheduler", address, "--runs", str(tmp_path)])
    assert code == 2
    assert "no address of a Dask scheduler" in capsys.readouterr().err
    assert not (tmp_path / "one").exists()


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:8786", "tls://node-3.lab:8786", "node_3:1", "tcp://[::1]:8786"]
)
def test_an_address_is_one(address):
    assert scheduler_address.environment(f" {address} ") == {scheduler_address.SCHEDULER: address}


@pytest.mark.slow
def test_nothing_imports_dask_unless_a_scheduler_is_named():
    code = (
        "import sys, landscape_app.cli.run, landscape_app.cli.study, landscape_app.cli.worker\n"
        "from landscape_app.cli.scheduler import dask_crew\n"
        "import landscape_app.pipeline.dask_crew, landscape_app.dashboard.serve\n"
        "assert not {'dask', 'distributed'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
