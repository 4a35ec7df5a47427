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

CAMERA = {
    "eye": {"x": 1.5, "y": 0.5, "z": 0.25},
    "center": {"x": 0.0, "y": 0.0, "z": 0.0},
    "up": {"x": 0.0, "y": 0.0, "z": 1.0},
}
PICK: Any = {"kind": "trajectory", "run": RUNS[0], "focus": 3}
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
    ("what", "written", "seen"),
    [
        ("command", "landscape report", '--camera \'{"eye"'),
        ("python", "open_run", "camera = {'eye'"),
    ],
)
def test_an_entry_of_the_menu_gives_its_text(
    page: Page, what: str, written: str, seen: str
) -> None:
    asked = {"what": what, "camera": json.dumps(CAMERA), "pick": None, "stamp": "1,"}
    values: dict[str, Any] = {f"{ids.RUNS}.data": list(RUNS), f"{ids.ASKED}.data": asked}
    values |= {f"{id}.value": choice.DEFAULTS[name] for id, name in CONTROLS.items()}
    answer = page.call(f"{ids.COPIED}.data", values, f"{ids.ASKED}.data").json
    text = answer["response"][ids.COPIED]["data"]["text"]
    assert written in text
    assert seen in text


@pytest.mark.parametrize("given", [{}, {"camera": 3}, {"camera": "{}", "pick": "[]"}])
def test_what_a_browser_cannot_mean_is_left_out(given: Any) -> None:
    assert share.turned(given, RUNS) == share.AS_IT_OPENS
    assert share.turned({"pick": json.dumps({**PICK, "run": "other"})}, RUNS).pick is None


@pytest.mark.slow
def test_the_command_and_the_lines_of_python_keep_camera_and_pick(
    sampled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a link brings them back."""
    monkeypatch.chdir(tmp_path)
    turned = share.turned({"camera": json.dumps(CAMERA), "pick": json.dumps(PICK)}, RUNS)
    assert turned == share.Turned(CAMERA, PICK)
    chosen = ExploreChoice(RUNS, View(joint_dims=3))
    _, *words = shlex.split(share.command(sampled, chosen, {}, turned))
    assert main(words) == 0
    page = (tmp_path / share.FILE).read_text()
    data = json.loads(page.partition('id="report-data">')[2].partition("</script>")[0])
    assert data["pick"] == PICK
    scenes = [name for name in data["figures"] if name.startswith(("scene", "joint"))]
    assert len(scenes) == 1 + len(RUNS)
    for name in scenes:
        assert data["figures"][name]["layout"]["scene"]["camera"] == CAMERA
    drawn: list[go.Figure] = []
    monkeypatch.setattr(go.Figure, "show", lambda figure: drawn.append(figure))
    exec(compile(share.python(sampled, chosen, {}, turned), "copied", "exec"), {})
    assert [figure.layout.meta["view"] for figure in drawn] == ["joint", *["scene"] * len(RUNS)]
    for figure in drawn:
        assert figure.layout.scene.camera.to_plotly_json() == CAMERA
    drawn.clear()
    plane = ExploreChoice(RUNS, View(dims=2))  # nothing is turned there
    exec(compile(share.python(sampled, plane, {}, turned), "copied", "exec"), {})
    assert [figure.layout.meta["view"] for figure in drawn] == ["joint"]


@pytest.mark.parametrize("name", ["figure", "report"])
def test_a_camera_that_looks_nowhere_is_refused(sampled: Path, capsys, name: str) -> None:
    nowhere = json.dumps({**CAMERA, "eye": CAMERA["center"]})
    target = "x.html"
    words = [name, *RUNS, "--to", target, "--camera", nowhere, "--runs", str(sampled)]
    assert main(words) == 2
    assert "--camera: It looks nowhere." in capsys.readouterr().err


FILTERS = {"seeds": [1], "steps": [0.5], "epochs": [2, 4]}
STORED: Any = {"key": json.dumps([[1], [0.5], 2, 4])}


@pytest.mark.slow
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
    "sampling": "naive",
}


@pytest.mark.slow
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
