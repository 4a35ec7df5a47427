"""Laws of run and study folders: ids and never paths, files of the run alone, and what is stored
comes back.
"""

from __future__ import annotations

import json
import os
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.errors import (
    RunDamagedError,
    RunExistsError,
    RunMissingError,
    SpecError,
)
from landscape_app.settings import PRESETS, AnalysisSpec, RunSpec, parse
from landscape_app.store import catalogue, files, opening
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
