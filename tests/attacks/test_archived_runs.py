"""Attacks by what an archive holds: its files contradict each other, lead elsewhere, or name a
stranger's code.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landscape_app.cli.main import main
from landscape_app.errors import LandscapeError
from landscape_app.settings import RunSpec, parse
from landscape_app.store import catalogue, import_stage, packing, signature, sources, unpacking
from landscape_app.store.journal import encode
from landscape_app.store.run import RunFolder
from tests.attacks.forgery import Files, forged, refused
from tests.store import samples

pytestmark = pytest.mark.usefixtures("quick_disk")


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
    (tmp_path / "victim" / "own").write_text("")
    with pytest.raises(LandscapeError, match="exists already"):
        unpacking.unpack(tmp_path / "it.tar", runs)
    assert [path.name for path in (tmp_path / "victim").iterdir()] == ["own"]


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
    unpacked = unpacking.unpack(tmp_path / "it.tar", tmp_path / "runs")
    assert set(unpacked.needs) == {"evil_module:make", str(tmp_path / "evil.pt")}
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
