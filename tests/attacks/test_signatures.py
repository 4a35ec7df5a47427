"""Who made a run on this machine is not asked; whoever trusts one says so once; a signature permits
what was signed.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from landscape_app.cli.main import main
from landscape_app.dashboard.common import launch_requests
from landscape_app.dashboard.launch import child
from landscape_app.jobs import launch
from landscape_app.settings import RunSpec, parse
from landscape_app.store import derived, signature, sources
from landscape_app.store.run import RunFolder
from tests.attacks.strangers import (
    ANALYSIS,
    CODE,
    Stranger,
    data_and_weights,
    edited,
    lost_chunk,
    run_made,
    watched,
)

CURVATURE = "--eigenvalues 1 --probes 2 --steps 2 --trace-products 6 --draws 2 --ends 2 --points 3"


@pytest.mark.slow
def test_nobody_who_made_a_run_is_asked(
    mine: RunFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = mine.path.parent
    shutil.copytree(mine.path, runs / "copy")
    (runs / "mine").rename(runs / "renamed")
    moved = runs.with_name("moved")
    runs.rename(moved)
    monkeypatch.setattr(launch, "launch", lambda folder, argv, **_: main(list(argv)))
    for id in ("copy", "renamed"):
        lost_chunk(moved, id)
        edited(moved / id, lambda line: line["kind"] == "finished")
        if id == "copy":
            assert main(["resume", id, "--runs", str(moved)]) == 0
        else:
            answer = child.launch(moved, launch_requests.ask("page", "resume", id=id))
            assert answer["error"] is None
        assert not RunFolder.open(moved, id).damaged()
    assert main(["verify", "copy", "--runs", str(moved)]) == 0
    assert main(["surface", "copy", "--kind", "line", "--points", "3", "--runs", str(moved)]) == 0
    assert main(["curvature", "copy", *CURVATURE.split(), "--runs", str(moved)]) == 0
    assert "--trust" not in "".join(capsys.readouterr())


@pytest.mark.slow
def test_a_run_without_a_signature_is_trusted_by_one_word_from_then_on(
    mine: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = str(mine.path.parent)
    (mine.path / signature.FILE).unlink()
    # as 0.2 has left it
    edited(mine.path, lambda line: line.pop("signature", None) is None and False)
    surface = ["surface", "mine", "--kind", "line", "--points", "3", "--runs", runs]
    assert main(surface) == 2
    capsys.readouterr()
    assert main([*surface, "--trust"]) == 0
    told = capsys.readouterr().err
    assert (
        f"import '{CODE}:make' and open '{mine.spec.data.removeprefix('npz:')}' and"
        f" '{mine.spec.checkpoint}'" in told
    )
    lost_chunk(mine.path.parent, "mine")
    assert main(["resume", "mine", "--runs", runs]) == 0
    assert "trust" not in "".join(capsys.readouterr())


def test_without_a_key_the_user_s_own_command_goes_on_and_another_process_would_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("no folder")
    monkeypatch.setenv("LANDSCAPE_STATE", str(tmp_path / "state"))
    table, _ = data_and_weights(tmp_path)
    named = ["--data", f"npz:{table}", "--network", "mlp-small"]
    run_made(tmp_path / "runs", "mine", *named)
    assert "is not signed" in caplog.text
    assert not (tmp_path / "runs" / "mine" / signature.FILE).exists()
    monkeypatch.setattr(signature, "_here", set())  # as another process begins
    assert not sources.permitted(RunFolder.open(tmp_path / "runs", "mine"))
    # all it needs lies in the runs folder
    assert main(["resume", "mine", "--runs", str(tmp_path / "runs")]) == 0


def test_a_signature_permits_what_was_signed_and_nothing_else(
    mine: RunFolder, tmp_path: Path
) -> None:
    assert sources.permitted(mine)

    def elsewhere(line: dict[str, Any]) -> None:
        if "sources" in line:
            line["sources"]["data"]["relative"] = "../../etc/passwd"

    before = (mine.path / "journal.jsonl").read_bytes()
    edited(mine.path, elsewhere)
    assert not sources.permitted(RunFolder.open(mine.path.parent, "mine"))
    shutil.rmtree(mine.path.parent / "_data")
    assert "/etc/passwd" in sources.wanted(RunFolder.open(mine.path.parent, "mine")).words
    (mine.path / "journal.jsonl").write_bytes(before)
    assert sources.permitted(RunFolder.open(mine.path.parent, "mine"))
    head = json.loads((mine.path / "spec.json").read_text())
    for name, other in (
        ("network", "os:abort"),
        ("data", "npz:/dev/zero"),
        ("checkpoint", "/dev/zero"),
    ):
        changed = parse(RunSpec, {**head["settings"], name: other})
        other_run = dataclasses.replace(mine, spec=changed)
        assert not sources.permitted(other_run), name
    for text in ("", "é" * 64, None, 3, [], "0" * 64):
        (mine.path / signature.FILE).write_text(json.dumps({"signature": text}))
        assert not signature.is_of_run(mine.spec, None, (signature.stored(mine.path),))


def test_a_stranger_s_text_is_shown_on_one_line_and_not_endless(tmp_path: Path) -> None:
    spec = parse(RunSpec, {"network": "a\x1b[31m\n\u202eb:c" + "x" * 10_000, "data": "blobs"})
    words = sources.named_by([spec]).words
    assert words.isprintable()
    assert len(words) < 300


def test_what_a_run_was_trusted_for_is_checked_after_all(
    stranger: Stranger, elsewhere: Stranger, capsys: pytest.CaptureFixture[str]
) -> None:
    # the kept copies are used; the files themselves are looked at, once they are trusted
    watched.clear()
    for path in elsewhere.files:
        path.unlink()
        path.write_bytes(b"gone")
    assert main(["analyse", "theirs", *ANALYSIS, "--runs", str(stranger.runs)]) == 0
    assert main(["analyse", "theirs", *ANALYSIS, "--trust", "--runs", str(stranger.runs)]) == 0
    checked = derived.find(stranger.runs / "theirs", "checks")
    assert checked is not None
    passed = {check["name"]: check["passed"] for check in checked.meta["checks"]}
    assert passed["anchor_loss"] is True
