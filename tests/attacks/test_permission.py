"""A spec is no permission: what a stranger's settings name is neither imported nor opened, by no
command and no button, unasked.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import nn

from landscape_app import explore
from landscape_app.cli.main import app, main
from landscape_app.dashboard.common import launch_requests
from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.jobs.details import details
from landscape_app.dashboard.launch import child, starts
from landscape_app.errors import LandscapeError
from landscape_app.jobs import launch
from landscape_app.settings import RunSpec, parse
from tests.attacks.strangers import ANALYSIS, CODE, Stranger, hostile

COMMANDS = {  # command -> whether it says what it would import and open
    ("resume", "theirs"): True,
    ("resume", "begun"): True,
    ("run", "--id", "theirs"): True,
    ("verify", "theirs"): True,
    ("verify", "theirs", "--store"): True,
    ("curvature", "theirs"): True,
    ("surface", "theirs"): True,
    ("sample", "theirs"): True,
    ("analyse", "theirs", "--t", "3", *ANALYSIS): False,
    ("resume", "grid"): True,
    ("study", "grid"): True,
    ("study", "grid", "--only-table"): False,
    ("experiment", "grid"): False,
    ("paper", "grid"): False,
    ("quickstart",): True,
    ("resume", "quickstart"): True,
    ("list",): False,
    ("jobs", "--all"): False,
    ("gc",): False,
    ("show", "theirs"): False,
    ("export", "theirs", "--to", "out"): False,
    ("figure", "theirs", "--panel", "curves", "--to", "curves.json"): False,
    ("report", "theirs", "--to", "report.html"): False,
    ("note", "theirs", "--label", "theirs"): False,
}

OTHERS = {"bench", "measures", "cancel", "delete", "import", "import-checkpoints", "gallery"}
OTHERS |= {"serve", "worker"}


@pytest.mark.slow
def test_no_command_imports_or_opens_what_a_strangers_settings_name(
    stranger: Stranger,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    hostile(stranger)
    monkeypatch.chdir(tmp_path)
    for command, told in COMMANDS.items():
        capsys.readouterr()
        code = main([*command, "--runs", str(stranger.runs)])
        assert stranger.untouched, command
        printed = "".join(capsys.readouterr())
        if told:
            assert code == (0 if command[0] == "verify" else 2), (command, printed)
            assert f"'{CODE}:make'" in printed, (command, printed)
            assert f"'{stranger.files[0]}'" in printed, (command, printed)
            assert "not made by you on this machine" in printed, command
            assert "--trust" in printed
    # nothing is made, and signed, for a stranger's grid
    assert not (stranger.runs / "grid-s3").exists()


def test_no_command_is_forgotten_here() -> None:
    """Those left out show nothing of a spec, or have tests of their own (archives); a new command
    belongs into the table.
    """
    assert {command[0] for command in COMMANDS} == {
        name for name in app if not name.startswith("-")
    } - OTHERS


@pytest.mark.slow
def test_no_button_does(
    stranger: Stranger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile(stranger)
    monkeypatch.setattr(launch, "launch", lambda folder, argv, **_: main(list(argv)))
    values = parse(RunSpec, {"data": "blobs", "network": "mlp-small"}).model_dump(mode="json")
    requests: dict[str, list[dict[str, Any]]] = {
        "resume": [{"id": "begun"}, {"id": "grid"}, {"id": "grid-s0"}, {"id": "quickstart"}],
        "curvature": [{"ids": ["theirs"]}],
        "surface": [{"ids": ["theirs"], "kind": "line", "points": 3}],
        "verify": [{"ids": ["theirs"]}],
        "analyse": [
            {
                "ids": ["theirs"],
                "analysis": {
                    "methods": ["pca"],
                    "stability": 0,
                    "t": 4,
                    "null_repeats": 0,
                    "loss_repeats": 0,
                },
            }
        ],
        "quickstart": [{}],
        "run": [{"specs": [{**values, "network": f"{CODE}:make"}]}],
        "study": [{"study": {"name": "mine", "networks": [f"{CODE}:make"]}}],
        "lesson": [{"lesson": f"{CODE}:make"}],
        "paper": [{"id": "grid"}],
        "preset": [{"preset": f"{CODE}:make"}],
        "gallery": [{"shipped": f"{CODE}:make"}],
    }
    assert set(requests) == set(starts.STARTS)
    for do, bodies in requests.items():
        for body in bodies:
            answer = child.launch(stranger.runs, launch_requests.ask("page", do, **body))
            assert stranger.untouched, body
            if do in ("resume", "curvature", "surface", "quickstart"):
                assert f"'{CODE}:make'" in answer["error"], body
                assert "--trust" in answer["error"]
                assert "\n" not in answer["error"]
            elif do in ("run", "study", "lesson", "preset", "gallery"):
                assert answer["error"], body
            else:
                assert answer["error"] is None


def texts(part: Any) -> Iterator[str]:
    """Everything in a part of the page that is read, in order."""
    if isinstance(part, str):
        yield part
    for inside in part if isinstance(part, (list, tuple)) else [getattr(part, "children", None)]:
        yield from texts(inside) if inside is not None and not isinstance(part, str) else ()


def test_the_page_says_what_going_on_would_do_and_how_and_shows_the_rest(
    stranger: Stranger,
) -> None:
    board = Board(stranger.runs)
    for id in ("theirs", "grid"):
        shown = "".join(texts(details(board, stranger.runs, id)))
        assert f"'{CODE}:make'" in shown
        assert f"landscape resume {id} --runs {stranger.runs} --trust" in shown
        assert "Delete" in shown
    assert "--trust" not in str(details(board, stranger.runs, "plain"))
    assert stranger.untouched


def test_explore_does_not_either(stranger: Stranger) -> None:
    x = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    with pytest.raises(LandscapeError):
        explore(
            nn.Linear(4, 2),
            (x, np.arange(20) % 2),
            (x, np.arange(20) % 2),
            out=stranger.runs,
            name="theirs",
            analyse=False,
        )
    assert stranger.untouched
