"""Attacks by an archive's manifest: what it says is held against what is there, at once and in
little memory.
"""

from __future__ import annotations

import hashlib
import json
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landscape_app.errors import ArchiveError
from landscape_app.store import archive, files, unpacking
from tests.attacks.forgery import Files, first, forged, manifest, refused
from tests.patience import patience

pytestmark = pytest.mark.usefixtures("quick_disk")


def test_what_the_manifest_says_of_a_file_must_be_true(tmp_path: Path, honest: Files) -> None:
    for place, (name, size, sha256) in enumerate(manifest(honest)["files"]):
        for lie in ([name, size + 1, sha256], [name, size - 1, sha256], [name, 0, sha256], [name, size, "0" * 64], [name, 2**63, sha256],
                    [name, -size, sha256], [name, float(size), sha256], [name, str(size), sha256], [name, True, sha256], [name, size, sha256.upper()],
                    [name, size], [name, size, sha256, 1], [name, size, None], [None, size, sha256], {}, name):  # fmt: skip
            listing = manifest(honest)
            listing["files"][place] = lie
            refused(tmp_path, forged(honest, listing))


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["files"].append(m["files"][0]),
        lambda m: m["files"].insert(1, m["files"][0]),
        lambda m: m["files"].reverse(),
        lambda m: m["files"].pop(0),
        lambda m: m["files"].pop(),
        lambda m: m["files"].clear(),
        lambda m: m.update(extra=1),
        lambda m: m.update(landscape_archive=2),
        lambda m: m.update(landscape_archive=True),
        lambda m: m.update(kind="study"),
        lambda m: m.update(kind="folder"),
        lambda m: m.update(id="other"),
        lambda m: m.update(id="../run"),
        lambda m: m.update(id=["run"]),
        lambda m: m.update(runs=[]),
        lambda m: m.update(runs=["run", "run"]),
        lambda m: m.update(runs=["run", "other"]),
        lambda m: m.update(runs="run"),
        lambda m: m.update(runs=[None]),
        lambda m: m.update(files=None),
        lambda m: m.update(files={}),
        lambda m: m.pop("files"),
    ],
)  # fmt: skip
def test_a_manifest_that_does_not_fit_is_refused(
    tmp_path: Path, honest: Files, change: Callable[[dict[str, Any]], Any]
) -> None:
    listing = manifest(honest)
    change(listing)
    refused(tmp_path, forged(honest, listing))


def text(honest: Files) -> bytes:
    return files.to_json(manifest(honest)) + b"\n"


@pytest.mark.parametrize(
    "make",
    [
        lambda honest: b"[" * 2_000_000,
        lambda honest: b'{"a":' * 40_000,
        lambda honest: b"[" * 40_000 + b"]" * 40_000,
        lambda honest: b"1" * 5_000_000,
        lambda honest: b'{"landscape_archive":' + b"9" * 5000 + b"}",
        lambda honest: b"NaN",
        lambda honest: b"",
        lambda honest: b"\xff\xfe" * 100,
        lambda honest: b'"\\ud800"',
        lambda honest: text(honest)[:-1],
        lambda honest: b" " + text(honest),
        lambda honest: text(honest).replace(b'"id":"run"', b'"id":"evil","id":"run"'),
        lambda honest: text(honest).replace(b'"id":"run"', b'"id":"r\\u0075n"'),
        lambda honest: json.dumps(manifest(honest)).encode(),
        lambda honest: text(honest).replace(b"[[", b"[" + b"[0]," * 100_000 + b"["),
        lambda honest: text(honest).replace(b'["run"]', b'["run"' + b',"a"' * 400_000 + b"]"),
        lambda honest: b"\0" * 16_000_000,
        lambda honest: b'"' + b"a" * 16_000_000 + b'"',
    ],
)  # fmt: skip
def test_a_manifest_of_any_bytes_is_refused_at_once_and_in_little_memory(
    tmp_path: Path, honest: Files, make: Callable[[Files], bytes]
) -> None:
    content = make(honest)
    refused(tmp_path, forged(honest, content))
    begun = time.monotonic()
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError):
            archive.decode(content)
        assert tracemalloc.get_traced_memory()[1] < 100e6
    finally:
        tracemalloc.stop()
    assert time.monotonic() - begun < patience(5)


def test_a_hundred_thousand_entries_are_refused_before_any_is_made(
    tmp_path: Path, honest: Files
) -> None:
    many = [
        [f"run/chunks/{number:06d}.safetensors", 0, hashlib.sha256().hexdigest()]
        for number in range(100_000)
    ]
    listing = manifest(honest)
    listing["files"] = sorted(listing["files"] + many)
    assert "more than the 50,000" in refused(tmp_path, first(listing) + archive.END)


def test_what_an_archive_costs_does_not_grow_with_the_square_of_its_entries(honest: Files) -> None:
    ids = [f"r{number:05d}" for number in range(24_000)]
    listed = sorted(
        [f"{id}/{name}", 0, hashlib.sha256().hexdigest()]
        for id in ids
        for name in ("spec.json", "journal.jsonl")
    )
    head = ["_studies/s/study.json", 0, hashlib.sha256().hexdigest()]
    content = (
        files.to_json(
            {
                "landscape_archive": 1,
                "kind": "study",
                "id": "s",
                "runs": ids,
                "files": [head, *listed],
            }
        )
        + b"\n"
    )
    begun = time.monotonic()
    assert len(archive.decode(content).by_folder()) == len(ids) + 1
    assert time.monotonic() - begun < patience(10)


def test_an_archive_that_promises_more_than_it_has_costs_nothing(
    tmp_path: Path, honest: Files
) -> None:
    listing = manifest(honest)
    listing["files"][0][1] = archive.LARGEST
    assert "cut" in refused(tmp_path, forged(honest, listing))
    huge = tmp_path / "sparse.tar"
    with huge.open("wb") as file:  # as long as it promises, on paper
        file.write(forged(honest, listing)[:-1024])
        file.truncate(17 * 2**30)
    with pytest.raises(ArchiveError, match="at most 16"):
        unpacking.unpack(huge, tmp_path / "runs")
