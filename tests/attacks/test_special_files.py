"""A pipe, a socket, a device, a folder or a file without end in the place of any file: nothing
hangs or fills memory, and one line says it.
"""

from __future__ import annotations

import resource
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from landscape_app.cli.main import main
from landscape_app.dashboard import factory
from landscape_app.dashboard.common import ids
from landscape_app.dashboard.common.board import FRESH, Board
from landscape_app.jobs import state, status
from landscape_app.store import catalogue, derived, shared_data, snapshots
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.attacks import folders
from tests.attacks.test_links import said_in_one_line
from tests.dashboard.conftest import Page

pytestmark = pytest.mark.slow

PAGES = [
    ("/", "?runs=run,sound"),
    ("/surface", "?runs=run"),
    ("/checks", "?runs=run,sound"),
    ("/study", "?id=study"),
    ("/new", "?from=run"),
]
PAGES += [("/jobs", "?show=run"), ("/jobs", "?show=study")]
FEW = ("run/spec.json", "run/journal.jsonl", "run/status.json", "_studies/study/study.json")
SECONDS = 20.0  # that everything which reads a folder may take, on a busy machine
MEMORY_KB = 200_000  # that it may take more


@contextmanager
def limited(what: str) -> Iterator[None]:
    """A block that neither hangs nor takes much memory."""

    def late(*_: object) -> None:
        raise TimeoutError(f"{what} hangs")

    before, most = (
        signal.signal(signal.SIGALRM, late),
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    )
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
    yield (
        "state",
        lambda: (
            state.state(runs / "run"),
            state.log_tail(runs / "run"),
            state.state(runs / "_studies" / "study"),
        ),
    )
    yield "asked", lambda: status.asked_at(runs / "run")
    yield "damaged", lambda: run().damaged()
    yield "snapshots", lambda: snapshots.read(run())
    yield (
        "results",
        lambda: (
            derived.find(run().path, "geometry"),
            derived.find(StudyFolder.open(runs, "study").path, "geometry"),
        ),
    )
    yield "kept", lambda: shared_data.arrays(run())
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
                assert [run.problem for run in catalogue.list_runs(runs) if run.id == "sound"] == [
                    None
                ], name


@pytest.fixture(scope="module")
def world(whole: Path) -> Iterator[tuple[Path, Page]]:
    """A runs folder, and the page on top of it."""
    with tempfile.TemporaryDirectory(dir=whole.parent) as base:
        shutil.copytree(whole, Path(base) / "runs")
        yield Path(base) / "runs", Page(factory.create(Path(base) / "runs"))


@pytest.mark.parametrize(
    "names", [FEW, pytest.param(None, marks=pytest.mark.exhaustive)], ids=["few", "every"]
)
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=[] if kind == "pipe" else [pytest.mark.exhaustive])
        for kind in folders.SPECIAL
    ],
)
def test_every_page_answers_whatever_a_file_is_and_so_does_the_command_line(
    world, kind, names, tmp_path, capsys
):
    runs, page = world
    for name in names or folders.names(runs, kinds="files"):
        (runs / name).rename(tmp_path / "before")
        try:
            folders.SPECIAL[kind](runs / name)
            with limited(f"{name} is a {kind}"):
                time.sleep(FRESH)  # what was read before is forgotten
                for path, search in PAGES:
                    answer = page.call(
                        f"{ids.PAGE}.children",
                        {f"{ids.LOCATION}.pathname": path, f"{ids.LOCATION}.search": search},
                    )
                    assert answer.status_code == 200, (name, path, search)
                assert main(["list", "--runs", str(runs)]) == 0
                told = capsys.readouterr().out
                assert all(id in told for id in ("run", "sound"))
                for argv in (["show", "run"], ["show", "sound"]):
                    assert main([*argv, "--runs", str(runs)]) in (
                        (0,) if "sound" in argv else (0, 2)
                    ), (name, argv)
                assert "Traceback" not in capsys.readouterr().err
        except PermissionError:
            pytest.skip("only an administrator makes devices")
        finally:
            shutil.rmtree(runs / name) if (runs / name).is_dir() and not (
                runs / name
            ).is_symlink() else (runs / name).unlink(missing_ok=True)
            (tmp_path / "before").rename(runs / name)
