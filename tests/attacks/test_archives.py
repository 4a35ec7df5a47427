"""Attacks by an archive: whatever its bytes are, it is refused in one line, nothing is left,
nothing outside the runs folder is touched.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import tarfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landscape_app.cli.main import main
from landscape_app.errors import ArchiveError, LandscapeError
from landscape_app.settings import RunSpec, parse
from landscape_app.store import (
    archive,
    catalogue,
    derived,
    files,
    import_stage,
    packing,
    signature,
    sources,
    unpacking,
)
from landscape_app.store.journal import encode
from landscape_app.store.run import RunFolder
from tests.patience import patience
from tests.store import samples

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files of a small run with a result, by their names in an archive."""
    runs = tmp_path_factory.mktemp("honest")
    run = samples.full_run(runs, "run")
    derived.write(run.path, "thing", {}, {"values": np.arange(3.0)}, {}, run.digest())
    return {
        str(path.relative_to(runs)): path.read_bytes()
        for path in sorted(runs.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused needs no waiting for the disk."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def manifest(contents: Files, **changes: Any) -> dict[str, Any]:
    """What an archive of `contents` says first, with changes."""
    listed = [
        [name, len(content), hashlib.sha256(content).hexdigest()]
        for name, content in sorted(contents.items())
    ]
    return {
        "landscape_archive": 1,
        "kind": "run",
        "id": "run",
        "runs": ["run"],
        "files": listed,
    } | changes


def entry(name: str, content: bytes, format: int = tarfile.GNU_FORMAT, **facts: Any) -> bytes:
    """One entry of a tar file, of any name and kind."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o644
    for fact, value in facts.items():
        setattr(info, fact, value)
    return info.tobuf(format, "utf-8", "surrogateescape") + filled(content)


def filled(content: bytes) -> bytes:
    """`content` with zeros to whole blocks."""
    return content + bytes(-len(content) % archive.BLOCK)


def first(said: Any) -> bytes:
    """The manifest's entry; `said` as bytes is written as it is."""
    content = said if isinstance(said, bytes) else files.to_json(said) + b"\n"
    return archive.header(archive.MANIFEST, len(content)) + filled(content)


def forged(
    contents: Files, said: Any = None, *, also: bytes = b"", entries: dict[str, bytes] | None = None
) -> bytes:
    """An archive of `contents`, its manifest and some entries replaced."""
    replaced = entries or {}
    parts = {
        name: replaced.get(name) or archive.header(name, len(content)) + filled(content)
        for name, content in contents.items()
    }
    return (
        first(manifest(contents) if said is None else said)
        + b"".join(parts[name] for name in sorted(parts))
        + also
        + archive.END
    )


def refused(tmp_path: Path, content: bytes) -> str:
    """The line with which an archive of these bytes is refused; nothing of it is left anywhere."""
    file, runs = tmp_path / "it.tar", tmp_path / "runs"
    file.write_bytes(content)
    with pytest.raises(LandscapeError) as caught:
        unpacking.unpack(file, runs)
    assert "\n" not in str(caught.value)
    assert not runs.exists() or list(runs.iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} <= {"it.tar", "runs"}
    return str(caught.value)


def test_the_forger_makes_what_the_program_makes(tmp_path: Path, honest: Files) -> None:
    (tmp_path / "it.tar").write_bytes(forged(honest))
    unpacking.unpack(tmp_path / "it.tar", tmp_path / "runs")
    assert RunFolder.open(tmp_path / "runs", "run").damaged() == []
    packing.write(tmp_path / "runs", "run", tmp_path / "again.tar")
    assert (tmp_path / "again.tar").read_bytes() == forged(honest)


EVIL = [
    "/etc/passwd", "//run/spec.json", "../evil", "run/../evil", "run/../../evil", "run/./spec.json", "run//spec.json", "./run/spec.json",
    "run/chunks/../../evil.safetensors", "..", ".", "", "run", "run/", "run/chunks", "run\\spec.json", "..\\evil", "C:\\evil", "C:evil", "c:/evil",
    "run/spec.json\0.safetensors", "run/spec.json\n", "run/SPEC.json", "RUN/spec.json", "run/Chunks/a.safetensors", "run/chunks/a.SAFETENSORS",
    "run/chunks/\u00e4.safetensors", "run/chunks/a\u0308.safetensors", "run/\u202espec.json", "run/chunks/\uff0e\uff0e/a.safetensors", "run/spec.json ",
    "run/chunks/a.safetensors/b", "run/chunks/a.safetensors.next", "run/chunks/.a.safetensors", "run/.hidden", "run/status.json", "run/run.lock",
    "run/cancel", "run/log.txt", "run/signature.json", "_studies/run/signature.json", "run/evil.py", "run/__pycache__/a.pyc", "run/derived/x-0123456789abcdef/evil.py",
    "run/derived/x-0123456789abcde/result.json", "run/derived/../result.json", "other/spec.json", "other/chunks/a.safetensors", "_slots/a.lock",
    "_studies/run/study.json", "_studies/../evil", ".state/launches/cache.db", "_data/evil", "_data/../evil", f"_data/{'0' * 64}/../evil",
    f"_data/{'0' * 64}/evil.npz", f"_data/{'0' * 63}g/content", "~/evil", "$HOME/evil", "manifest.json", "run/chunks/" + "a" * 300 + ".safetensors",
]  # fmt: skip


@pytest.mark.parametrize("name", EVIL, ids=ascii)
def test_a_name_that_no_run_has_is_refused(tmp_path: Path, honest: Files, name: str) -> None:
    contents = honest | {name: b"evil"}
    try:
        written = entry(name, b"evil")
    except ValueError:
        written = entry("evil", b"evil")
    refused(tmp_path, forged(contents, entries={name: written}))
    refused(tmp_path, forged(honest, also=written))  # not named by the manifest
    chosen = "run/spec.json"
    refused(
        tmp_path,
        forged(
            honest,
            entries={
                chosen: (
                    entry(name, honest[chosen])
                    if "\0" not in name
                    else entry("evil", honest[chosen])
                )
            },
        ),
    )


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE, tarfile.CONTTYPE,
                                  tarfile.GNUTYPE_SPARSE, tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE, b"Z"])  # fmt: skip
def test_what_is_no_plain_file_is_refused(tmp_path: Path, honest: Files, kind: bytes) -> None:
    name = "run/anchor.safetensors"
    for target in ("/etc/passwd", "../../evil", "run/spec.json"):
        for size in (0, len(honest[name])):
            link = entry(name, bytes(size), type=kind, linkname=target)[: archive.BLOCK]
            assert "there is" in refused(
                tmp_path, forged(honest, entries={name: link + filled(honest[name])})
            )
            refused(tmp_path, forged(honest, also=link))


@pytest.mark.parametrize(
    "facts",
    [
        {"mode": 0o4755},
        {"uid": 1},
        {"gid": 1},
        {"mtime": 1},
        {"uname": "root"},
        {"mode": 0o777},
        {"format": tarfile.GNU_FORMAT},
    ],
)
def test_modes_owners_and_times_are_those_of_an_archive(
    tmp_path: Path, honest: Files, facts: dict[str, Any]
) -> None:
    name = "run/anchor.safetensors"
    written = entry(name, honest[name], **{"format": tarfile.USTAR_FORMAT} | facts)
    assert "there is" in refused(tmp_path, forged(honest, entries={name: written}))


def test_no_byte_of_an_archive_can_be_changed(tmp_path: Path, honest: Files) -> None:
    sound = forged(honest)
    for place in [
        *range(0, len(sound), 307),
        *range(0, 512, 11),
        *range(len(sound) - 1030, len(sound), 97),
    ]:
        changed = bytearray(sound)
        changed[place] ^= 1 << place % 8
        refused(tmp_path, bytes(changed))


def test_an_archive_that_is_cut_anywhere_is_refused(tmp_path: Path, honest: Files) -> None:
    sound = forged(honest)
    for length in [
        *range(0, len(sound), 1000),
        1,
        511,
        512,
        513,
        len(sound) - 1024,
        len(sound) - 512,
        len(sound) - 1,
    ]:
        assert "cut" in refused(tmp_path, sound[:length])
    for more in (b"\0", bytes(512), b"evil", sound):
        assert "followed by something else" in refused(tmp_path, sound + more)
        refused(tmp_path, more + sound)


def test_what_the_manifest_says_of_a_file_must_be_true(tmp_path: Path, honest: Files) -> None:
    for place, (name, size, sha256) in enumerate(manifest(honest)["files"]):
        for lie in ([name, size + 1, sha256], [name, size - 1, sha256], [name, 0, sha256], [name, size, "0" * 64], [name, 2**63, sha256],
                    [name, -size, sha256], [name, float(size), sha256], [name, str(size), sha256], [name, True, sha256], [name, size, sha256.upper()],
                    [name, size], [name, size, sha256, 1], [name, size, None], [None, size, sha256], {}, name):  # fmt: skip
            said = manifest(honest)
            said["files"][place] = lie
            refused(tmp_path, forged(honest, said))


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
    said = manifest(honest)
    change(said)
    refused(tmp_path, forged(honest, said))


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
    said = manifest(honest)
    said["files"] = sorted(said["files"] + many)
    assert "more than the 50,000" in refused(tmp_path, first(said) + archive.END)


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
    said = manifest(honest)
    said["files"][0][1] = archive.LARGEST
    assert "cut" in refused(tmp_path, forged(honest, said))
    huge = tmp_path / "sparse.tar"
    with huge.open("wb") as file:  # as long as it promises, on paper
        file.write(forged(honest, said)[:-1024])
        file.truncate(17 * 2**30)
    with pytest.raises(ArchiveError, match="at most 16"):
        unpacking.unpack(huge, tmp_path / "runs")


def zipped(honest: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in honest.items():
            file.writestr(name, content)
        file.writestr("../../evil", b"0" * 10_000_000)
    return out.getvalue()


def tarred(honest: Files, mode: str, format: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=format) as file:
        for name, content in honest.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_another_kind_of_archive_is_refused(tmp_path: Path, honest: Files, mode: str) -> None:
    for format in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        assert ("Unpack it first" if ":" in mode else "not an archive of runs") in refused(
            tmp_path, tarred(honest, mode, format)
        )
    assert "Unpack it first" in refused(tmp_path, zipped(honest))
    refused(tmp_path, forged(honest)[:512] + zipped(honest))


def test_a_pipe_a_device_or_a_folder_is_no_archive(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", Path("/dev/zero"), tmp_path, tmp_path / "nothing"):
        with pytest.raises(LandscapeError):
            unpacking.unpack(place, tmp_path / "runs")


def journalled(honest: Files, **line: Any) -> Files:
    return honest | {
        "run/journal.jsonl": honest["run/journal.jsonl"] + encode({"kind": "chunk", **line})
    }


@pytest.mark.parametrize(
    "contents",
    [
        lambda h: h | {"run/chunks/evil.safetensors": b"not in the journal"},
        lambda h: h | {"run/anchor.safetensors": h["run/anchor.safetensors"][:-1] + b"!"},
        lambda h: h | {"run/journal.jsonl": h["run/journal.jsonl"] + b"torn"},
        lambda h: h | {"run/journal.jsonl": b"nothing\n"},
        lambda h: journalled(h, file="../evil.safetensors", sha256="0" * 64),
        lambda h: journalled(h, file="/etc/passwd", sha256="0" * 64),
        lambda h: journalled(h, file="chunks/../../evil.safetensors", sha256="0" * 64),
        lambda h: journalled(h, file=["anchor.safetensors"], sha256="0" * 64),
        lambda h: h | {"run/spec.json": b"{"},
        lambda h: h | {"run/spec.json": b"[" * 500_000},
        lambda h: h | {"run/spec.json": h["run/spec.json"].replace(b'"blobs"', b"17")},
        lambda h: h | {"run/spec.json": h["run/spec.json"].replace(b'"schema": ', b'"schema": 9')},
        lambda h: h | {"run/derived/evil-0123456789abcdef/result.json": b"{}"},
        lambda h: {name: b"other" if name.endswith("arrays.safetensors") else content for name, content in h.items()},
        lambda h: {name.replace("thing-", "evil-"): content for name, content in h.items()},
        lambda h: {name: content for name, content in h.items() if not name.endswith("arrays.safetensors")},
        lambda h: {name: content for name, content in h.items() if not name.endswith("spec.json")},
        lambda h: h | {f"_data/{hashlib.sha256(b'evil').hexdigest()}/content": b"evil"},
        lambda h: h | {f"_data/{'0' * 64}/content": b"evil"},
    ],
)  # fmt: skip
def test_what_its_own_files_contradict_is_refused(
    tmp_path: Path, honest: Files, contents: Callable[[Files], Files]
) -> None:
    refused(tmp_path, forged(contents(honest)))


@pytest.mark.parametrize(
    "name",
    ["../evil", "/tmp/evil", ".evil", "a/b", "a\\b", "", "a\0b", "a\nb", "a" * 300, "..", "C:evil"],
)
def test_data_are_never_kept_under_a_name_that_leads_elsewhere(
    tmp_path: Path, honest: Files, name: str
) -> None:
    sha256 = hashlib.sha256(b"evil").hexdigest()
    source = {"name": name, "relative": "x", "sha256": sha256, "bytes": 4, "kept": True}
    line = encode({"kind": "prepared", "sources": {"data": source}})
    refused(
        tmp_path,
        forged(
            honest
            | {
                "run/journal.jsonl": honest["run/journal.jsonl"] + line,
                f"_data/{sha256}/content": b"evil",
            }
        ),
    )


def test_a_folder_that_is_a_link_in_the_runs_folder_is_not_written_through(
    tmp_path: Path, honest: Files
) -> None:
    (tmp_path / "it.tar").write_bytes(forged(honest))
    (tmp_path / "victim").mkdir()
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "run").symlink_to(tmp_path / "victim")
    (runs / f"{import_stage.STAGE}old").symlink_to(tmp_path / "victim")
    (tmp_path / "victim" / "kept").write_text("")
    with pytest.raises(LandscapeError, match="exists already"):
        unpacking.unpack(tmp_path / "it.tar", runs)
    assert [path.name for path in (tmp_path / "victim").iterdir()] == ["kept"]


def test_import_runs_and_opens_nothing_that_the_settings_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "evil_module.py").write_text(
        f"open({str(tmp_path / 'ran')!r}, 'w')\ndef make(): pass\n"
    )
    (tmp_path / "evil.npz").write_bytes(b"x")
    monkeypatch.syspath_prepend(str(tmp_path))
    os.mkfifo(tmp_path / "evil.pt")  # opening it would hang
    evil = {
        "network": "evil_module:make",
        "checkpoint": str(tmp_path / "evil.pt"),
        "data": "evil_module:make",
        "regime": "plain",
    }
    run = RunFolder.create(tmp_path / "theirs", "run", parse(RunSpec, evil))
    run.mark("asked", analyse=False)
    packing.write(tmp_path / "theirs", "run", tmp_path / "it.tar")
    found = unpacking.unpack(tmp_path / "it.tar", tmp_path / "runs")
    assert set(found.needs) == {"evil_module:make", str(tmp_path / "evil.pt")}
    assert [run.problem for run in catalogue.list_runs(tmp_path / "runs")] == [None]
    assert "evil_module" not in sys.modules
    assert not (tmp_path / "ran").exists()


def test_a_run_that_came_in_has_nobody_s_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "evil_module.py").write_text(
        f"open({str(tmp_path / 'ran')!r}, 'w')\ndef make(): pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    settings = parse(
        RunSpec, samples.spec().model_dump() | {"network": "evil_module:make", "regime": "plain"}
    )
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("LANDSCAPE_STATE", str(tmp_path / "their-state"))
        run = RunFolder.create(tmp_path / "theirs", "run", settings)
        run.mark(
            "prepared",
            parameters=samples.PARAMETERS,
            classes=4,
            plan={"engine": "chain"},
            signature=signature.of_run(settings),
        )
        run.commit("anchor", samples.ANCHOR, samples.anchor(), weight_norm=6.0)
        assert sources.permitted(run), "there it may run its code"
        packing.write(tmp_path / "theirs", "run", tmp_path / "it.tar")
    unpacking.unpack(tmp_path / "it.tar", tmp_path / "runs")
    assert not (tmp_path / "runs" / "run" / signature.FILE).exists()
    assert not sources.permitted(RunFolder.open(tmp_path / "runs", "run"))
    for command in (["verify", "run"], ["resume", "run"]):
        main([*command, "--runs", str(tmp_path / "runs")])
    assert "evil_module" not in sys.modules
    assert not (tmp_path / "ran").exists()
    assert "--trust" in capsys.readouterr().err
