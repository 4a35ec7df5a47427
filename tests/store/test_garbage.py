"""Laws of garbage: what nothing reads is listed and removed, and nothing else is."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from landscape_app.cli.main import main
from landscape_app.settings import AnalysisSpec
from landscape_app.store import catalogue, derived, garbage, lock
from landscape_app.store.study import StudyFolder
from tests.store import samples

LONG_AGO = time.time() - 10_000


def old(path: Path, content: bytes | None = None) -> Path:
    """A folder, or a file of `content`, that was made long ago."""
    if content is None:
        path.mkdir(parents=True)
        (path / "x").write_bytes(b"1234")
    else:
        path.write_bytes(content)
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A run and a study with a result each."""
    for id in ("one", "two"):
        run = samples.full_run(tmp_path, id)
        derived.write(run.path, "geometry", {}, {"x": np.ones(3)}, {}, run.digest())
    StudyFolder.create(tmp_path, "both", ["one", "two"], AnalysisSpec())
    return tmp_path


def content(folder: Path) -> dict[Path, bytes]:
    """Every file below a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_sound_folder_has_none(runs: Path) -> None:
    before = content(runs)
    assert garbage.garbage(runs) == []
    garbage.remove(garbage.garbage(runs), runs)
    assert content(runs) == before


def test_what_a_crash_left_is_listed_by_kind_and_removed(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(runs)
    left = [
        old(runs / ".deleted-0123456789abcdef"),
        old(runs / "_studies" / ".deleted-0123456789abcdef"),
        old(runs / ".import-0123456789abcdef"),
        old(runs / "one" / f".status.json.12-{'0' * 8}.tmp", b"half"),
        old(runs / "one" / "derived" / ".new-0123456789abcdef"),
        old(runs / "two" / "derived" / ".old-0123456789abcdef"),
    ]
    listed = garbage.garbage(runs)
    assert [each.path for each in listed] == sorted(left)
    assert [each.bytes for each in listed] == [4] * len(left)
    assert main(["gc", "--runs", str(runs)]) == 0
    assert "add --yes" in capsys.readouterr().out
    assert all(path.exists() for path in left), "a dry run is the default"
    assert main(["gc", "--runs", str(runs), "--yes"]) == 0
    assert "24 B removed" in capsys.readouterr().out
    assert content(runs) == before
    assert garbage.garbage(runs) == []


def test_what_is_being_written_is_left_alone(runs: Path) -> None:
    (runs / "one" / f".status.json.12-{'0' * 8}.tmp").write_bytes(b"half")
    (runs / "one" / "derived" / ".new-0123456789abcdef").mkdir()
    (runs / ".import-0123456789abcdef").mkdir()
    assert garbage.garbage(runs) == []


def test_the_only_result_of_its_kind_stays(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "ANALYSIS_VERSION", "9.9")
    assert garbage.garbage(runs) == [], "nobody may be able to compute it again"
    other = derived.write(runs / "one", "geometry", {"k": 2}, {"x": np.ones(3)}, {}, "x")
    assert garbage.garbage(runs) == [], "it has other parameters"
    (other.path / derived.ARRAYS).write_bytes(b"damaged")
    broken = derived.write(runs / "two", "geometry", {}, {"x": np.ones(3)}, {}, "x")
    (broken.path / derived.ARRAYS).write_bytes(b"damaged")
    assert garbage.garbage(runs) == [], "the newer one is damaged"


def test_results_that_were_computed_again_go_and_samples_stay(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derived, "ANALYSIS_VERSION", "9.9")
    for id in ("one", "two"):
        derived.write(runs / id, "geometry", {}, {"x": np.zeros(3)}, {}, "newer")
    listed = garbage.garbage(runs)
    assert len(listed) == 2
    assert all("a result of version" in each.kind for each in listed)
    held = lock.take(runs / "one" / lock.NAME)
    assert held is not None
    mine = garbage.garbage(runs)
    held.release()
    assert [each.path.parts[-3] for each in mine] == ["two"], "a job works on the other"
    garbage.remove(listed, runs)
    kept = derived.all(runs / "one", "geometry")
    assert [result.version for result in kept] == ["9.9"]
    assert [run.problem for run in catalogue.list_runs(runs)] == [None, None]


def test_a_link_is_never_followed(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "precious").write_text("x")
    (runs / ".deleted-0123456789abcdef").symlink_to(elsewhere)
    garbage.remove(garbage.garbage(runs), runs)
    assert (elsewhere / "precious").read_text() == "x"
