"""Laws of archives that do not fit or are interrupted: nothing of them is left, or the whole
run.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from landscape_app.errors import ArchiveError, SpecError, StorageError
from landscape_app.store import archive, catalogue, files, packing, unpacking
from tests.store.archived import content


def test_an_archive_of_more_than_a_header_holds_is_refused() -> None:
    with pytest.raises(ArchiveError, match="does not fit"):
        archive.header("run/anchor.safetensors", archive.LARGEST + 1)
    assert len(archive.header("run/anchor.safetensors", archive.LARGEST)) == archive.BLOCK
    longest = f"{'a' * 64}/derived/{'b' * 60}-{'0' * 16}/arrays.safetensors"
    assert len(archive.header(longest, 1)) == archive.BLOCK


def operations(monkeypatch: pytest.MonkeyPatch, at: int, act) -> list[int]:
    """Have the `at`-th write, sync or rename call `act`; a list that counts them."""
    count = [0]

    def before(call):
        def counted(*args, **kwargs):
            count[0] += 1
            if count[0] == at:
                act()
            return call(*args, **kwargs)

        return counted

    monkeypatch.setattr(files, "write_all", before(files.write_all))
    monkeypatch.setattr(os, "fsync", before(os.fsync))
    monkeypatch.setattr(os, "replace", before(os.replace))
    monkeypatch.setattr(os, "mkdir", before(os.mkdir))
    return count


def test_a_full_disk_at_any_moment_leaves_nothing(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packing.write(here, "one", tmp_path / "it.tar")

    def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for at in range(1, 200):
        there = tmp_path / "there"
        there.mkdir()
        with monkeypatch.context() as patched:
            count = operations(patched, at, full)
            try:
                unpacking.unpack(tmp_path / "it.tar", there)
                done = True
            except StorageError:
                done = False
        if count[0] < at:
            assert done
            break
        assert not list(there.glob(".*")), at
        assert content(there) in (
            {},
            {name: value for name, value in content(here).items() if name in content(there)},
        ), at
        assert len(catalogue.list_runs(there)) == len(list(there.iterdir())), (
            "nothing, or the whole run"
        )
        shutil.rmtree(there)
    assert at > 20


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_a_kill_at_any_moment_leaves_nothing_that_is_listed(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    packing.write(here, "both", tmp_path / "it.tar")
    there = tmp_path / "there"
    whole = {
        "one": content(here / "one").keys()
        - {"status.json", "log.txt", "run.lock", "cancel", ".one.tmp"},
        "two": content(here / "two").keys(),
    }
    for at in range(1, 300, step):
        child = os.fork()
        if not child:
            operations(monkeypatch, at, lambda: os._exit(9))
            unpacking.unpack(tmp_path / "it.tar", there)
            os._exit(0)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        for run in catalogue.list_runs(there):
            assert run.problem is None
            assert content(there / run.id).keys() == whole[run.id], "a run that is listed is whole"
        for study in catalogue.list_studies(there):
            assert study.problem is None
        unpacking.unpack(tmp_path / "it.tar", there)
        assert {path.name for path in there.iterdir()} == {"one", "two", "_studies"}, (
            "what was left is swept"
        )
        shutil.rmtree(there)
        if ended == 0:
            break
    assert at > 20


def test_a_disk_without_room_is_said_before_anything_is_written(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packing.write(here, "one", tmp_path / "it.tar")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    with pytest.raises(StorageError, match="are free"):
        unpacking.unpack(tmp_path / "it.tar", tmp_path / "there")
    assert list((tmp_path / "there").iterdir()) == []


def test_an_archive_beyond_the_cap_is_refused_and_the_cap_can_be_raised(
    here: Path, tmp_path: Path
) -> None:
    packing.write(here, "one", tmp_path / "it.tar")
    with pytest.raises(ArchiveError, match="--max-gib"):
        unpacking.unpack(tmp_path / "it.tar", tmp_path / "there", most_gib=1e-6)
    for none in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(SpecError, match="--max-gib"):
            unpacking.unpack(tmp_path / "it.tar", tmp_path / "there", most_gib=none)
    unpacking.unpack(tmp_path / "it.tar", tmp_path / "there", most_gib=1)
