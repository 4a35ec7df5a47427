"""What lies in a runs folder: data whose hash the run recorded are used, a module is never imported
from there.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from landscape_app.cli.main import main
from landscape_app.errors import TrustError
from landscape_app.jobs import launch
from landscape_app.settings import RunSpec, parse
from landscape_app.store import sources
from landscape_app.store.run import RunFolder
from tests.attacks.strangers import MODULE, QUICK, Stranger, lost_chunk
from tests.patience import patience


@pytest.mark.parametrize("id", ["plain", "file", "arrays"])
def test_what_lies_in_the_runs_folder_with_its_hash_is_data(
    stranger: Stranger, id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = lost_chunk(stranger.runs, id).digest()
    assert main(["resume", id, "--runs", str(stranger.runs)]) == 0
    capsys.readouterr()
    main(["verify", id, "--runs", str(stranger.runs), "--json"])
    report = json.loads(capsys.readouterr().out)
    passed = {check["name"]: check["passed"] for check in report["checks"]}
    assert passed["data"] is True
    assert passed["anchor_loss"] is True
    assert RunFolder.open(stranger.runs, id).digest() == before
    assert not RunFolder.open(stranger.runs, id).damaged()
    assert stranger.untouched


def test_other_bytes_in_the_runs_folder_are_not_what_the_run_recorded(stranger: Stranger) -> None:
    stored = next((stranger.runs / "_data").glob("*/table.npz"))
    stored.write_bytes(stored.read_bytes()[:-1] + b"?")
    with pytest.raises(TrustError, match=r"table\.npz"):
        sources.located(RunFolder.open(stranger.runs, "file"))
    assert stranger.untouched


def test_nothing_is_imported_from_a_runs_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    for folder in (tmp_path, tmp_path / "_data"):
        folder.mkdir(exist_ok=True)
        (folder / "among_runs.py").write_text(MODULE.format(marker=str(tmp_path / "marker")))
        monkeypatch.chdir(folder)
        asked = ["--network", "among_runs:make", "--data", "blobs", "--runs", str(tmp_path)]
        assert main(["run", *asked, *QUICK]) == 2
        assert "is in the runs folder" in capsys.readouterr().err
        assert str(folder) not in sys.path
    assert not (tmp_path / "marker").exists()


def test_a_job_that_begins_among_runs_takes_no_module_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunFolder.create(
        tmp_path, "one", parse(RunSpec, {"data": "blobs", "network": "mlp-small"})
    )
    for name in ("json", "numpy", "torch", "cyclopts", "landscape_app"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'marker')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    launch.launch(run.path, ["show", "one", "--runs", str(tmp_path)])
    until = time.monotonic() + patience(60)
    while (
        "mlp-small" not in (log := (run.path / "log.txt").read_text()) and time.monotonic() < until
    ):
        time.sleep(0.05)
    assert "mlp-small" in log
    assert not (tmp_path / "marker").exists()
