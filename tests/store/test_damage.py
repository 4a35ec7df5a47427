"""Laws of damage: whatever is done to a file of a run is seen at the next look, named, and no more
once the bytes are there again.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from landscape_app.errors import RunDamagedError
from landscape_app.jobs.state import state
from landscape_app.store import damage, derived, files, hash_cache, standing, verdict
from landscape_app.store.run import RunFolder
from tests.store import samples

CHUNK = "chunks/000-00006-00007.safetensors"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flipped_with_its_times(path: Path) -> None:
    before = path.stat()
    samples.flip(path, 300)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


FAULTS = {
    "flip": lambda path: samples.flip(path, 300),
    "flip, old times": flipped_with_its_times,
    "cut": cut,
    "missing": Path.unlink,
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("file", [CHUNK, samples.ANCHOR])
def test_a_verdict_does_not_survive_damage_and_comes_back_with_the_bytes(
    tmp_path, fault, file
) -> None:
    run = samples.checked_run(tmp_path)
    assert verdict.read(run.path).sound
    whole, path = (run.path / file).read_bytes(), run.path / file
    FAULTS[fault](path)
    for told in (verdict.read(run.path), verdict.opened(run.inventory())):
        assert told.damage.files == (file,)
        assert told.damage.sample
        assert not told.sound
        assert told.damage.anchor == (file == samples.ANCHOR)
        assert told.damage.snapshots == (0 if told.damage.anchor else 4)
        assert "landscape resume run" in damage.words(told.damage)
    path.write_bytes(whole)
    assert verdict.read(run.path).sound
    assert verdict.opened(run.inventory()).sound


def test_what_is_gone_is_named(tmp_path) -> None:
    run = samples.checked_run(tmp_path)
    (run.path / CHUNK).unlink()
    assert "4 snapshots (trajectories 0–1, epochs 6–7)" in damage.words(
        verdict.read(run.path).damage
    )
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
    run = samples.checked_run(tmp_path)
    shutil.copytree(run.path, tmp_path / "copy", copy_function=copy)
    time.sleep(2 * files.SETTLED / 1e9)
    hashed = []
    true = files.digest
    monkeypatch.setattr(
        files, "digest", lambda path, **how: (hashed.append(path.name), true(path, **how))[1]
    )
    assert verdict.read(tmp_path / "copy").sound
    assert len([name for name in hashed if name != derived.ARRAYS]) == 5
    hashed.clear()
    assert verdict.read(tmp_path / "copy").sound
    assert set(hashed) <= {derived.ARRAYS}
    samples.flip(tmp_path / "copy" / CHUNK, 300)
    assert verdict.read(tmp_path / "copy").damage.files == (CHUNK,)


def test_no_state_folder_is_no_trouble(tmp_path, monkeypatch) -> None:
    run = samples.checked_run(tmp_path)
    shutil.copytree(run.path, tmp_path / "copy", copy_function=shutil.copy)
    (tmp_path / "state").write_text("a file")
    monkeypatch.setenv("LANDSCAPE_STATE", str(tmp_path / "state"))
    assert verdict.read(tmp_path / "copy").sound


def test_a_line_of_the_journal_that_is_lost_takes_its_snapshots_along(tmp_path) -> None:
    run = samples.checked_run(tmp_path)
    journal = run.path / "journal.jsonl"
    journal.write_bytes(
        b"".join(
            line
            for line in journal.read_bytes().splitlines(keepends=True)
            if CHUNK.encode() not in line
        )
    )
    told = verdict.opened(RunFolder.open(tmp_path, "run").inventory()).damage
    assert (told.files, told.snapshots) == ((), 4)


def test_only_so_many_runs_are_remembered(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(hash_cache, "MOST", 2)
    monkeypatch.setenv("LANDSCAPE_STATE", str(tmp_path / "state"))
    for number in range(4):
        hash_cache._remember(tmp_path / f"run-{number}", {"file": [1]})
    assert len(list((tmp_path / "state" / hash_cache.FOLDER).iterdir())) == 2
    assert hash_cache._recall(tmp_path / "run-3") == {"file": [1]}


def real(tmp_path: Path) -> RunFolder:
    """A run with a line of every kind; the training is two files."""
    run = RunFolder.create(tmp_path, "run", samples.spec().model_copy(update={"train_epochs": 8}))
    run.mark(
        "prepared", parameters=samples.PARAMETERS, classes=samples.CLASSES, plan={"engine": "chain"}
    )
    run.commit("init", "init.safetensors", {"param.0.weight": np.ones((6, 6), np.float32)})
    for first, last in ((1, 4), (5, 8)):
        run.commit(
            "base",
            f"chunks/base-{first:05d}-{last:05d}.safetensors",
            {"state.weights": np.full(37, last, np.float32)},
            first=first,
            last=last,
        )
    run.commit("anchor", samples.ANCHOR, samples.anchor(), weight_norm=6.0)
    for first, last in ((0, 5), (6, 7)):
        samples.commit_chunk(run, [0, 1, 2, 3], first, last)
    run.mark("finished")
    return run


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (0, "what the journal said of how the run was begun"), (1, "a file of the training"),
        (2, "a file of the training"),
        (3, "a file of the training"), (4, "the anchor"), (5, "24 snapshots"), (6, "8 snapshots"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("fault", ["a bit", "cut out"])
def test_a_line_in_the_middle_of_the_journal_that_is_gone_is_damage_in_every_list(
    tmp_path, line: int, said: str, fault: str
) -> None:
    run = real(tmp_path)
    assert run.inventory().complete
    assert verdict.read(run.path).sound
    lines = run.journal.path.read_bytes().splitlines(keepends=True)
    lines[line] = (
        b""
        if fault == "cut out"
        else lines[line][:14] + bytes([lines[line][14] ^ 1]) + lines[line][15:]
    )
    run.journal.path.write_bytes(b"".join(lines))
    quick, thorough = (
        verdict.read(run.path).damage,
        verdict.opened(RunFolder.open(tmp_path, "run").inventory()).damage,
    )
    for told in (quick, thorough):
        assert told.sample
        assert said in damage.words(told)
        assert ("landscape resume run" in damage.words(told)) == (line > 0)
        assert told.final == (line == 0)
    assert RunFolder.open(tmp_path, "run").inventory().complete == (line == 0)


def test_a_run_that_is_being_sampled_lacks_no_line(tmp_path) -> None:
    run = real(tmp_path)
    lines = run.journal.path.read_bytes().splitlines(keepends=True)
    for count in range(len(lines) + 1):
        run.journal.path.write_bytes(b"".join(lines[:count]))
        if count:
            assert not RunFolder.open(tmp_path, "run").inventory().missing


@pytest.mark.parametrize(
    "fault",
    [Path.unlink, lambda path: path.write_bytes(b""), lambda path: path.write_bytes(b"torn")],
)
def test_a_journal_that_is_gone_while_its_files_are_there_is_unreadable_and_nothing_is_overwritten(
    tmp_path, fault
) -> None:
    run = real(tmp_path)
    fault(run.journal.path)
    with pytest.raises(
        RunDamagedError,
        match=r"journal\.jsonl (is missing|has no whole line), but files that it named are there",
    ):
        RunFolder.open(tmp_path, "run")
    assert standing.of(tmp_path, "run").state == "unreadable"
    assert state(run.path).state == "unreadable"


def test_a_crash_before_the_first_line_of_a_file_is_no_damage(tmp_path) -> None:
    run = RunFolder.create(tmp_path, "run", samples.spec())
    (run.path / "init.safetensors").write_bytes(b"its line was never written")
    assert not RunFolder.open(tmp_path, "run").journal.lines()


def test_a_file_of_another_run_with_its_old_time_is_seen_where_nothing_was_checked_yet(
    tmp_path,
) -> None:
    run, other = samples.full_run(tmp_path), samples.full_run(tmp_path, "other")
    samples.commit_chunk(other, [0, 1], 6, 7, salt=0.5)
    time.sleep(0.02)
    shutil.copy2(other.path / CHUNK, run.path / CHUNK)
    os.utime(run.path / CHUNK, (1, 1))
    assert verdict.read(run.path).damage.files == (CHUNK,)
