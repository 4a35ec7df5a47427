"""Laws of a journal that no program wrote: it is one line about one run, never a finished one, and
what could not be read is not written.
"""

from __future__ import annotations

import os
import zlib

import pytest

from landscape_app.errors import RunDamagedError
from landscape_app.store import catalogue, journal
from landscape_app.store.journal import Journal, encode
from landscape_app.store.run import RunFolder
from tests.store import samples

CHUNK = {
    "kind": "chunk", "bundle": 0, "trajectories": [0], "first": 0, "last": 5,
    "file": "chunks/000-00000-00005.safetensors", "sha256": "0" * 64, "bytes": 10,
}  # fmt: skip


def checked(text: bytes) -> bytes:
    return b"%08x %s\n" % (zlib.crc32(text), text)


FOREIGN = {
    "a list for a number": encode({**CHUNK, "first": [0]}),
    "no list of trajectories": encode({**CHUNK, "trajectories": 3}),
    "words for trajectories": encode({**CHUNK, "trajectories": ["0"]}),
    "a truth for a number": encode({**CHUNK, "last": True}),
    "half an epoch": encode({**CHUNK, "last": 5.5}),
    "a number for a file": encode({**CHUNK, "file": 3}),
    "another folder": encode({**CHUNK, "file": "../x.safetensors"}),
    "a hash that is none": encode({**CHUNK, "sha256": "0"}),
    "nothing of a chunk": encode({"kind": "chunk"}),
    "a plan that is none": encode({"kind": "prepared", "plan": [1]}),
    "a bundle of words": encode({"kind": "prepared", "plan": {"bundles": ["ab"]}}),
    "tensors of nothing": encode({"kind": "prepared", "tensors": [1]}),
    "a negative size": encode({"kind": "prepared", "parameters": -1}),
    "a forecast in words": encode(
        {"kind": "prepared", "forecast": {"seconds": {"training": "soon"}}}
    ),
    "settings without a hash": encode({"kind": "prepared", "settings": {"values": {}}}),
    "a number that overflows": checked(b'{"kind": "finished", "n": 1e999}'),
    "a number of 5,000 digits": checked(b'{"kind": "finished", "n": ' + b"1" * 5000 + b"}"),
    "brackets in brackets": checked(
        b'{"kind": "finished", "n": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    ),
    "no kind": checked(b'{"n": 1}'),
    "no object": checked(b"[1]"),
    "no JSON": checked(b"finished"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_a_journal_that_no_program_wrote_is_one_line_about_one_run_and_never_finished(
    case, tmp_path
):
    samples.full_run(tmp_path, "sound")
    run = samples.full_run(tmp_path)
    with (run.path / "journal.jsonl").open("ab") as file:
        file.write(FOREIGN[case])
    unreadable(tmp_path, run)


@pytest.mark.parametrize("case", ["folder", "pipe", "link", "long", "many", "rubbish"])
def test_a_journal_that_is_no_file_or_too_large_is_said_and_ends(case, tmp_path, monkeypatch):
    samples.full_run(tmp_path, "sound")
    run = samples.full_run(tmp_path)
    path = run.path / "journal.jsonl"
    content = path.read_bytes()
    path.unlink()
    if case == "folder":
        path.mkdir()
    elif case == "pipe":
        os.mkfifo(path)
    elif case == "link":
        path.symlink_to("/dev/zero")
    elif case == "long":
        with path.open("wb") as file:
            file.truncate(journal.LARGEST + 1)  # a hole: it takes no space
    elif case == "many":
        monkeypatch.setattr(journal, "MOST", 1000)
        path.write_bytes(content + encode({"kind": "note"}) * 1000)
    else:
        path.write_bytes(b"rubbish\n")
    unreadable(tmp_path, run)


def unreadable(runs, run):
    """The run cannot be read, in one line; the other can."""
    for ask in (
        lambda: RunFolder.open(runs, "run"),
        lambda: run.finished,
        run.committed,
        run.prepared,
    ):
        with pytest.raises(RunDamagedError, match="cannot be read") as refused:
            ask()
        assert "\n" not in str(refused.value)
        assert len(str(refused.value)) < 400
    listed = {run.id: run.problem for run in catalogue.list_runs(runs)}
    assert "journal.jsonl cannot be read" in listed["run"]
    assert listed["sound"] is None


def test_a_line_of_a_kind_that_is_not_known_is_kept_and_changes_nothing(tmp_path):
    run = samples.full_run(tmp_path)
    before = run.committed(), run.digest(), run.prepared()
    run.mark("of-the-future", file=7, sha256=[], trajectories="all")
    again = RunFolder.open(tmp_path, "run")
    assert (again.committed(), again.digest(), again.prepared()) == before


@pytest.mark.parametrize("name", ["x" * 50_000, "\x1b[2Jx\ny", "data"])
def test_a_long_or_torn_setting_is_said_in_one_short_line(name, tmp_path):
    run = RunFolder.create(tmp_path, "run", samples.spec())
    samples.rewrite(
        run.path / "spec.json", lambda content: content["settings"].update({name: "y" * 50_000})
    )
    with pytest.raises(RunDamagedError) as refused:
        RunFolder.open(tmp_path, "run")
    said = str(refused.value).replace(str(tmp_path), "")
    assert len(said) < 500
    assert said.isprintable()


def test_what_could_not_be_read_again_is_not_written(tmp_path):
    run = samples.full_run(tmp_path)
    before = (run.path / "journal.jsonl").read_bytes()
    for line in (
        {"kind": "prepared", "parameters": 1.5},
        {"kind": "note", "n": 2**63},
        {"kind": "chunk"},
    ):
        with pytest.raises(ValueError, match=r"journal|number"):
            run.journal.append(line)
    assert (run.path / "journal.jsonl").read_bytes() == before


def test_only_what_is_new_in_a_journal_is_parsed(tmp_path, monkeypatch):
    run = samples.full_run(tmp_path)
    parsed = []
    real = journal._line
    monkeypatch.setattr(journal, "_line", lambda text: parsed.append(1) or real(text))
    other = Journal(run.path / "journal.jsonl")
    count = len(other.lines())
    parsed.clear()
    run.mark("note")
    parsed.clear()
    assert len(other.lines()) == count + 1
    assert len(parsed) == 1


def test_a_journal_that_is_rewritten_is_read_anew_though_it_has_grown(tmp_path):
    run = samples.full_run(tmp_path)
    path = run.path / "journal.jsonl"
    lines = run.journal.lines()
    path.write_bytes(
        b"".join(encode(line) for line in lines if line["kind"] != "anchor")
        + encode({"kind": "note", "of": "x" * 2000})
    )
    assert [line["kind"] for line in Journal(path).lines()] == [
        "prepared",
        *["chunk"] * 4,
        "finished",
        "note",
    ]
