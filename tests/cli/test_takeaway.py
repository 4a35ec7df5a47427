"""Laws of the commands figure and report: the file is what its ending says, and a mistake is one
line.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from landscape_app.cli.figure import millimetres
from landscape_app.cli.main import main
from landscape_app.errors import SpecError
from tests.dashboard.explore.conftest import sampled, surfaced

pytestmark = pytest.mark.slow

__all__ = ["sampled", "surfaced"]


def figure(runs: Path, *argv: str) -> int:
    return main(["figure", *argv, "--runs", str(runs)])


def test_a_figure_is_written_as_its_ending_says(surfaced: Path, tmp_path: Path, capsys) -> None:
    for ending in ("csv", "json", "html", "npz"):
        target = tmp_path / "new" / f"a.{ending}"
        assert figure(surfaced, "both", "--panel", "curves", "--to", str(target)) == 0
        assert capsys.readouterr().out == f"{target}\n"
    folder = tmp_path / "new"
    head, names, *rows = (folder / "a.csv").read_text().splitlines()
    assert list(json.loads(head[2:])["runs"]) == ["good", "poor"]
    assert len(rows) > 50
    assert names.startswith("trace,run,snapshot")
    assert (
        len(json.loads((folder / "a.json").read_text())["data"]) == 8
    )  # with a median and a band of each run
    assert "good/row" in np.load(folder / "a.npz").files
    assert "<script src" not in (folder / "a.html").read_text()


def test_settings_are_those_of_the_page(surfaced: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    flags = ["--dims", "2", "--colour", "epoch", "--to", str(target)]
    assert figure(surfaced, "good", "--method", "pca", "--distance", "euclidean", *flags) == 0
    meta = json.loads(target.read_text())["layout"]["meta"]
    assert meta["dims"] == 2
    assert meta["legend"]["value"]["label"] == "retraining epoch"
    surface = ["--panel", "surface", "--value", "test_accuracy", "--dims", "2"]
    assert figure(surfaced, "good", *surface, "--to", str(target)) == 0
    drawn = json.loads(target.read_text())
    assert drawn["data"][0]["type"] == "contour"
    assert drawn["layout"]["meta"]["legend"]["value"]["label"] == "test accuracy"


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["good", "--to", "a.gif"], "must end in .png"),
        (["good", "--to", "a.png", "--width", "wide"], "--width: must be a length"),
        (["good", "--to", "a.png", "--width", "2mm"], "20 to 1000 mm"),
        (["good", "--to", "a.csv", "--panel", "scen"], "Did you mean 'scene'"),
        (["good", "--to", "a.csv", "--method", "tsne"], "has not been computed"),
        (["gone", "--to", "a.csv"], "no run called 'gone'"),
    ],
)
def test_a_mistake_is_one_line(surfaced: Path, argv, words, capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    assert figure(surfaced, *argv) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("landscape: ")
    assert words in line
    assert list(tmp_path.iterdir()) == []


def test_a_length_has_a_unit() -> None:
    assert millimetres("width", "89mm") == millimetres("width", "8.9 cm") == 89
    assert millimetres("width", "3.5in") == pytest.approx(88.9)
    assert millimetres("width", "120") == 120
    for wrong in ("", "mm", "-3mm", "1e9mm", "3 ft", "nan"):
        with pytest.raises(SpecError):
            millimetres("width", wrong)


def test_a_report_is_written(surfaced: Path, tmp_path: Path, capsys) -> None:
    target = tmp_path / "report.html"
    argv = ["report", "both", "--scheme", "dark", "--to", str(target), "--runs", str(surfaced)]
    assert main(argv) == 0
    assert capsys.readouterr().out.startswith(f"{target}: ")
    page = target.read_text()
    assert '"scheme":"dark"' in page
    assert target.stat().st_size < 8e6
    assert main(["report", "both", "--to", "a.txt", "--runs", str(surfaced)]) == 2
    assert "must end in .html" in capsys.readouterr().err
