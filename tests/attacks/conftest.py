"""What attacks are tried on: new folders and a whole runs folder, in memory where the machine
offers that, or the disk is waited for.
"""

from __future__ import annotations

import os
import pickle
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from landscape_app import limits
from landscape_app.networks import checkpoint_process
from landscape_app.pipeline import studies
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from landscape_app.study_settings import parse_study
from tests.attacks import folders, strangers
from tests.attacks.forgery import Files
from tests.attacks.strangers import CODE, MODULE, Stranger, data_and_weights, run_made
from tests.store import samples
from tests.store.conftest import fresh as fresh
from tests.store.conftest import tmp_path as tmp_path

MOST_MEMORY = 200 * 2**20


@pytest.fixture(scope="module")
def whole(fresh: Callable[[], Path]) -> Path:
    """A runs folder with every file that the program keeps in one; a test copies it before it
    spoils it.
    """
    return folders.everything(fresh() / "runs")


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files of a small run with a result, by their names in an archive."""
    runs = tmp_path_factory.mktemp("honest")
    run = samples.full_run(runs, "run")
    derived.write(run.path, "thing", {}, {"values": np.arange(3.0)}, {}, run.digest())
    return {
        str(path.relative_to(runs)): path.read_bytes()
        for path in sorted(runs.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused needs no waiting for the disk."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def small():
    """The limits of a file are 0.1 GiB."""
    with limits.raised(0.1):
        yield


@pytest.fixture
def watched():
    """A block, in which this process and the one that reads checkpoints must not take much
    memory.
    """
    from contextlib import contextmanager

    import psutil

    @contextmanager
    def block():
        checkpoint_process.peak = 0
        Path("/proc/self/clear_refs").write_text("5")
        before = psutil.Process().memory_info().rss
        yield
        lines = dict(
            line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines()
        )
        assert int(lines["VmHWM"].split()[0]) * 1024 - before < MOST_MEMORY
        if checkpoint_process.peak:
            idle = psutil.Process(checkpoint_process._running.child.pid).memory_info().rss
            assert checkpoint_process.peak - idle < MOST_MEMORY

    return block


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Stranger:
    """Made with another key: a run of a module, a file and a checkpoint; one of the module's data;
    a study of such a grid.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    runs, marker = folder / "runs", folder / "marker"
    (folder / f"{CODE}.py").write_text(MODULE.format(marker=str(marker)))
    table, weights = data_and_weights(folder)
    code, file = f"{CODE}:make", f"npz:{table}"
    small = ["--network", "mlp-small"]
    with pytest.MonkeyPatch.context() as there:
        there.setenv("LANDSCAPE_STATE", str(folder / "state"))
        there.syspath_prepend(folder)
        whole = ["--network", code, "--data", file, "--checkpoint", str(weights)]
        run_made(runs, "theirs", *whole)
        run_made(runs, "arrays", "--data", f"{CODE}:load", *small)
        run_made(runs, "file", "--data", file, *small)
        run_made(runs, "plain", "--data", "blobs", *small)
        grid = {"name": "grid", "networks": [code], "seeds": 5, "settings": {"data": file}}
        studies.open_study(runs, parse_study(grid))
    return Stranger(runs, marker, (table, weights))


@pytest.fixture
def stranger(
    elsewhere: Stranger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stranger]:
    """A copy of the runs in the hands of a user who made none of them; the files they name have
    become a pipe and a bomb.
    """
    monkeypatch.setenv("LANDSCAPE_STATE", str(tmp_path / "state"))
    monkeypatch.syspath_prepend(elsewhere.marker.parent)  # the code could be imported
    runs = tmp_path / "runs"
    shutil.copytree(elsewhere.runs, runs)
    table, weights = elsewhere.files
    originals = [path.read_bytes() for path in elsewhere.files]
    table.unlink()
    os.mkfifo(table)
    weights.write_bytes(pickle.dumps(strangers.Bomb(elsewhere.marker)))
    elsewhere.marker.unlink(missing_ok=True)
    sys.modules.pop(CODE, None)
    strangers.watched.update(map(str, elsewhere.files))
    try:
        yield Stranger(runs, elsewhere.marker, elsewhere.files)
    finally:
        strangers.watched.clear()
        strangers.opened.clear()
        sys.modules.pop(CODE, None)
        table.unlink()
        for path, content in zip(elsewhere.files, originals, strict=True):
            path.write_bytes(content)


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunFolder]:
    """A run that the user made of a module, a file and a checkpoint of their own."""
    monkeypatch.syspath_prepend(tmp_path / "work")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / f"{CODE}.py").write_text(MODULE.format(marker=str(tmp_path / "marker")))
    table, weights = data_and_weights(tmp_path / "work")
    whole = ["--network", f"{CODE}:make", "--data", f"npz:{table}", "--checkpoint", str(weights)]
    yield run_made(tmp_path / "runs", "mine", *whole)
    sys.modules.pop(CODE, None)
