"""Laws of opening: below the runs folder no link is followed, a file is a regular file of bounded
size, and a JSON text is bounded, too.
"""

from __future__ import annotations

import json
import os
import socket
import stat
from pathlib import Path

import pytest

from landscape_app.errors import StorageError
from landscape_app.store import files, opening

PLACES = (  # of a file in a runs folder, and how many names lead to it from there
    ("run/spec.json", 2),
    ("run/chunks/000.safetensors", 3),
    ("run/derived/rips-0123/result.json", 4),
    ("_studies/study/study.json", 3),
    ("_studies/study/derived/rips-0123/result.json", 5),
    ("_data/0123/digits.npz", 3),
    ("_slots/machine-0.ticket", 2),
)


@pytest.fixture
def runs(tmp_path):
    (tmp_path / "real").mkdir()
    # how the runs folder is reached is the person's own business
    (tmp_path / "runs").symlink_to("real")
    return tmp_path / "runs"


def made(runs, place, content=b"{}"):
    path = runs / place
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("place", "count"), PLACES)
def test_every_name_below_the_runs_folder_is_reached_without_links_and_the_folder_itself_by_any(
    runs, place, count
):
    path = made(runs, place)
    assert opening.split(path) == (runs, Path(place).parts)
    assert len(Path(place).parts) == count
    assert files.read_bytes(path) == b"{}"
    files.write_atomic(path, b"[]")
    assert (files.read_json(path), files.digest(path) is None, files.stamp(path) is None) == (
        [],
        False,
        False,
    )
    for depth in range(1, count + 1):
        name = runs.joinpath(*Path(place).parts[:depth])
        away = runs.parent / f"away-{depth}"
        name.rename(away)
        name.symlink_to(away)
        with pytest.raises(OSError, match="is a link"):
            files.read_bytes(path)
        assert files.digest(path) is None
        if depth < count:
            assert files.stamp(path) is None
            with pytest.raises(StorageError, match=r"is a link.* Remove what is in the way"):
                files.write_atomic(path, b"new")
            assert (away / path.relative_to(name)).read_bytes() == b"[]"
        else:
            files.write_atomic(path, b"new")  # takes the link's place
            assert (path.read_bytes(), path.is_symlink(), away.read_bytes()) == (
                b"new",
                False,
                b"[]",
            )
        name.unlink()
        away.rename(name)


def test_a_folder_that_is_swapped_for_a_link_after_it_was_looked_at_is_not_followed(
    runs, tmp_path, monkeypatch
):
    path = made(runs, "run/chunks/000.safetensors", b"old")
    (tmp_path / "away").mkdir()
    opened = os.open

    def swapping(name, flags, *args, **options):
        if flags & os.O_CREAT:  # at the last moment
            path.parent.rename(runs / "run" / "moved")
            path.parent.symlink_to(tmp_path / "away")
        return opened(name, flags, *args, **options)

    monkeypatch.setattr(os, "open", swapping)
    files.write_atomic(path, b"new")
    assert list((tmp_path / "away").iterdir()) == []
    assert (runs / "run" / "moved" / "000.safetensors").read_bytes() == b"new"


@pytest.mark.parametrize("kind", ["pipe", "socket", "folder", "dangling link", "sparse", "zero"])
def test_what_is_no_regular_file_of_that_size_is_refused_at_once(runs, kind, tmp_path):
    path = made(runs, "run/spec.json")
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(str(path))
    elif kind == "folder":
        path.mkdir()
    elif kind == "sparse":
        path.touch()
        os.truncate(path, 10 * 2**30)
    else:
        path.symlink_to("/dev/zero" if kind == "zero" else tmp_path / "nothing")
    with pytest.raises(
        opening.RefusedError,
        match=r"'spec\.json' (is a|has 10,737,418,240 bytes, more than 1,048,576)",
    ):
        files.read_bytes(path)
    assert kind == "sparse" or files.digest(path) is None


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices")
def test_a_device_is_no_file_also_where_links_are_the_persons_own():
    with pytest.raises(OSError, match="is a device, not a file"):
        files.read_bytes(Path("/dev/zero"), own=True)


def test_a_file_with_a_second_name_is_not_written_in_place(runs, tmp_path):
    (tmp_path / "victim").write_text("dear")
    path = made(runs, "run/log.txt")
    path.unlink()
    path.hardlink_to(tmp_path / "victim")
    assert files.read_bytes(path) == b"dear"
    with pytest.raises(OSError, match="has another name"):
        opening.regular(path, os.O_WRONLY | os.O_APPEND)


def test_a_persons_own_files_are_reached_by_their_links(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "here").symlink_to("there")
    files.make_own(tmp_path / "here" / "deep")
    files.write_atomic(tmp_path / "here" / "x.csv", b"1", own=True)
    (tmp_path / "link").symlink_to("there/x.csv")
    assert files.read_bytes(tmp_path / "link", own=True) == b"1"
    assert files.digest(tmp_path / "link", own=True) is not None


def test_a_new_file_has_the_mode_that_the_umask_leaves(runs):
    before = os.umask(0o027)
    try:
        path = made(runs, "run/spec.json")
        files.write_atomic(path, b"{}")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "NaN",
        "[Infinity]",
        "-Infinity",
        "1e999",
        "9223372036854775808",
        "9" * 5000,
        "9" * 320 + ".5",
        "[1, -2.5E+400]",
        '{"a": 1e0400}',
        "[0.5, 18446744073709551616]",
        "1e999\0",
        "[" * 65 + "]" * 65,
        "[" * 10**5,
        '{"a":' * 65 + "1" + "}" * 65,
    ],
)
def test_a_json_text_that_is_none_or_goes_beyond_what_is_computed_with_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"."):
        files.from_json(text.encode())
    with pytest.raises(ValueError, match=r"."):
        files.from_json(text.encode("utf-16"))


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, 2.5, None, True, "[[["]},
        "[" * 100,
        -(2**63),
        2**63 - 1,
        [[]] * 100,
        1.7e308,
        0.00012345678901234567,
    ],
)
def test_any_other_json_text_is_its_value(value):
    assert files.from_json(json.dumps(value).encode()) == value
