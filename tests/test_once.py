"""Laws of folders that are made once for all workers."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from tests.once import once
from tests.patience import patience


class Factory:
    """What `once` asks of pytest's own."""

    def __init__(self, base: Path) -> None:
        self.base = base

    def getbasetemp(self) -> Path:
        return self.base


def count(folder: Path) -> None:
    with (folder.parent / "makers").open("a") as written:
        written.write(".")
    (folder / "file").write_text("whole")


def ask(base: Path) -> None:
    folder = once(Factory(base), "made", count)  # type: ignore[arg-type]
    assert (folder / "file").read_text() == "whole"


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)


def test_many_at_once_make_it_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=ask, args=(tmp_path,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(patience(30))
        assert worker.exitcode == 0
    assert (tmp_path / "makers").read_text() == "."


def test_workers_of_a_session_share_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    for worker in ("gw0", "gw1"):
        (tmp_path / worker).mkdir()
        ask(tmp_path / worker)
    assert (tmp_path / "makers").read_text() == "."


def test_a_maker_that_fails_leaves_it_to_the_next(tmp_path: Path) -> None:
    def spoil(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError

    with pytest.raises(OSError):
        once(Factory(tmp_path), "made", spoil)  # type: ignore[arg-type]
    ask(tmp_path)
    assert not (tmp_path / "made" / "half").exists()
