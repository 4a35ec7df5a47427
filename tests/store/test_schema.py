"""Laws of folders of schema 1, as 0.2.0 wrote them: read as they are, brought to schema 2 by the
first job, and not less checked.
"""

from __future__ import annotations

import json
import os
import shutil
import stat

import pytest

from landscape_app.errors import RunDamagedError
from landscape_app.jobs.state import state
from landscape_app.pipeline.studies import stored
from landscape_app.store import catalogue, derived, snapshots
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.store import children, old
from tests.store.test_faults import crash


@pytest.fixture(scope="module")
def runs(fresh):
    """Never written to."""
    return old.unpack(fresh())


def contents(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "run.lock"
    }


def test_a_folder_of_schema_1_opens_and_lists_and_is_not_written_to(runs):
    before = contents(runs)
    for path in (runs, *runs.rglob("*")):
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    assert [(run.id, run.problem) for run in catalogue.list_runs(runs)] == [
        (id, None) for id in old.RUNS
    ]
    assert [(study.id, study.problem) for study in catalogue.list_studies(runs)] == [
        (id, None) for id in old.STUDIES
    ]
    assert stored(runs, "grid").runs.keys() == {id for id in old.RUNS if id.startswith("grid")}
    for id, rows in zip(old.RUNS, (17, 17, 17, 17, 23), strict=True):
        run = RunFolder.open(runs, id)
        assert (run.finished, run.damaged(), len(snapshots.read(run))) == (id != "half", [], rows)
        assert state(run.path).state == ("interrupted" if id == "half" else "finished")
    assert RunFolder.open(runs, "done").spec.jump_tensors == "filters", (
        "what was no setting then has the value that it had"
    )
    assert contents(runs) == before


def test_every_result_of_schema_1_is_read(runs):
    folders = [*(runs / id for id in old.RUNS), *(runs / "_studies" / id for id in old.STUDIES)]
    places = [path for folder in folders for path in derived.places(folder)]
    assert len(places) > 100
    assert [path for path in places if derived.read(path) is None] == []


@pytest.mark.parametrize("id", ["done", "half"])
def test_the_first_lock_brings_a_run_to_schema_2_and_later_changes_are_said(id, tmp_path):
    runs = old.unpack(tmp_path, id)
    before, lines = RunFolder.open(runs, id), RunFolder.open(runs, id).journal.lines()
    for _ in range(2):
        with RunFolder.open(runs, id).lock():
            pass
    after = RunFolder.open(runs, id)
    head = json.loads((after.path / "spec.json").read_text())
    assert (head["schema"], head["settings"], after) == (2, before.settings, before)
    assert after.journal.lines()[:-1] == lines
    assert after.journal.lines()[-1]["kind"] == "migrated"
    assert (after.committed(), after.prepared(), after.finished) == (
        before.committed(),
        before.prepared(),
        before.finished,
    )
    head["settings"]["epochs"] += 1
    (after.path / "spec.json").write_text(
        json.dumps({"schema": 1, "created": head["created"], "settings": head["settings"]})
    )
    with pytest.raises(RunDamagedError, match="epochs was"):
        RunFolder.open(runs, id)


def test_the_first_lock_brings_a_study_to_schema_2(tmp_path):
    runs = old.unpack(tmp_path, "_studies/grid/")
    before = StudyFolder.open(runs, "grid")
    with before.lock():
        pass
    head = json.loads((before.path / "study.json").read_text())
    assert (head["schema"], StudyFolder.open(runs, "grid")) == (2, before)
    (before.path / "study.json").write_text(json.dumps(head | {"runs": ["done"]}))
    with pytest.raises(RunDamagedError, match="was changed"):
        StudyFolder.open(runs, "grid")


@pytest.mark.parametrize("damage", ["chunk", "journal", "spec"])
def test_a_damaged_folder_of_schema_1_is_said_to_be(damage, tmp_path):
    runs = old.unpack(tmp_path, "half", "done/")
    path = runs / "half"
    if damage == "chunk":
        os.truncate(path / "chunks" / "000-00006-00010.safetensors", 100)
        run = RunFolder.open(runs, "half")
        assert run.damaged() == ["chunks/000-00006-00010.safetensors"]
        assert len(snapshots.read(run)) == 13
    else:
        file = path / ("journal.jsonl" if damage == "journal" else "spec.json")
        file.write_bytes(bytes(len(file.read_bytes()) - 1) + b"\n")
        with pytest.raises(RunDamagedError):
            RunFolder.open(runs, "half")
    assert [run.problem for run in catalogue.list_runs(runs) if run.id == "done"] == [None]


@pytest.mark.parametrize("work", ["migrate", "migrate_study"])
def test_a_migration_that_dies_anywhere_changes_nothing_and_is_done_the_next_time(work, tmp_path):
    whole = old.unpack(tmp_path / "whole", "half", "_studies/compare")
    seen = set()
    for n in range(1, 80):
        runs = tmp_path / str(n)
        shutil.copytree(whole, runs)
        code = crash(work, n, runs)
        for _ in range(2):
            run, study = RunFolder.open(runs, "half"), StudyFolder.open(runs, old.STUDIES[0])
            kinds = [line["kind"] for line in run.journal.lines()]
            head = run.path / "spec.json" if work == "migrate" else study.path / "study.json"
            seen.add((json.loads(head.read_text())["schema"], kinds.count("migrated")))
            assert kinds.count("migrated") <= 1
            assert (run.damaged(), len(run.committed()), run.spec.epochs) == ([], 5, 12)
            assert study.runs == ["grid-good-s0", "grid-poor-s0"]
            children.WORK[work](runs)
        left = [
            path.name
            for path in (*run.path.iterdir(), *study.path.iterdir())
            if path.name.endswith(".tmp")
        ]
        assert left == []
        if code == 0:
            assert seen == ({(1, 0), (1, 1), (2, 1)} if work == "migrate" else {(1, 0), (2, 0)})
            return
    pytest.fail("it never came to its end")
