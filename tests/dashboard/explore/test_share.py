"""Laws of the menu "Share": the command and the lines of Python do show the same again."""

from __future__ import annotations

import shlex
from pathlib import Path

import plotly.graph_objects as go
import pytest

from landscape_app.cli.main import main
from landscape_app.dashboard.explore import choice, ids, share
from landscape_app.dashboard.explore.callbacks import CONTROLS
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.figures.view import View
from tests.dashboard.conftest import Page
from tests.dashboard.explore.conftest import RUNS

VIEW = View(method="pca", dims=2, colour="epoch", distance="cosine")


def test_the_command_writes_a_report_of_what_is_shown(
    sampled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # from another folder than that of the runs
    program, *words = shlex.split(share.command(sampled, ExploreChoice(RUNS, View(colour="epoch"))))
    assert program == "landscape"
    assert words[words.index("--runs") + 1] == str(sampled)
    assert main(words) == 0
    page = (tmp_path / share.FILE).read_text()
    assert all(id in page for id in RUNS)


@pytest.mark.parametrize("name", choice.SHOWN)
def test_the_command_line_takes_every_control(sampled: Path, capsys, name: str) -> None:
    """A value that is in no table is refused by the table, not by the parser of flags."""
    flag = f"--{name.replace('_', '-')}"
    words = ["report", *RUNS, "--to", "x.html", flag, "nonsense", "--runs", str(sampled)]
    assert main(words) == 2
    assert "nonsense" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("runs", "view"), [(RUNS, "joint"), (RUNS[::-1], "joint"), (RUNS[:1], "scene")]
)
def test_the_lines_of_python_draw_what_is_shown(
    sampled: Path, monkeypatch: pytest.MonkeyPatch, runs: tuple[str, ...], view: str
) -> None:
    shown: list[go.Figure] = []
    monkeypatch.setattr(go.Figure, "show", lambda figure: shown.append(figure))
    text = share.python(sampled, ExploreChoice(runs, View(colour="epoch", dims=3)))
    exec(compile(text, "copied", "exec"), {})
    (figure,) = shown
    assert figure.layout.meta["view"] == view
    assert set(figure.layout.meta["runs"]) == set(runs)


def test_what_differs_from_the_defaults_is_said_and_nothing_else() -> None:
    plain = share.python(Path("runs"), ExploreChoice(("a",), View()))
    assert "=" not in plain.split("figure(")[1]
    changed = share.python(Path("runs"), ExploreChoice(("a",), VIEW))
    assert "method='pca', dims=2, colour='epoch', distance='cosine'" in changed
    command = share.command(Path("runs"), ExploreChoice(("a",), VIEW))
    assert "--method pca --dims 2 --colour epoch --distance cosine" in command


@pytest.mark.parametrize("runs", [("a-b", "a_b"), ("class", "b"), ("2-x", "b"), ("runs", "b")])
def test_ids_that_are_no_variables_are_numbered(runs: tuple[str, ...]) -> None:
    text = share.python(Path("it's a folder"), ExploreChoice(runs, View()))
    compile(text, "copied", "exec")
    assert "run_1 = open_run(runs / " in text


@pytest.mark.parametrize(
    ("entry", "written"), [(ids.COPY_COMMAND, "landscape report"), (ids.COPY_PYTHON, "open_run")]
)
def test_an_entry_of_the_menu_gives_its_text(page: Page, entry: str, written: str) -> None:
    values = {f"{ids.RUNS}.data": list(RUNS), f"{entry}.n_clicks": 1}
    values |= {f"{id}.value": choice.DEFAULTS[name] for id, name in CONTROLS.items()}
    answer = page.call(f"{ids.COPIED}.data", values, f"{entry}.n_clicks").json
    assert written in answer["response"][ids.COPIED]["data"]["text"]
