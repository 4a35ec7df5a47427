"""Laws of the command line on damaged runs: what is lost is named, with what brings it back, and no
traceback is shown.
"""

from __future__ import annotations

import json
import shutil

import pytest

from landscape_app.cli.main import main
from landscape_app.settings import CurvatureSpec
from landscape_app.store import derived, verdict
from landscape_app.store.run import RunFolder
from tests.cli.tiny import printed


def test_a_flipped_bit_fails_verify_with_exit_code_1(capsys, runs):
    shutil.copytree(runs / "one", runs / "flipped")
    victim = runs / "flipped" / RunFolder.open(runs, "flipped").committed("chunk")[0]["file"]
    content = bytearray(victim.read_bytes())
    content[-1] ^= 1
    victim.write_bytes(content)
    told = printed(capsys, "verify", "flipped", "--runs", str(runs), code=1)
    assert "File hashes" in told.err
    assert victim.name in told.out
    for words in (
        printed(capsys, "list", "--runs", str(runs)).out,
        printed(capsys, "show", "flipped", "--runs", str(runs)).out,
    ):
        assert ", damaged" in words
        assert "snapshots (trajector" in words
        assert f"landscape resume flipped --runs {runs}" in words
    (row,) = [
        row
        for row in json.loads(printed(capsys, "list", "--runs", str(runs), "--json").out)
        if row["id"] == "flipped"
    ]
    assert row["damaged"]["files"] == [f"chunks/{victim.name}"]
    assert main(["resume", "flipped", "--runs", str(runs)]) == 0
    assert not RunFolder.open(runs, "flipped").damaged()
    assert (
        json.loads(printed(capsys, "show", "flipped", "--runs", str(runs), "--json").out)["damaged"]
        is None
    )
    assert "landscape resume flipped" not in printed(capsys, "list", "--runs", str(runs)).out


def test_show_says_how_a_job_that_crashed_is_done_again(capsys, runs):
    settings = CurvatureSpec().model_dump(mode="json")
    status = {
        "state": "running",
        "pid": 1,
        "command": "curvature",
        "settings": settings,
        "queued": 1.0,
        "started": 1.0,
        "updated": 2.0,
    }
    path = runs / "one" / "status.json"
    before = path.read_bytes()
    path.write_text(json.dumps(status))
    told = printed(capsys, "show", "one", "--runs", str(runs)).out
    path.write_bytes(before)
    assert "Last job: curvature interrupted" in told
    assert f"Do it again: landscape resume one --runs {runs}\n" in told
    assert "Do it again" not in printed(capsys, "show", "one", "--runs", str(runs)).out


def test_a_lost_anchor_is_said_with_what_follows_and_comes_back(capsys, runs):
    shutil.copytree(runs / "one", runs / "adrift")
    before = derived.find(runs / "adrift", "checks")
    (runs / "adrift" / "anchor.safetensors").unlink()
    told = printed(capsys, "show", "adrift", "--runs", str(runs)).out
    assert "damaged: the anchor" in told
    assert "no surface, curvature or climb" in told
    main(["verify", "adrift", "--runs", str(runs), "--store"])  # stored while it is damaged
    assert derived.find(runs / "adrift", "checks").created > before.created
    assert main(["resume", "adrift", "--runs", str(runs)]) == 0
    after = verdict.opened(RunFolder.open(runs, "adrift").inventory())
    assert not after.damage
    assert "File hashes" not in after.failed
    listed = verdict.read(runs / "adrift")
    assert (listed.failed, bool(listed.damage)) == (after.failed, False)


@pytest.mark.parametrize("lost", ["*-00000-*", "*"])
def test_whatever_chunks_are_lost_verify_and_show_say_so_without_a_traceback(capsys, runs, lost):
    name = f"lost-{len(lost)}"
    shutil.copytree(runs / "one", runs / name)
    for chunk in (runs / name / "chunks").glob(f"{lost}.safetensors"):
        if not chunk.name.startswith("base"):
            chunk.unlink()
    told = printed(capsys, "verify", name, "--runs", str(runs), code=1)
    assert "checks failed" in told.err
    assert "Traceback" not in told.err
    printed(capsys, "show", name, "--runs", str(runs))
    printed(capsys, "list", "--runs", str(runs))
    analysed = main(["analyse", name, "--runs", str(runs)])
    assert analysed in (0, 2)
    assert "Traceback" not in capsys.readouterr().err
    assert main(["resume", name, "--runs", str(runs)]) == 0
    assert not RunFolder.open(runs, name).damaged()
