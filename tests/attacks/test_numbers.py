"""Attacks by numbers: a few bytes that claim much more, of a journal, a plan or a file, cost
neither time nor memory.
"""

from __future__ import annotations

import hashlib
import os
import time
import zlib
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landscape_app.cli.main import main
from landscape_app.errors import RunDamagedError
from landscape_app.pipeline import prepare
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store import (
    catalogue,
    damage,
    files,
    grids,
    journal,
    names,
    shared_data,
    snapshots,
    sources,
    verdict,
)
from landscape_app.store.journal import encode
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import GRID
from tests.attacks.test_special_files import limited
from tests.patience import patience
from tests.store import samples

# 21 million snapshots
LARGEST = {"seeds": 64, "step_sizes": [step / 10 for step in range(1, 33)], "epochs": 10_000}
TERA = 2**40
QUICK = 5.0  # s, on a busy machine


def forged(
    runs: Path, settings: dict[str, Any], *lines: dict[str, Any], content: bytes = b""
) -> RunFolder:
    """A run of a stranger: what its journal says, and `content` in every file that it names."""
    run = RunFolder.create(runs, "run", parse(RunSpec, settings))
    run.mark("prepared", parameters=samples.PARAMETERS, classes=samples.CLASSES)
    with run.journal.path.open("ab") as file:
        file.writelines(encode(line) for line in lines)
    for line in lines:
        if "file" in line:
            (run.path / line["file"]).write_bytes(content)
    return RunFolder.open(runs, "run")


def chunk(number: int = 0, content: bytes = b"", **changes: Any) -> dict[str, Any]:
    """A line that says it holds what `changes` say, in a file of `content`."""
    sha256 = hashlib.sha256(content).hexdigest()
    facts = {
        "kind": "chunk",
        "file": f"chunks/a{number}.safetensors",
        "sha256": sha256,
        "bytes": len(content),
    }
    return facts | {"first": 0, "last": 1, "bundle": 0, "trajectories": [0]} | changes


END = {"kind": "finished"}
WHOLE = {"last": 10_000, "trajectories": list(range(2112))}
CLAIMS = {
    "no file": (LARGEST, [END]),
    "epochs": ({}, [chunk(first=-(2**31), last=2**31), END]),
    "many": (LARGEST, [chunk(number, **WHOLE) for number in range(100)]),
    "every other": (
        LARGEST,
        [
            chunk(number, last=9_999 - number, trajectories=WHOLE["trajectories"])
            for number in range(20)
        ]
        + [END],
    ),
    "the same": ({}, [chunk(trajectories=[0] * 1_000_000), END]),
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_what_a_journal_claims_is_held_against_the_protocol_and_the_files(
    tmp_path: Path, claim: str
) -> None:
    settings, lines = CLAIMS[claim]
    run = forged(tmp_path, settings, *lines)
    start = time.monotonic()
    with limited(claim):
        assert catalogue.list_runs(tmp_path)
        found = verdict.opened(run.inventory()).damage
        damage.words(found)
        assert found.snapshots == (run.spec.snapshots - 1 if run.finished else 0)
        verdict.read(run.path)
        snapshots.read(run)
    assert time.monotonic() - start < patience(QUICK)


def test_a_file_of_holes_is_damaged_at_once(tmp_path: Path) -> None:
    run = samples.full_run(tmp_path)
    line = {"kind": "anchor", "file": samples.ANCHOR, "sha256": "0" * 64, "bytes": TERA}
    with run.journal.path.open("ab") as file:
        file.write(encode(line))
    os.truncate(run.path / samples.ANCHOR, TERA)
    os.utime(run.path / samples.ANCHOR, (2e9, 2e9))
    start = time.monotonic()
    assert verdict.read(run.path).damage.files == (samples.ANCHOR,)
    assert verdict.opened(RunFolder.open(tmp_path, "run").inventory()).damage.anchor
    assert files.digest(run.path / samples.ANCHOR) is None
    assert time.monotonic() - start < patience(QUICK)


def test_a_file_with_some_holes_is_read(tmp_path: Path) -> None:
    run = samples.full_run(tmp_path)
    path = run.path / samples.ANCHOR
    path.write_bytes(np.random.default_rng(0).bytes(2**23))
    os.truncate(path, 2**26 + 1)
    assert files.digest(path) is not None


def test_data_of_holes_are_not_read(tmp_path: Path) -> None:
    record = {
        "name": "x.npz",
        "relative": "x.npz",
        "sha256": "0" * 64,
        "bytes": TERA,
        "kept": False,
    }
    run = RunFolder.create(tmp_path, "run", parse(RunSpec, {"data": "npz:/nowhere/x.npz"}))
    (run.path / "signature.json").unlink()
    run.mark("prepared", sources={"data": record})
    (tmp_path / "x.npz").touch()
    os.truncate(tmp_path / "x.npz", TERA)
    start = time.monotonic()
    assert shared_data.inside(run, record, Path("/nowhere/x.npz")) is None
    assert sources.wanted(RunFolder.open(tmp_path, "run")).opens
    assert time.monotonic() - start < patience(QUICK)


@pytest.mark.parametrize("content", ["{},", "[],", "1,", '{"a":1},'])
def test_a_journal_of_endless_values_is_unreadable_and_not_remembered(
    tmp_path: Path, content: str
) -> None:
    run = samples.full_run(tmp_path)
    text = b'{"kind":"x","of":[' + content.encode() * (60_000_000 // len(content)) + b"1]}"
    run.journal.path.write_bytes(b"%08x %s\n" % (zlib.crc32(text), text))
    with limited(content), pytest.raises(RunDamagedError, match="lists and objects"):
        RunFolder.open(tmp_path, "run")


def test_journals_are_remembered_up_to_a_number_of_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SETTLED", 0)
    monkeypatch.setattr(journal, "_known", OrderedDict())
    monkeypatch.setattr(journal, "_held", [0, 0])
    runs = [samples.full_run(tmp_path, f"run-{number}") for number in range(3)]
    for run in runs:
        assert run.finished
    assert len(journal._known) == 3
    monkeypatch.setattr(journal, "REMEMBERED_BYTES", 2 * runs[0].journal.path.stat().st_size + 10)
    for run in runs:
        with run.journal.path.open("ab") as file:
            file.write(encode({"kind": "x"}))
        assert run.finished
    assert len(journal._known) < 3
    assert journal._held[1] == sum(known.end for known in journal._known.values())


def test_the_log_names_a_few_of_many_damaged_files(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = forged(tmp_path, {}, *(chunk(number) for number in range(100)))
    snapshots.read(run)
    assert "and 95 more" in caplog.text
    assert len(caplog.text) < 2_000


PLAN = {
    "engine": "chain",
    "bundles": [[0, 1], [2, 3]],
    "workers": 1,
    "devices": ["cpu"],
    "rows": 5,
    "chunk_epochs": 4,
    "rate": 1.0,
}
PLAN |= {"candidates": [], "why": ""}
BAD_PLANS = {
    "none": None, "empty": {}, "engine": PLAN | {"engine": "os:system"}, "bundles": PLAN | {"bundles": [[0, 1], [2, 9]]},
    "twice": PLAN | {"bundles": [[0, 1, 2, 3], [3]]}, "nothing": PLAN | {"bundles": []}, "workers": PLAN | {"workers": 2**53},
    "no worker": PLAN | {"workers": 0}, "rows": PLAN | {"rows": 0}, "device": PLAN | {"devices": ["meta"]},
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD_PLANS)
def test_a_plan_that_cannot_be_carried_out_is_refused_in_one_line(
    tmp_path: Path, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = RunFolder.create(
        tmp_path,
        "run",
        parse(RunSpec, {"data": "iris", "network": "mlp-small", "seeds": 2, "step_sizes": [0.5]}),
    )
    plan = {} if BAD_PLANS[fault] is None else {"plan": BAD_PLANS[fault]}
    run.mark("prepared", tensors=[], data_hash="0", **plan)
    with pytest.raises(RunDamagedError, match="no valid start record"):
        prepare.ready(RunFolder.open(tmp_path, "run"))
    assert main(["resume", "run", "--runs", str(tmp_path)]) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("shape", [(2, 2, 3), (2,), ()])
def test_scores_of_another_shape_are_left_out(tmp_path: Path, shape: tuple[int, ...]) -> None:
    run = samples.full_run(tmp_path)
    tensors = samples.chunk(7, [0, 1], 6, 7) | {"scores.train_loss": np.zeros(shape)}
    run.commit(
        "chunk",
        "chunks/000-00006-00007.safetensors",
        tensors,
        bundle=0,
        trajectories=[0, 1],
        first=6,
        last=7,
    )
    assert len(snapshots.read(run).column("row")) == run.spec.snapshots - 4
    assert verdict.read(run.path).sound


def test_a_folder_deeper_than_python_goes_is_removed(tmp_path: Path) -> None:
    run, here = samples.full_run(tmp_path), os.open(tmp_path, os.O_RDONLY)
    deep = (
        os.open(run.path / "derived", os.O_RDONLY)
        if (run.path / "derived").exists()
        else os.open(run.path, os.O_RDONLY)
    )
    for _ in range(1200):
        os.mkdir("d", dir_fd=deep)
        deeper = os.open("d", os.O_RDONLY, dir_fd=deep)
        os.close(deep)
        deep = deeper
    os.symlink("/etc", "out", dir_fd=deep)
    os.close(deep)
    os.close(here)
    names.remove_all(run.path, trusted=tmp_path)
    assert os.listdir(tmp_path) == []  # noqa: PTH208
    assert Path("/etc").is_dir()


@pytest.mark.slow
@pytest.mark.parametrize("size", [2**22 - 100, 15_900_000])
def test_a_grid_of_endless_lists_takes_little_memory(tmp_path: Path, size: int) -> None:
    samples.full_run(tmp_path)
    study = StudyFolder.create(tmp_path, "study", ["run"], AnalysisSpec())
    (study.path / GRID).write_text('{"checksum":"0","grid":[' + "[]," * (size // 3) + "[]]}")
    with limited("grid"), pytest.raises(RunDamagedError):
        grids.read(study)
