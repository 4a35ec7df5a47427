"""One holder at a time, and nobody else can drop its lock."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from landscape_app.errors import (
    RunLockedError,
    RunMissingError,
)
from landscape_app.settings import AnalysisSpec
from landscape_app.store import catalogue, lock
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.store import samples


def test_a_lock_is_held_once_in_a_process_too_and_by_whatever_path_it_is_reached(
    tmp_path, monkeypatch
):
    run = samples.full_run(tmp_path)
    monkeypatch.chdir(tmp_path)
    other = RunFolder.open(tmp_path / ".." / tmp_path.name, "run")
    with run.lock():
        for again in (run, other, RunFolder.open(".", "run")):
            with pytest.raises(RunLockedError, match=f"process {os.getpid()}"), again.lock():
                pytest.fail("locked twice")
            assert lock.holder(again.path / lock.NAME) == os.getpid()
        with pytest.raises(RunLockedError):
            catalogue.delete(tmp_path, "run")
    assert lock.holder(run.path / lock.NAME) is None
    with other.lock():
        pass


def test_asking_who_holds_a_lock_does_not_drop_it(tmp_path):
    run = samples.full_run(tmp_path)
    path = str(run.path / lock.NAME)
    ask = (
        "import sys; from pathlib import Path; from landscape_app.store import lock;"
        " print(lock.holder(Path(sys.argv[1])))"
    )
    with run.lock():
        for _ in range(3):
            lock.holder(run.path / lock.NAME)
            RunFolder.open(tmp_path, "run").damaged()
        said = subprocess.run(
            [sys.executable, "-c", ask, path], capture_output=True, text=True, check=True
        )
    assert said.stdout.strip() == str(os.getpid())


def test_a_lock_on_a_folder_that_is_gone_is_refused(tmp_path):
    run = samples.full_run(tmp_path)
    catalogue.delete(tmp_path, "run")
    with pytest.raises(RunMissingError), run.lock():
        pytest.fail("locked a ghost")
    assert not run.path.exists()


def test_what_a_crash_left_half_written_is_swept_by_the_next_holder_of_the_lock_but_no_cancel(
    tmp_path,
):
    run = samples.full_run(tmp_path)
    study = StudyFolder.create(tmp_path, "study", ["run"], AnalysisSpec())
    left = [".status.json.1-00000000.tmp", ".table.csv.12-0123abcd.tmp"]
    kept = [".cancel.1-00000000.tmp", "letter.tmp"]
    for folder in (run, study):
        for name in (*left, *kept):
            (folder.path / name).write_text("")
        with folder.lock():
            pass
        assert [name for name in (*left, *kept) if (folder.path / name).exists()] == kept
