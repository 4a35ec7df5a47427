"""Laws of reading a run's snapshots: every row once, in canonical order, with its own numbers, and
never a row that is damaged (S5, S6).
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.errors import RunDamagedError
from landscape_app.store import snapshots
from landscape_app.store.run import RunFolder
from tests.store import samples

EPOCHS = 7
ROWS = 1 + samples.TRAJECTORIES * (EPOCHS + 1)
VICTIM = "chunks/000-00000-00005.safetensors"
LOST = [samples.row_of(EPOCHS, t, e) for t in (0, 1) for e in range(6)]


@pytest.fixture(scope="module")
def run(fresh):
    return samples.full_run(fresh())


def check(found, rows):
    """`found` has exactly `rows`, each with the numbers made for it."""
    rows = np.array(rows)
    inner = rows > 0
    assert found.column("row").tolist() == rows.tolist()
    assert found.column("train_loss")[inner].tolist() == rows[inner].tolist()
    assert found.column("distance")[inner].tolist() == (rows[inner] + 4).tolist()
    assert found.column("diverged")[inner].tolist() == (rows[inner] % 5 == 0).tolist()
    delta = np.where(inner[:, None], rows[:, None] + np.arange(samples.PARAMETERS) / 1000, 0)
    assert np.array_equal(found.delta.whole(), delta.astype(np.float32))
    assert np.array_equal(
        found.losses.whole()[inner],
        np.repeat(rows[inner, None], samples.LOSSES, 1).astype(np.float32),
    )
    assert found.probe.shape == (len(rows), samples.EXAMPLES * samples.CLASSES)
    assert np.array_equal(found.train_probe.whole()[inner], found.probe.whole()[inner] + 1)
    trajectory = np.where(inner, (rows - 1) // (EPOCHS + 1), -1)
    assert found.column("trajectory").tolist() == trajectory.tolist()
    assert found.column("epoch").tolist() == np.where(inner, (rows - 1) % (EPOCHS + 1), 0).tolist()
    assert found.column("seed").tolist() == np.where(inner, trajectory // 2, -1).tolist()
    assert (
        found.column("step_size").tolist()
        == np.where(inner & (trajectory % 2 == 1), 0.5, 0.0).tolist()
    )


def test_chunks_committed_in_any_order_are_read_in_canonical_order(run):
    found = snapshots.read(run)
    check(found, range(ROWS))
    assert found.classes == samples.CLASSES
    assert run.finished
    assert run.damaged() == []


@given(start=st.integers(0, samples.PARAMETERS), width=st.integers(0, samples.PARAMETERS))
def test_a_column_range_is_that_of_the_whole(run, start, width):
    delta, stop = snapshots.read(run).delta, min(start + width, samples.PARAMETERS)
    assert np.array_equal(delta.read(start, stop), delta.whole()[:, start:stop])


def test_only_the_columns_that_are_asked_for_are_read(run, monkeypatch):
    delta, read, real = snapshots.read(run).delta, [], os.preadv
    monkeypatch.setattr(
        os,
        "preadv",
        lambda handle, buffers, offset: read.append(real(handle, buffers, offset)) or read[-1],
    )
    delta.read(5, 9)
    assert sum(read) == (ROWS - 1) * 4 * 4  # the anchor's δ is zero and not stored


def test_one_flipped_bit_anywhere_leaves_out_that_file_and_nothing_else(run):
    path = run.path / VICTIM
    sound = path.read_bytes()
    offsets = np.linspace(0, len(sound) - 1, 60).astype(int)
    for offset in offsets:
        samples.flip(path, offset)
        assert run.damaged() == [VICTIM], offset
        check(snapshots.read(run), sorted(set(range(ROWS)) - set(LOST)))
        with pytest.raises(RunDamagedError, match=VICTIM):
            run.tensors(VICTIM)
        path.write_bytes(sound)
    assert run.damaged() == []


@pytest.mark.parametrize("fault", ["missing", "empty", "cut", "longer", "folder"])
def test_a_file_that_is_not_what_was_written_is_left_out_and_never_zeros(fault, tmp_path):
    run = samples.full_run(tmp_path)
    path = run.path / VICTIM
    content = path.read_bytes()
    path.unlink()
    if fault == "folder":
        path.mkdir()
    elif fault != "missing":
        path.write_bytes({"empty": b"", "cut": content[:-4], "longer": content + b"\0"}[fault])
    assert run.damaged() == [VICTIM]
    check(snapshots.read(run), sorted(set(range(ROWS)) - set(LOST)))
    if fault == "folder":
        path.rmdir()
    assert samples.commit_chunk(run, [0, 1], 0, 5) == VICTIM  # sampled again
    check(snapshots.read(RunFolder.open(tmp_path, "run")), range(ROWS))


def test_without_its_anchor_the_chunks_are_still_read(tmp_path):
    run = samples.full_run(tmp_path)
    (run.path / samples.ANCHOR).unlink()
    check(snapshots.read(run), range(1, ROWS))


def test_a_run_without_snapshots_is_read_as_none(tmp_path):
    run = RunFolder.create(tmp_path, "empty", samples.spec())
    assert len(snapshots.read(run)) == 0
    run.commit("anchor", samples.ANCHOR, samples.anchor())
    assert snapshots.read(run).column("row").tolist() == [0]


def test_rows_that_two_chunks_hold_come_from_the_newer_one(tmp_path):
    run = RunFolder.create(tmp_path, "run", samples.spec())
    samples.commit_chunk(run, [0, 1], 0, 5)
    samples.commit_chunk(run, [0], 4, 7, salt=0.5)
    found = snapshots.read(run)
    assert len(set(found.column("row").tolist())) == len(found) == 2 * 6 + 2
    newer = (found.column("trajectory") == 0) & (found.column("epoch") >= 4)
    assert np.array_equal(found.column("train_loss"), found.column("row") + 0.5 * newer)
    assert np.array_equal(
        found.delta.read(0, 1)[:, 0], (found.column("row") + 0.5 * newer).astype(np.float32)
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"trajectories": [0, 9]},
        {"trajectories": [0]},
        {"trajectories": []},
        {"first": -1},
        {"last": 8},
        {"last": 4},
        {"last": 2**31},
    ],
)
def test_a_chunk_whose_line_contradicts_the_protocol_or_its_tensors_is_left_out(facts, tmp_path):
    run = RunFolder.create(tmp_path, "run", samples.spec())
    samples.commit_chunk(run, [2, 3], 0, 5)
    good = {"bundle": 0, "trajectories": [0, 1], "first": 0, "last": 5}
    run.commit("chunk", VICTIM, samples.chunk(EPOCHS, [0, 1], 0, 5), **(good | facts))
    assert set(snapshots.read(run).column("trajectory").tolist()) == {2, 3}


def test_a_run_deleted_while_it_is_looked_at_is_said_to_be_unreadable(tmp_path):
    run = samples.full_run(tmp_path)
    found = snapshots.read(run)
    for file in run.path.rglob("*.safetensors"):
        file.unlink()
    with pytest.raises(RunDamagedError, match="No such file"):
        found.delta.whole()
