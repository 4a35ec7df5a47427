"""A pipe, a socket, a device, a folder or a file without end in the place of any file: nothing hangs or fills memory, and one line says it."""

from __future__ import annotations

import resource
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from landscape_app.cli.main import main
from landscape_app.dashboard import factory
from landscape_app.dashboard.followed.board import Board
from landscape_app.jobs import state, status
from landscape_app.store import catalogue, derived, kept, snapshots
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.attacks import folders
from tests.attacks.test_links import said_in_one_line
from tests.store.conftest import MEMORY

SECONDS = 20.0  # that everything which reads a folder may take, on a busy machine
MEMORY_KB = 200_000  # that it may take more


@pytest.fixture(scope="module")
def whole() -> Iterator[Path]:
    """In memory where the machine offers that."""
    with tempfile.TemporaryDirectory(prefix="landscape-", dir=MEMORY if MEMORY.is_dir() else None) as base:
        yield folders.everything(Path(base) / "runs")


@contextmanager
def limited(what: str) -> Iterator[None]:
    """A block that neither hangs nor takes much memory."""

    def late(*_: object) -> None:
        raise TimeoutError(f"{what} hangs")

    before, most = signal.signal(signal.SIGALRM, late), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most < MEMORY_KB, what


def reads(runs: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """All that reads a runs folder, and what a job reads before it works."""
    run = lambda: RunFolder.open(runs, "run")  # noqa: E731
    yield "list", lambda: (catalogue.list_runs(runs), catalogue.list_studies(runs))
    yield "state", lambda: (state.state(runs / "run"), state.log_tail(runs / "run"), state.state(runs / "_studies" / "study"))
    yield "asked", lambda: status.asked_at(runs / "run")
    yield "damaged", lambda: run().damaged()
    yield "snapshots", lambda: snapshots.read(run())
    yield "results", lambda: (derived.find(run().path, "geometry"), derived.find(StudyFolder.open(runs, "study").path, "geometry"))
    yield "kept", lambda: kept.arrays(run())
    yield "page", lambda: Board(runs).entries()
    yield "lock", lambda: _lock(run())


def _lock(run: RunFolder) -> None:
    with run.lock():
        pass


@pytest.mark.parametrize("kind", folders.SPECIAL)
def test_whatever_file_is_something_else_nothing_hangs_and_the_others_are_listed(whole, kind):
    for name in folders.names(whole, kinds="files"):
        with tempfile.TemporaryDirectory(dir=whole.parent) as base:
            runs = Path(base) / "runs"
            shutil.copytree(whole, runs)
            (runs / name).unlink()
            try:
                folders.SPECIAL[kind](runs / name)
            except PermissionError:
                pytest.skip("only an administrator makes devices")
            with limited(f"{name} is a {kind}"):
                for what, read in reads(runs):
                    with said_in_one_line(f"{what}, {name} is a {kind}"):
                        read()
                assert [one.problem for one in catalogue.list_runs(runs) if one.id == "sound"] == [None], name


@pytest.mark.parametrize("kind", folders.SPECIAL)
@pytest.mark.parametrize("name", ["spec.json", "journal.jsonl", "status.json", "derived/geometry/result.json"])
def test_the_command_line_and_the_page_answer_whatever_a_file_is(whole, name, kind, tmp_path, capsys):
    runs = tmp_path / "runs"
    shutil.copytree(whole, runs)
    found = next((runs / "run").glob(name.replace("geometry", "geometry-*")))
    found.unlink()
    try:
        folders.SPECIAL[kind](found)
    except PermissionError:
        pytest.skip("only an administrator makes devices")
    with limited(f"{name} is a {kind}"):
        assert main(["list", "--runs", str(runs)]) == 0
        told = capsys.readouterr().out
        assert all(id in told for id in ("run", "sound"))
        assert main(["show", "run", "--runs", str(runs)]) in (0, 2)
        assert len([line for line in capsys.readouterr().err.splitlines() if line.startswith("landscape: ")]) <= 1
        client = factory.create(runs).server.test_client()
        assert client.get("/jobs").status_code == 200
