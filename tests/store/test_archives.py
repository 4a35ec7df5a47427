"""Laws of archives: what goes out comes in byte for byte, the same files give the same archive, and
it is there at once or not at all.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from landscape_app.errors import ArchiveError, RunExistsError, RunMissingError, StorageError
from landscape_app.records.study_table import StudyTable, column
from landscape_app.store import (
    archive,
    catalogue,
    derived,
    files,
    packing,
    shared_data,
    standing,
    unpacking,
)
from landscape_app.store.journal import encode
from landscape_app.store.packed_files import ChangedError
from landscape_app.store.run import RunFolder
from tests.store import samples
from tests.store.archived import content


@pytest.mark.parametrize("data", [False, True], ids=["alone", "with data"])
@pytest.mark.parametrize("id", ["one", "both"])
def test_what_goes_out_comes_in_byte_for_byte(
    here: Path, tmp_path: Path, id: str, data: bool
) -> None:
    file, there = tmp_path / "it.tar", tmp_path / "there"
    packing.write(here, id, file, data=data)
    unpacked = unpacking.unpack(file, there)
    expected = {
        name: value
        for name, value in content(here).items()
        if Path(name).name not in ("status.json", "log.txt", "run.lock", "cancel", ".one.tmp")
        and (id == "both" or name.startswith("one/") or (data and name.startswith("_data/")))
        and (data or not name.startswith("_data/"))
    }
    assert content(there) == expected
    assert set(unpacked.runs) == ({"one"} if id == "one" else {"one", "two"})
    for run in unpacked.runs:
        assert RunFolder.open(there, run).digest() == RunFolder.open(here, run).digest()
        assert RunFolder.open(there, run).damaged() == []
        assert derived.find(there / run, "thing") is not None
    again = tmp_path / "again.tar"
    packing.write(there, id, again, data=data)
    assert again.read_bytes() == file.read_bytes(), (
        "an archive of what came out of an archive is that archive"
    )


def test_results_of_a_study_go_out_without_its_runs(here: Path, tmp_path: Path) -> None:
    file, there = tmp_path / "it.tar", tmp_path / "there"
    table = StudyTable(("one", "two"), {"gap_loss": column([0.1, 0.2])})
    derived.write(here / "_studies" / "both", "table", {}, *table.to_stored(), "x")
    listing = packing.write(here, "both", file, results_only=True)
    assert listing.manifest.results_only
    assert listing.left == ()
    imported = unpacking.unpack(file, there)
    assert (imported.id, imported.runs, imported.left) == ("both", (), ())
    study = {n: c for n, c in content(here).items() if n.startswith("_studies/")}
    assert content(there) == {n: c for n, c in study.items() if "/thing-" not in n}
    assert [study.problem for study in catalogue.list_studies(there)] == [None]
    assert standing.of_study_called(there, "both").words == "results without runs"
    assert unpacking.unpack(file, there).there == ("both",)
    packing.write(there, "both", tmp_path / "again.tar", results_only=True)
    assert (tmp_path / "again.tar").read_bytes() == file.read_bytes()


def test_without_its_table_a_study_without_runs_is_incomplete(here: Path, tmp_path: Path) -> None:
    packing.write(here, "both", tmp_path / "it.tar", results_only=True)
    unpacking.unpack(tmp_path / "it.tar", tmp_path / "there")
    problems = [study.problem for study in catalogue.list_studies(tmp_path / "there")]
    assert "one, two cannot be found" in str(problems[0])


def test_results_only_are_those_of_a_study(here: Path, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="one is a run"):
        packing.write(here, "one", tmp_path / "it.tar", results_only=True)
    with pytest.raises(RunMissingError):
        packing.write(here, "none", tmp_path / "it.tar", results_only=True)
    assert list(tmp_path.glob("*.tar")) == []


@pytest.mark.parametrize("change", ["kind", "runs", "file of a run"])
def test_results_only_hold_a_study_and_no_run(here: Path, change: str) -> None:
    manifest = packing.packing_list(here, "both", results_only=True).manifest
    of_run = packing.packing_list(here, "one").manifest.files[0]
    changes: dict[str, dict[str, object]] = {
        "kind": {"kind": "run"},
        "runs": {"runs": ["one", "two"]},
        "file of a run": {"files": sorted([*manifest.files, of_run])},
    }
    values = changes[change]
    with pytest.raises(ArchiveError):
        archive.decode(manifest.model_copy(update=values).encoded())
    assert archive.decode(manifest.encoded()) == manifest


def test_a_run_can_be_given_another_name(here: Path, tmp_path: Path) -> None:
    packing.write(here, "one", tmp_path / "it.tar")
    assert unpacking.unpack(tmp_path / "it.tar", here, id="three").runs == ("three",)
    assert RunFolder.open(here, "three").digest() == RunFolder.open(here, "one").digest()
    assert unpacking.unpack(tmp_path / "it.tar", here, id="three").there == ("three",)


def test_a_name_that_is_taken_is_refused_with_the_way_out(here: Path, tmp_path: Path) -> None:
    packing.write(here, "one", tmp_path / "it.tar")
    there = tmp_path / "there"
    samples.full_run(there, "one")
    before = content(there)
    with pytest.raises(RunExistsError, match="--id NAME"):
        unpacking.unpack(tmp_path / "it.tar", there)
    packing.write(here, "both", tmp_path / "both.tar")
    with pytest.raises(RunExistsError, match="one exists already"):
        unpacking.unpack(tmp_path / "both.tar", there)
    assert content(there) == before


def test_what_is_there_already_is_left_as_it_is(here: Path, tmp_path: Path) -> None:
    packing.write(here, "one", tmp_path / "one.tar", data=True)
    packing.write(here, "both", tmp_path / "both.tar")
    there = tmp_path / "there"
    unpacking.unpack(tmp_path / "one.tar", there)
    stamps = {path: path.stat().st_mtime_ns for path in (there / "one").rglob("*")}
    assert unpacking.unpack(tmp_path / "one.tar", there).there == ("one",)
    assert unpacking.unpack(tmp_path / "both.tar", there).there == ("one",)
    assert {path: path.stat().st_mtime_ns for path in (there / "one").rglob("*")} == stamps
    assert [study.problem for study in catalogue.list_studies(there)] == [None]


def test_data_can_follow_a_run_that_came_without(here: Path, tmp_path: Path) -> None:
    packing.write(here, "one", tmp_path / "bare.tar")
    packing.write(here, "one", tmp_path / "full.tar", data=True)
    there = tmp_path / "there"
    unpacking.unpack(tmp_path / "bare.tar", there)
    assert list(shared_data.sound(RunFolder.open(there, "one"))) == []
    unpacking.unpack(tmp_path / "full.tar", there)
    assert len(list(shared_data.sound(RunFolder.open(there, "one")))) == 1


def test_a_damaged_file_stays_out_and_is_said(here: Path, tmp_path: Path) -> None:
    run = RunFolder.open(here, "one")
    lost = str(run.committed("chunk")[0]["file"])
    samples.flip(run.path / lost, 700)
    assert packing.write(here, "one", tmp_path / "it.tar").left == (f"one/{lost}",)
    unpacked = unpacking.unpack(tmp_path / "it.tar", tmp_path / "there")
    assert unpacked.left == (f"one/{lost}",)
    assert RunFolder.open(tmp_path / "there", "one").damaged() == [lost]


@pytest.mark.parametrize("id", ["one", "both"])
def test_a_folder_from_elsewhere_is_taken_as_its_archive_would_be(
    here: Path, tmp_path: Path, id: str
) -> None:
    packing.write(here, id, tmp_path / "it.tar", data=True)
    by_file, by_folder = tmp_path / "by-file", tmp_path / "by-folder"
    unpacking.unpack(tmp_path / "it.tar", by_file)
    (here / "one" / "evil.py").write_text("")
    unpacking.unpack(here / id if id == "one" else here / "_studies" / id, by_folder)
    assert content(by_folder) == content(by_file)
    with pytest.raises(ArchiveError, match="no folder of a run or study"):
        unpacking.unpack(tmp_path, by_folder)


def test_a_run_of_schema_1_comes_in_as_it_is(here: Path, tmp_path: Path) -> None:
    run = here / "one"
    head = json.loads((run / "spec.json").read_bytes())
    del head["checksum"]
    (run / "spec.json").write_bytes(files.to_json(head | {"schema": 1}, indent=1) + b"\n")
    lines = [
        {key: value for key, value in line.items() if key != "settings"}
        for line in RunFolder.open(here, "one").journal.lines()
    ]
    (run / "journal.jsonl").write_bytes(b"".join(encode(line) for line in lines))
    packing.write(here, "one", tmp_path / "it.tar")
    unpacking.unpack(tmp_path / "it.tar", tmp_path / "there")
    assert content(tmp_path / "there" / "one")["spec.json"] == (run / "spec.json").read_bytes()
    assert RunFolder.open(tmp_path / "there", "one").damaged() == []


def test_a_file_is_never_replaced(here: Path, tmp_path: Path) -> None:
    file = tmp_path / "it.tar"
    packing.write(here, "one", file)
    packing.write(here, "one", file)  # the same: as good
    with pytest.raises(ArchiveError, match="exists already"):
        packing.write(here, "two", file)
    with pytest.raises(ArchiveError, match="is no file"):
        packing.write(here, "two", tmp_path)
    with pytest.raises(StorageError):
        packing.write(here, "two", tmp_path / "nowhere" / "it.tar")
    with pytest.raises(RunMissingError):
        packing.write(here, "none", tmp_path / "other.tar")
    assert {path.name for path in tmp_path.iterdir()} == {"here", "it.tar"}


def test_a_run_at_work_goes_along_as_its_journal_says_at_one_moment(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    run = samples.full_run(runs)
    stop = threading.Event()
    pause = 0.0  # seconds between two commits: longer each time that an archive found none

    def work() -> None:
        salt = 0
        while not stop.wait(pause):
            salt += 1
            samples.commit_chunk(run, [0, 1], 0, 5, salt=salt / 8)

    thread = threading.Thread(target=work)
    thread.start()
    written = 0
    try:
        for number in range(8):
            try:
                packing.write(runs, "run", tmp_path / f"{number}.tar")
            except ChangedError:  # said, and nothing written
                pause = 2 * pause + 0.05
                continue
            written += 1
            unpacking.unpack(tmp_path / f"{number}.tar", tmp_path / "there", id=f"run-{number}")
            assert RunFolder.open(tmp_path / "there", f"run-{number}").damaged() == []
    finally:
        stop.set()
        thread.join()
    assert written
    assert not list(tmp_path.glob(".*.tmp"))


def test_a_run_that_nobody_has_begun_goes_along(tmp_path: Path) -> None:
    RunFolder.create(tmp_path / "here", "new", samples.spec())
    packing.write(tmp_path / "here", "new", tmp_path / "it.tar")
    unpacking.unpack(tmp_path / "it.tar", tmp_path / "there")
    assert content(tmp_path / "there") == content(tmp_path / "here")
