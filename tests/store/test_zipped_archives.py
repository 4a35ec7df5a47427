"""Laws of results in a zip file: they come in as from a tar file, runs are never put into one, and
whatever its bytes are, what comes in is what went out or nothing.
"""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from landscape_app.errors import ArchiveError
from landscape_app.records.study_table import StudyTable, column
from landscape_app.store import derived, packing, unpacking, zipped_archive
from tests.store.archived import content


@pytest.fixture
def results(here: Path) -> Path:
    """The runs folder `here`, whose study `both` has a table."""
    table = StudyTable(("one", "two"), {"gap_loss": column([0.1, 0.2])})
    derived.write(here / "_studies" / "both", "table", {}, *table.to_stored(), "x")
    return here


def of_member(name: str, data: bytes, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as file:
        file.writestr(name, data)
    return out.getvalue()


def test_a_zip_file_holds_what_the_tar_file_holds(results: Path, tmp_path: Path) -> None:
    for name in ("it.tar", "it.zip", "again.zip"):
        packing.write(results, "both", tmp_path / name, results_only=True)
        unpacking.unpack(tmp_path / name, tmp_path / name.partition(".")[2])
    assert content(tmp_path / "zip") == content(tmp_path / "tar") != {}
    assert (tmp_path / "it.zip").read_bytes() == (tmp_path / "again.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "it.zip") as file:
        assert file.namelist() == ["both.tar"]
        assert file.read("both.tar") == (tmp_path / "it.tar").read_bytes()


def test_runs_are_not_put_into_a_zip_file(results: Path, tmp_path: Path) -> None:
    for id in ("one", "both"):
        with pytest.raises(ArchiveError, match=r"ends with \.tar"):
            packing.write(results, id, tmp_path / "it.zip")
    assert not (tmp_path / "it.zip").exists()


def test_what_a_changed_or_cut_zip_file_brings_is_what_went_out_or_nothing(
    results: Path, tmp_path: Path
) -> None:
    file = tmp_path / "it.zip"
    packing.write(results, "both", file, results_only=True)
    unpacking.unpack(file, tmp_path / "sound")
    sound, whole, refused = content(tmp_path / "sound"), file.read_bytes(), 0
    changed = [
        whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :]
        for at in [*range(0, len(whole), 31), *range(len(whole) - 100, len(whole))]
        for bit in (1, 128)
    ]
    cut = [whole[:at] for at in (1, 4, 5, 30, 100, len(whole) - 22, len(whole) - 1)]
    for number, data in enumerate([*changed, *cut]):
        file.write_bytes(data)
        runs = tmp_path / f"runs-{number}"
        with suppress(ArchiveError):
            unpacking.unpack(file, runs)
        assert content(runs) in ({}, sound)
        refused += content(runs) == {}
    assert refused > len(changed) / 2


def test_a_zip_file_that_would_become_too_large_is_not_unpacked(tmp_path: Path) -> None:
    bomb = of_member("it.tar", bytes(zipped_archive.UNPACKED + 1))
    (tmp_path / "it.zip").write_bytes(bomb)
    with pytest.raises(ArchiveError, match="would become"):
        unpacking.unpack(tmp_path / "it.zip", tmp_path / "runs")
    size = (zipped_archive.UNPACKED + 1).to_bytes(4, "little")
    assert bomb.count(size) >= 1
    with pytest.raises(ArchiveError, match="damaged zip file"):  # it says that it is small
        zipped_archive.unzipped(bomb.replace(size, (512).to_bytes(4, "little")))


def test_a_zip_file_of_something_else_is_to_be_unpacked_first(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).bytes(2000)
    for data in (
        of_member("it.txt", noise),
        of_member("it.tar", noise, zipfile.ZIP_STORED),
        of_member("it.tar", noise, zipfile.ZIP_BZIP2),
    ):
        (tmp_path / "it.zip").write_bytes(data)
        with pytest.raises(ArchiveError, match="Unpack it first"):
            unpacking.unpack(tmp_path / "it.zip", tmp_path / "runs")
    assert content(tmp_path / "runs") == {}
