"""Laws of run and study folders: ids and never paths, one schema or words about it, and locks that
name their holder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.errors import (
    RunDamagedError,
    RunExistsError,
    RunLockedError,
    RunMissingError,
    SchemaError,
    SpecError,
    StorageError,
)
from landscape_app.settings import PRESETS, AnalysisSpec, RunSpec, parse
from landscape_app.store import catalogue, files, lock, opening
from landscape_app.store.journal import encode
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.store import samples

BAD_IDS = [
    "",
    ".",
    "..",
    "../run",
    "/etc",
    "Run",
    "-run",
    "run/",
    "run\n",
    "a" * 65,
    "_studies",
    ".state",
    "run\0",
    "é",
]


@given(id=st.text(max_size=70) | st.sampled_from(BAD_IDS))
def test_what_is_no_id_names_no_run(id, fresh):
    runs = fresh()
    with pytest.raises(RunMissingError, match=r"id|called"):
        RunFolder.open(runs, id)
    with pytest.raises(RunMissingError):
        catalogue.delete(runs, id)


@pytest.mark.parametrize("id", BAD_IDS)
def test_nothing_is_created_under_what_is_no_id(id, tmp_path):
    with pytest.raises(SpecError, match="called"):
        RunFolder.create(tmp_path / "runs", id, samples.spec())
    with pytest.raises(SpecError, match=r"called|ids"):
        StudyFolder.create(tmp_path / "runs", "study", [id], AnalysisSpec())
    assert not list(tmp_path.rglob("*.json"))


def test_a_link_in_a_runs_folder_is_no_run(tmp_path):
    samples.full_run(tmp_path / "elsewhere")
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "run").symlink_to(tmp_path / "elsewhere" / "run")
    with pytest.raises(RunMissingError, match="is a link"):
        RunFolder.open(tmp_path / "runs", "run")
    with pytest.raises(RunMissingError):
        catalogue.delete(tmp_path / "runs", "run")
    assert (tmp_path / "elsewhere" / "run" / "spec.json").exists()


@pytest.mark.parametrize(
    "values",
    [
        *PRESETS.values(),
        {"data": "npz:/x/My Data.npz", "network": "mlp", "regime": "poor", "seed": 7},
    ],
)
def test_a_spec_comes_back_as_it_was_and_its_id_is_one(values, tmp_path):
    spec = parse(RunSpec, values)
    before = time.time()
    ids = []
    for _ in range(3):
        ids.append(RunFolder.new_id(tmp_path, spec))
        created = RunFolder.create(tmp_path, ids[-1], spec)
        opened = RunFolder.open(tmp_path, ids[-1])
        assert opened == created
        assert opened.spec == spec
        assert before <= opened.created <= time.time()
    assert ids == [ids[0], f"{ids[0]}-2", f"{ids[0]}-3"]


def test_an_id_is_given_once_to_runs_and_studies_alike(tmp_path):
    run = samples.full_run(tmp_path)
    before = (run.path / "spec.json").read_bytes()
    StudyFolder.create(tmp_path, "study", ["run"], AnalysisSpec(k=7))
    for make in (
        lambda: RunFolder.create(tmp_path, "run", samples.spec(3)),
        lambda: RunFolder.create(tmp_path, "study", samples.spec()),
        lambda: StudyFolder.create(tmp_path, "run", ["run"], AnalysisSpec()),
        lambda: StudyFolder.create(tmp_path, "study", ["run"], AnalysisSpec()),
    ):
        with pytest.raises(RunExistsError, match="exists already"):
            make()
    assert (run.path / "spec.json").read_bytes() == before
    study = StudyFolder.open(tmp_path, "study")
    assert (study.runs, study.analysis) == (["run"], AnalysisSpec(k=7))
    assert StudyFolder.new_id(tmp_path) == "compare-1"


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
    listed = {one.id: one for one in catalogue.list_runs(tmp_path)}
    assert words in listed["run"].problem
    assert (listed["sound"].problem, listed["sound"].regime, listed["sound"].created) == (
        None,
        "good",
        sound.created,
    )
    catalogue.delete(tmp_path, "run")
    assert [one.id for one in catalogue.list_runs(tmp_path)] == ["sound"]


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
    assert [bool(one.problem) for one in catalogue.list_studies(tmp_path)] == [True]


def test_what_is_not_a_run_is_neither_listed_nor_deleted(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "code.py").touch()
    (tmp_path / "notes.txt").touch()
    (tmp_path / "claimed").mkdir()
    assert [(one.id, bool(one.problem)) for one in catalogue.list_runs(tmp_path)] == [
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
    assert [one.problem for one in catalogue.list_studies(tmp_path)] == [None]
    catalogue.delete(tmp_path, "a")
    assert "a cannot be found" in catalogue.list_studies(tmp_path)[0].problem
    catalogue.delete(tmp_path, "both")
    assert (
        catalogue.list_studies(tmp_path),
        [one.id for one in catalogue.list_runs(tmp_path)],
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
    assert min(seconds) < 1


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


def test_a_digest_changes_with_what_is_sampled_and_with_nothing_else(tmp_path):
    run = samples.full_run(tmp_path)
    before = run.digest()
    run.mark("note")
    samples.commit_chunk(run, [0, 1], 0, 5)  # the same again
    assert RunFolder.open(tmp_path, "run").digest() == before
    samples.commit_chunk(run, [0, 1], 0, 5, salt=0.5)
    assert run.digest() != before


def test_the_journal_keeps_the_newest_line_of_a_file_and_all_facts(tmp_path):
    run = samples.full_run(tmp_path)
    facts = run.prepared()
    assert (facts["parameters"], facts["plan"]) == (samples.PARAMETERS, {"engine": "chain"})
    samples.commit_chunk(run, [0, 1], 0, 5, salt=0.5)
    lines = run.committed("chunk")
    assert [line["file"] for line in lines].count("chunks/000-00000-00005.safetensors") == 1
    assert lines[-1]["trajectories"] == [0, 1]
    assert lines[-1]["bytes"] == (run.path / lines[-1]["file"]).stat().st_size
    assert [line["kind"] for line in run.committed()] == ["anchor", *["chunk"] * 4]


@pytest.mark.parametrize(
    "file",
    [
        "../x.safetensors",
        "/tmp/x.safetensors",
        "chunks/../x.safetensors",
        "x.npz",
        "chunks/.x.safetensors",
        "a/b.safetensors",
    ],
)
def test_a_file_outside_the_run_is_neither_written_nor_read(file, tmp_path):
    run = samples.full_run(tmp_path)
    with pytest.raises(RunDamagedError, match="no name"):
        run.commit("chunk", file, {"x": np.ones(1)})
    line = {
        "kind": "chunk",
        "bundle": 0,
        "trajectories": [0],
        "first": 0,
        "last": 0,
        "file": file,
        "sha256": "0" * 64,
        "bytes": 1,
    }
    with pytest.raises(ValueError, match="no line"):
        run.mark(**line)
    with (run.path / "journal.jsonl").open("ab") as journal:
        journal.write(encode(line))
    for ask in (run.damaged, lambda: run.tensors(file), lambda: RunFolder.open(tmp_path, "run")):
        with pytest.raises(RunDamagedError, match=r"journal\.jsonl cannot be read"):
            ask()


def test_a_file_changed_within_the_clocks_tick_is_noticed(tmp_path):
    path = tmp_path / "file"
    seen = set()
    for i in range(200):
        files.write_atomic(path, b"%03d" % i) if i % 2 else path.write_bytes(b"%03d" % i)
        seen.add(files.digest(path))
    assert len(seen) == 200


def test_settings_are_stored_as_json_that_any_tool_reads(tmp_path):
    run = samples.full_run(tmp_path)
    stored = json.loads((run.path / "spec.json").read_text())
    assert (stored["schema"], stored["settings"]["step_sizes"]) == (2, [0.5])


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


def test_looking_for_damage_again_costs_one_look_at_each_file(tmp_path, monkeypatch):
    run = RunFolder.create(tmp_path, "many", parse(RunSpec, {}))
    with run.lock():
        for index in range(20):
            run.commit(
                "base", f"base-{index}.safetensors", {"x": np.zeros(3)}, first=index, last=index
            )
    old = time.time() - 10
    for path in run.path.glob("*.safetensors"):
        os.utime(path, (old, old))
    monkeypatch.setattr(files, "SETTLED", -(10**12))  # a change can be told from now on
    assert run.damaged() == []
    opened = []
    real = opening.regular
    monkeypatch.setattr(
        opening,
        "regular",
        lambda path, *given, **named: opened.append(path.name) or real(path, *given, **named),
    )
    assert run.damaged() == []
    assert [name for name in opened if name.startswith("base")] == []
    (run.path / "base-3.safetensors").write_bytes(b"other")
    (run.path / "base-5.safetensors").unlink()
    (run.path / "base-7.safetensors").rename(run.path / "base-77.safetensors")
    (run.path / "base-7.safetensors").symlink_to("base-77.safetensors")
    assert run.damaged() == [f"base-{index}.safetensors" for index in (3, 5, 7)]


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
