"""Every run and study of a runs folder is listed, and one that cannot be used is listed with the
reason.
"""

from __future__ import annotations

import time

import pytest

from landscape_app.errors import (
    RunDamagedError,
    RunMissingError,
    SchemaError,
    StorageError,
)
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store import catalogue, files
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.patience import patience
from tests.store import samples

HEADS = [
    (b"", RunDamagedError, "damaged"),
    (b"{", RunDamagedError, "damaged"),
    (b"[1]", RunDamagedError, "damaged"),
    (b"\xff\xfe", RunDamagedError, "damaged"),
    (b"[" * 100_000, RunDamagedError, "damaged"),
    (b'{"schema": "1", "created": 1, "settings": {}}', RunDamagedError, "damaged"),
    (b'{"schema": 3, "created": 1}', SchemaError, "a newer version"),
    (b'{"schema": 0, "created": 1}', SchemaError, "an older version"),
    (b'{"schema": 1, "created": 1}', RunDamagedError, "not readable"),
    (b'{"schema": 2, "created": 1}', RunDamagedError, "not readable"),
    (b'{"schema": 2, "created": 1, "settings": []}', RunDamagedError, "not readable"),
    (b'{"schema": 2, "created": 1e999, "settings": {}}', RunDamagedError, "damaged"),
    (b'{"schema": 2, "created": -1, "settings": {}}', RunDamagedError, "damaged"),
    (b'{"schema": 2, "created": NaN, "settings": {}}', RunDamagedError, "damaged"),
    (
        b'{"schema": 2, "created": 1' + b"0" * 5000 + b', "settings": {}}',
        RunDamagedError,
        "damaged",
    ),
    (
        b'{"schema": 1, "created": 1, "settings": {"epochs": -1}}',
        RunDamagedError,
        "Retraining epochs",
    ),
    (b'{"schema": 1, "created": 1, "settings": {"data": "gone"}}', RunDamagedError, "data set"),
]


@pytest.mark.parametrize(("content", "error", "words"), HEADS)
def test_a_folder_that_cannot_be_used_says_why_and_is_listed_with_that(
    content, error, words, tmp_path
):
    sound, run = samples.full_run(tmp_path, "sound"), samples.full_run(tmp_path)
    (run.path / "spec.json").write_bytes(content)
    with pytest.raises(error, match=words):
        RunFolder.open(tmp_path, "run")
    listed = {run.id: run for run in catalogue.list_runs(tmp_path)}
    assert words in listed["run"].problem
    assert (listed["sound"].problem, listed["sound"].regime, listed["sound"].created) == (
        None,
        "good",
        sound.created,
    )
    catalogue.delete(tmp_path, "run")
    assert [run.id for run in catalogue.list_runs(tmp_path)] == ["sound"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"schema": 9, "created": 1}',
        b'{"schema": 1, "created": 1, "runs": ["../x"], "analysis": {}}',
    ],
)
def test_a_study_that_cannot_be_used_is_listed_with_words(content, tmp_path):
    study = StudyFolder.create(tmp_path, "study", ["run"], AnalysisSpec())
    (study.path / "study.json").write_bytes(content)
    with pytest.raises((RunDamagedError, SchemaError)):
        StudyFolder.open(tmp_path, "study")
    assert [bool(study.problem) for study in catalogue.list_studies(tmp_path)] == [True]


def test_what_is_not_a_run_is_neither_listed_nor_deleted(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "code.py").touch()
    (tmp_path / "notes.txt").touch()
    (tmp_path / "claimed").mkdir()
    assert [(run.id, bool(run.problem)) for run in catalogue.list_runs(tmp_path)] == [
        ("claimed", True)
    ]
    for id in ("src", "notes.txt"):
        with pytest.raises(RunMissingError):
            catalogue.delete(tmp_path, id)
    assert (tmp_path / "src" / "code.py").exists()
    assert catalogue.list_runs(tmp_path / "nowhere") == catalogue.list_studies(tmp_path) == []


def test_a_study_names_the_runs_that_are_gone_and_goes_without_them(tmp_path):
    for id in ("a", "b"):
        samples.full_run(tmp_path, id)
    StudyFolder.create(tmp_path, "both", ["a", "b"], AnalysisSpec())
    assert [study.problem for study in catalogue.list_studies(tmp_path)] == [None]
    catalogue.delete(tmp_path, "a")
    assert "a cannot be found" in catalogue.list_studies(tmp_path)[0].problem
    catalogue.delete(tmp_path, "both")
    assert (
        catalogue.list_studies(tmp_path),
        [run.id for run in catalogue.list_runs(tmp_path)],
    ) == ([], ["b"])
    assert not list(tmp_path.rglob(".deleted*"))


def test_a_thousand_runs_are_listed_within_a_second(tmp_path):
    content = (samples.full_run(tmp_path, "first").path / "spec.json").read_bytes()
    for i in range(1000):
        (tmp_path / f"run-{i}").mkdir()
        (tmp_path / f"run-{i}" / "spec.json").write_bytes(content)
    seconds = []
    for _ in range(3):
        begun = time.process_time()  # others may be at work on the machine
        assert len(catalogue.list_runs(tmp_path)) == 1001
        seconds.append(time.process_time() - begun)
    assert min(seconds) < patience(1)


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_runs_folder_that_is_none_is_said_by_whoever_is_asked(tmp_path, kind):
    runs = tmp_path / "runs"
    runs.write_text("dear") if kind == "file" else runs.symlink_to(tmp_path / "nowhere")
    words = "is a file" if kind == "file" else "is a link to nothing"
    asked = [
        lambda: RunFolder.create(runs, "one", parse(RunSpec, {})),
        lambda: RunFolder.open(runs, "one"),
        lambda: catalogue.delete(runs, "one"),
    ]
    for ask in asked:
        with pytest.raises(StorageError, match=words):
            ask()
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("own", [True, False])
def test_a_folder_in_the_place_of_a_file_is_said_with_what_helps(own, tmp_path):
    run = samples.full_run(tmp_path)
    target = tmp_path / "mine.csv" if own else run.path / run.committed("chunk")[0]["file"]
    if not own:
        target.unlink()
    target.mkdir()
    with pytest.raises(
        StorageError, match="give another name" if own else "remove it, then resume"
    ):
        files.write_atomic(target, b"x", own=own)


def test_a_run_of_the_longest_name_is_still_a_run_when_it_is_put_aside(tmp_path):
    name = "a" * 64
    RunFolder.create(tmp_path, name, samples.spec())
    kept = catalogue.put_aside(tmp_path, name)
    assert kept == "a" * 62 + "-1"
    assert [run.id for run in catalogue.list_runs(tmp_path)] == [kept]
