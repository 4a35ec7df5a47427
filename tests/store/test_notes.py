"""Laws of notes.json: a label and a note are kept whole, are plain text, and touch nothing else."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.errors import SpecError, StorageError
from landscape_app.settings import RunSpec, parse
from landscape_app.store import damage, files, notes, verdict
from landscape_app.store.packing import packing_list
from landscape_app.store.run import RunFolder
from landscape_app.stored_run import open_run
from tests.store.samples import full_run

FOREIGN = {
    "no JSON": b"{",
    "empty": b"",
    "a list": b'["label"]',
    "another program's": b'{"label": "x", "note": ""}',
    "a number": b'{"notes": 1, "label": 5, "note": ""}',
    "half a pair": b'{"notes": 1, "label": "\\ud800", "note": ""}',
    "a control letter": b'{"notes": 1, "label": "\\u001b[31m", "note": ""}',
    "text that runs backwards": b'{"notes": 1, "label": "\\u202eexe", "note": ""}',
    "a label too long": b'{"notes": 1, "label": "' + b"x" * 81 + b'", "note": ""}',
    "huge": b'{"notes": 1, "label": "x", "note": "' + b" " * notes.LARGEST + b'"}',
    "deep": b"[" * 10_000,
}


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A whole run."""
    return full_run(tmp_path)


def test_a_label_and_a_note_are_kept_beside_each_other(run: RunFolder) -> None:
    assert notes.read(run.path) == notes.NONE
    notes.write(run.path, label="  first \n try ")
    notes.write(run.path, note="it fits\n\n  its labels  \n")
    stored = open_run(run.path)
    assert (stored.label, stored.note) == ("first try", "it fits\n\n  its labels")
    notes.write(run.path, label="")
    assert notes.read(run.path) == notes.Notes(note="it fits\n\n  its labels")
    notes.write(run.path, note="")
    assert not (run.path / notes.NAME).exists()


@given(text=st.text(max_size=120))
def test_any_text_is_kept_as_it_is_shown_or_refused(text: str, fresh) -> None:
    folder = full_run(fresh()).path
    try:
        noted = notes.write(folder, label=text, note=text)
    except SpecError:
        assert notes.read(folder) == notes.NONE
        return
    assert notes.read(folder) == noted
    assert noted.label.isprintable()
    assert len(noted.label) <= notes.LABEL
    assert all(line.isprintable() for line in noted.note.splitlines())


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_a_file_of_someone_else_is_ignored_with_a_word(run: RunFolder, content: bytes) -> None:
    (run.path / notes.NAME).write_bytes(content)
    noted = notes.read(run.path)
    assert (noted.label, noted.note) == ("", "")
    assert noted.problem.startswith("notes.json is ignored: ")
    assert noted.problem.isprintable()
    assert notes.write(run.path, label="mine") == notes.read(run.path) == notes.Notes("mine")


@pytest.mark.parametrize("kind", ["link", "link to nothing", "pipe"])
def test_no_link_or_pipe_is_read_or_written_through(run: RunFolder, tmp_path: Path, kind) -> None:
    target = tmp_path / "elsewhere.json"
    target.write_bytes(files.to_json({"notes": 1, "label": "secret", "note": ""}))
    before = target.read_bytes()
    if kind == "pipe":
        os.mkfifo(run.path / notes.NAME)
    else:
        (run.path / notes.NAME).symlink_to(target if kind == "link" else tmp_path / "none")
    assert notes.read(run.path).label == ""
    assert notes.read(run.path).problem
    notes.write(run.path, label="mine")
    assert target.read_bytes() == before
    assert not (tmp_path / "none").exists()
    assert notes.read(run.path) == notes.Notes("mine")


def test_a_folder_in_its_place_is_refused_in_words(run: RunFolder) -> None:
    (run.path / notes.NAME).mkdir()
    assert notes.read(run.path).problem
    with pytest.raises(StorageError, match="folder is in the way"):
        notes.write(run.path, label="mine")


def test_many_writers_at_once_lose_nothing_of_the_other_field(run: RunFolder) -> None:
    stop = threading.Event()
    torn: list[str] = []

    def look() -> None:
        while not stop.is_set():
            torn.extend(filter(None, [notes.read(run.path).problem]))

    def each(write: Callable[[int], object]) -> threading.Thread:
        return threading.Thread(target=lambda: [write(number) for number in range(60)])

    reader = threading.Thread(target=look)
    writers = [
        each(lambda number: notes.write(run.path, label=f"label {number}")),
        each(lambda number: notes.write(run.path, note=f"note {number}")),
    ]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    reader.join()
    assert notes.read(run.path) == notes.Notes("label 59", "note 59")
    assert torn == []


def test_notes_change_no_hash_no_check_and_no_archive(run: RunFolder) -> None:
    before = run.digest(), damage.mark(run.path), verdict.read(run.path)
    listed = packing_list(run.path.parent, run.id, data=False).manifest
    notes.write(run.path, label="mine", note="words")
    assert (run.digest(), damage.mark(run.path), verdict.read(run.path)) == before
    assert packing_list(run.path.parent, run.id, data=False).manifest == listed
    assert RunFolder.open(run.path.parent, run.id).inventory().complete


def test_a_job_at_work_neither_waits_nor_sweeps_notes_away(run: RunFolder) -> None:
    half = run.path / f".{notes.NAME}.1-00000000{files.TEMPORARY}"
    half.write_bytes(b"{")
    with run.lock():
        assert half.exists()
        notes.write(run.path, label="while it works")
    assert notes.read(run.path).label == "while it works"


@pytest.mark.parametrize("text", ["x" * 81, "\x1b[31m", "a\u202eb", "\ud800"])
def test_a_label_that_is_none_is_refused_and_nothing_changes(run: RunFolder, text: str) -> None:
    notes.write(run.path, label="mine")
    with pytest.raises(SpecError, match="label"):
        notes.write(run.path, label=text)
    assert notes.read(run.path) == notes.Notes("mine")


def test_a_folder_that_cannot_be_written_says_why(run: RunFolder, monkeypatch) -> None:
    assert notes.locked(run.path) == ""
    monkeypatch.setattr(os, "access", lambda *args, **more: False)
    assert "read-only" in notes.locked(run.path)
    assert "cannot be opened" in notes.locked(run.path / "gone")


def test_a_run_without_a_folder_cannot_be_noted(tmp_path: Path) -> None:
    RunFolder.create(tmp_path, "one", parse(RunSpec, {}))
    with pytest.raises(StorageError):
        notes.write(tmp_path / "two", label="x")
