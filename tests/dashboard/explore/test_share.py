"""Laws of the menu "Share": the command and the lines of Python do show the same again."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest

from landscape_app.cli.main import main
from landscape_app.dashboard.explore import cards, choice, ids, share
from landscape_app.dashboard.explore.callbacks import CONTROLS
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.dashboard.export import opened, report
from landscape_app.dashboard.export.exported import exported
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


FILTERS = {"seeds": [1], "steps": [0.5], "epochs": [2, 4]}
STORED: Any = {"key": json.dumps([[1], [0.5], 2, 4])}


def test_the_command_and_the_lines_of_python_keep_the_filters(
    sampled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert share.filters(STORED) == FILTERS
    monkeypatch.chdir(tmp_path)
    chosen = ExploreChoice(RUNS, View())
    _, *words = shlex.split(share.command(sampled, chosen, FILTERS))
    assert main(words) == 0
    page = (tmp_path / share.FILE).read_text()
    data = json.loads(page.partition('id="report-data">')[2].partition("</script>")[0])
    assert data["filters"] == FILTERS
    drawn: list[go.Figure] = []
    monkeypatch.setattr(go.Figure, "show", lambda figure: drawn.append(figure))
    exec(compile(share.python(sampled, chosen, FILTERS), "copied", "exec"), {})
    expected = exported(opened.context(sampled), RUNS, "joint", FILTERS).figure
    assert drawn[0].to_json() == expected.to_json()
    assert (
        drawn[0].to_json() != exported(opened.context(sampled), RUNS, "joint", {}).figure.to_json()
    )


@pytest.mark.parametrize(
    "stored", [None, {}, {"key": "x"}, {"key": "[1]"}, {"key": '[["a"], null, 0, 1]'}, {"key": 3}]
)
def test_filters_that_cannot_be_read_are_none(stored: Any) -> None:
    assert share.filters(stored) == {}


def test_a_filter_that_shows_nothing_is_said(sampled: Path) -> None:
    assert "--seeds none" in share.command(sampled, ExploreChoice(RUNS, View()), {"seeds": []})


# of each control a value that these runs have, beside the default
STANDS = {
    "method": "mds",
    "dims": 2,
    "joint_dims": 3,
    "colour": "epoch",
    "filtration": "test_loss",
    "distance": "euclidean",
    "part": "diagrams",
    "curve": "test_loss",
}


@pytest.mark.parametrize("name", choice.SHOWN)
def test_the_command_shows_what_every_control_shows(
    sampled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    chosen = ExploreChoice(RUNS, replace(View(), **{name: STANDS[name]}))
    _, *words = shlex.split(share.command(sampled, chosen))
    assert main(words) == 0
    page = (tmp_path / share.FILE).read_text()
    data = json.loads(page.partition('id="report-data">')[2].partition("</script>")[0])
    comparison = opened.compared(opened.context(sampled), RUNS, chosen.view)
    for key, figure in cards.figures(comparison).items():
        assert data["figures"][key]["layout"]["meta"] == report._finite(figure.layout.meta), key
