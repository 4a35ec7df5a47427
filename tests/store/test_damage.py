"""Laws of damage: whatever is done to a file of a run is seen at the next look, named, and no more once the bytes are there again."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from landscape_app.store import damage, derived, files, seen, verdict
from landscape_app.store.run import RunFolder
from tests.store import samples

CHUNK = "chunks/000-00006-00007.safetensors"


def checked(runs: Path, id: str = "run") -> RunFolder:
    """A whole run with stored checks, all of which passed."""
    run = samples.full_run(runs, id)
    answers = [{"name": "hashes", "label": "File hashes", "passed": True}]
    derived.write(run.path, "checks", {}, {}, {"checks": answers, verdict.FILES: damage.vouched(run)}, run.digest())
    return run


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flipped_with_its_times(path: Path) -> None:
    before = path.stat()
    samples.flip(path, 300)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


FAULTS = {"flip": lambda path: samples.flip(path, 300), "flip, old times": flipped_with_its_times, "cut": cut, "missing": Path.unlink}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("file", [CHUNK, samples.ANCHOR])
def test_a_verdict_does_not_survive_damage_and_comes_back_with_the_bytes(tmp_path, fault, file) -> None:
    run = checked(tmp_path)
    assert verdict.read(run.path).sound
    whole, path = (run.path / file).read_bytes(), run.path / file
    FAULTS[fault](path)
    for told in (verdict.read(run.path), verdict.opened(run)):
        assert told.damage.files == (file,)
        assert told.damage.sample
        assert not told.sound
        assert told.damage.anchor == (file == samples.ANCHOR)
        assert told.damage.snapshots == (0 if told.damage.anchor else 4)
        assert "landscape resume run" in damage.words(told.damage)
    path.write_bytes(whole)
    assert verdict.read(run.path).sound
    assert verdict.opened(run).sound


def test_what_is_gone_is_named(tmp_path) -> None:
    run = checked(tmp_path)
    (run.path / CHUNK).unlink()
    assert "4 snapshots (trajectories 0–1, epochs 6–7)" in damage.words(verdict.read(run.path).damage)
    (run.path / samples.ANCHOR).unlink()
    said = damage.words(verdict.read(run.path).damage)
    assert "the anchor and 4 snapshots" in said
    assert "no surface, curvature or climb" in said
    assert damage.short(verdict.read(run.path).damage) == "damaged: the anchor and 4 snapshots"
    assert "explore" in damage.words(verdict.read(run.path).damage, given=True)


def test_a_run_that_was_never_checked_is_told_by_what_is_younger_than_its_journal(tmp_path) -> None:
    run = samples.full_run(tmp_path)
    assert verdict.read(run.path).sound
    time.sleep(0.02)
    samples.flip(run.path / CHUNK, 300)
    assert verdict.read(run.path).damage.files == (CHUNK,)


@pytest.mark.parametrize("copy", [shutil.copy, shutil.copy2])
def test_a_copy_is_sound_and_hashed_once(tmp_path, monkeypatch, copy) -> None:
    run = checked(tmp_path)
    shutil.copytree(run.path, tmp_path / "copy", copy_function=copy)
    time.sleep(2 * files.SETTLED / 1e9)
    hashed = []
    true = files.digest
    monkeypatch.setattr(files, "digest", lambda path, **how: (hashed.append(path.name), true(path, **how))[1])
    assert verdict.read(tmp_path / "copy").sound
    assert len([name for name in hashed if name != derived.ARRAYS]) == 5
    hashed.clear()
    assert verdict.read(tmp_path / "copy").sound
    assert set(hashed) <= {derived.ARRAYS}
    samples.flip(tmp_path / "copy" / CHUNK, 300)
    assert verdict.read(tmp_path / "copy").damage.files == (CHUNK,)


def test_no_state_folder_is_no_trouble(tmp_path, monkeypatch) -> None:
    run = checked(tmp_path)
    shutil.copytree(run.path, tmp_path / "copy", copy_function=shutil.copy)
    (tmp_path / "state").write_text("a file")
    monkeypatch.setenv("LANDSCAPE_STATE", str(tmp_path / "state"))
    assert verdict.read(tmp_path / "copy").sound


def test_a_line_of_the_journal_that_is_lost_takes_its_snapshots_along(tmp_path) -> None:
    run = checked(tmp_path)
    journal = run.path / "journal.jsonl"
    journal.write_bytes(b"".join(line for line in journal.read_bytes().splitlines(keepends=True) if CHUNK.encode() not in line))
    told = verdict.opened(RunFolder.open(tmp_path, "run")).damage
    assert (told.files, told.snapshots) == ((), 4)


def test_a_damaged_result_is_no_damaged_sample(tmp_path) -> None:
    run = checked(tmp_path)
    stored = derived.write(run.path, "measures", {}, {"x": samples.anchor()["losses"]}, {"measures": []}, run.digest())
    assert verdict.opened(run).sound
    samples.flip(stored.path / derived.ARRAYS, (stored.path / derived.ARRAYS).stat().st_size - 1)
    told = verdict.opened(run).damage
    assert told.results == ("measures",)
    assert not told.sample
    assert "landscape analyse run" in damage.words(told)
    assert damage.short(told) == "1 result damaged"


def test_only_so_many_runs_are_remembered(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(seen, "MOST", 2)
    monkeypatch.setenv("LANDSCAPE_STATE", str(tmp_path / "state"))
    for number in range(4):
        seen._remember(tmp_path / f"run-{number}", {"file": [1]})
    assert len(list((tmp_path / "state" / seen.FOLDER).iterdir())) == 2
    assert seen._recall(tmp_path / "run-3") == {"file": [1]}
