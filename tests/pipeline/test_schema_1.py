"""A run that 0.2.0 began goes on as 0.2.0 would have gone on; one whose settings or beginning are
not what they were does not.
"""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from landscape_app.errors import RunDamagedError
from landscape_app.pipeline.run import execute
from landscape_app.records.progress import Silent
from landscape_app.store import catalogue, snapshots
from landscape_app.store.run import RunFolder
from tests.store import old

LAST = "chunks/000-00006-00010.safetensors"
# as 0.2.0 itself went on
NEXT = (
    "chunks/000-00011-00012.safetensors",
    "2893c42bc87f656cc82df20f5609a3f9a3fd750eb3857dda270ebbd739fa69bf",
)


def go_on(runs):
    run = RunFolder.open(runs, "half")
    with run.lock():
        execute(run, Silent())
    return RunFolder.open(runs, "half")


def test_a_half_done_run_of_0_2_goes_on_to_the_same_bytes(tmp_path):
    runs = old.unpack(tmp_path, "half")
    begun = snapshots.read(RunFolder.open(runs, "half"))
    shutil.copytree(runs, tmp_path / "again")
    (tmp_path / "again" / "half" / LAST).unlink()
    run = go_on(runs)
    assert (run.finished, run.damaged(), len(snapshots.read(run))) == (True, [], 27)
    assert np.array_equal(
        snapshots.read(run).delta.whole()[begun.column("row")], begun.delta.whole()
    )
    before = {
        line["file"]: line["sha256"]
        for line in RunFolder.open(old.unpack(tmp_path / "first", "half"), "half").committed()
    }
    again = {line["file"]: line["sha256"] for line in go_on(tmp_path / "again").committed()}
    if again[LAST] != before[LAST]:
        pytest.skip("this machine computes other bits than the one that the run was begun on")
    assert {line["file"]: line["sha256"] for line in run.committed()} == before | dict([NEXT])


def test_a_half_done_run_whose_settings_were_changed_does_not_go_on(tmp_path):
    runs = old.unpack(tmp_path, "half")
    with RunFolder.open(runs, "half").lock():
        pass
    path = runs / "half" / "spec.json"
    content = json.loads(path.read_text())
    content["settings"]["rate"] = 0.5
    path.write_text(json.dumps(content))
    with pytest.raises(RunDamagedError, match=r"rate was 0.01, is 0.5"):
        go_on(runs)


def test_a_run_whose_beginning_is_lost_does_not_go_on(tmp_path):
    runs = old.unpack(tmp_path, "half")
    path = runs / "half" / "journal.jsonl"
    content = bytearray(path.read_bytes())
    content[50] ^= 1
    path.write_bytes(content)
    assert RunFolder.open(runs, "half").prepared() is None
    before = {line["file"] for line in RunFolder.open(runs, "half").committed()}
    with pytest.raises(RunDamagedError, match="no longer says what it was begun with"):
        go_on(runs)
    assert {line["file"] for line in RunFolder.open(runs, "half").committed()} == before
    assert catalogue.list_runs(runs)[0].problem is None
