"""Laws of the command study: the grid of a file, a table from elsewhere, results as text or JSON,
mistakes in one line.
"""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from landscape_app.analysis.statistics.csv_table import to_csv
from landscape_app.cli.main import main
from landscape_app.jobs.launch import start_resume
from landscape_app.jobs.state import state
from landscape_app.records.study_table import StudyTable
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import parse_study

pytestmark = pytest.mark.slow

GRID = """
name = "mini"
regimes = ["plain", "poor"]
networks = ["mlp-small"]
seeds = 2
surfaces = ["line"]
surface_points = 5
curvature = false
joint = false

[settings]
data = "blobs"
train_epochs = 3
epochs = 5
seeds = 2
step_sizes = [0.5]

[analysis]
methods = ["phate"]
null_repeats = 0
stability = 0

[statistics]
resamples = 100
"""


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    """(the TOML file, the runs folder) of a study that the command has made."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "mini.toml").write_text(GRID)
    assert main(["study", str(folder / "mini.toml"), "--runs", str(folder / "runs"), "--json"]) == 0
    return folder / "mini.toml", folder / "runs"


@pytest.fixture
def csv(tmp_path):
    """A table of 30 networks from elsewhere, its columns called otherwise."""
    rng = np.random.default_rng(0)
    depth, size = np.arange(30) % 3 * 1.0, rng.normal(size=30)
    columns = {
        "depth_of_net": depth,
        "size": size,
        "flat": size + 0.3 * rng.normal(size=30),
        "error": size + depth + 0.3 * rng.normal(size=30),
    }
    (tmp_path / "table.csv").write_text(
        to_csv(StudyTable(tuple(f"n{i}" for i in range(30)), columns))
    )
    return tmp_path / "table.csv"


def said(capsys, *argv, code=0):
    """(standard output, standard error) of a command that ends with `code`."""
    capsys.readouterr()
    assert main([str(word) for word in argv]) == code
    return capsys.readouterr()


def test_a_study_goes_on_by_its_file_and_by_its_name(capsys, grid, tmp_path):
    file, runs = grid
    by_file = json.loads(said(capsys, "study", file, "--runs", runs, "--json").out)
    by_name = json.loads(
        said(capsys, "study", "mini", "--runs", runs, "--json", "--only-table").out
    )
    assert by_file["strata"] == by_name["strata"]
    assert by_file["id"] == "mini"
    text = said(capsys, "study", "mini", "--runs", runs, "--only-table", "--to", tmp_path).out
    assert "‖θ‖" in text
    assert "Too few networks" in text
    page = (tmp_path / "figures.html").read_text()
    assert page.count("Plotly.newPlot(") > 3
    # baselines come first, whatever their rank
    assert text.index("‖θ‖") < text.index("expected sharpness")
    assert (tmp_path / "statistics.csv").read_bytes() == (
        StudyFolder.open(runs, "mini").path / "statistics.csv"
    ).read_bytes()


def test_failed_checks_of_its_runs_are_said_at_its_end(capsys, grid, monkeypatch):
    _, runs = grid
    monkeypatch.setattr(
        "landscape_app.store.verdict.failed",
        lambda folder: ("Distances",) if folder.name == "mini-poor-s1" else (),
    )
    out = said(capsys, "study", "mini", "--runs", runs, "--only-table").out
    assert "Checks failed: mini-poor-s1 (Distances). See them: landscape verify ID" in out
    assert json.loads(said(capsys, "study", "mini", "--runs", runs, "--only-table", "--json").out)[
        "checks_failed"
    ] == {"mini-poor-s1": ["Distances"]}


def test_resume_goes_on_with_it_from_the_command_line_and_from_the_page(capsys, grid):
    _, runs = grid
    assert json.loads(said(capsys, "resume", "mini", "--runs", runs, "--json").out)["id"] == "mini"
    folder, before = StudyFolder.open(runs, "mini").path, time.time()
    start_resume(runs, "mini")
    while state(folder).state != "finished" or state(folder).updated < before:
        assert time.time() < before + 60, state(folder)
        time.sleep(0.1)
    # the whole study, not only a comparison of its runs
    assert (folder / "statistics.json").stat().st_mtime > before


def test_the_table_of_a_study_says_the_same_on_its_own(capsys, grid):
    _, runs = grid
    file = StudyFolder.open(runs, "mini").path / "table.csv"
    study = json.loads(said(capsys, "study", "mini", "--runs", runs, "--only-table", "--json").out)
    alone = json.loads(said(capsys, "study", "--table", file, "--resamples", "100", "--json").out)
    numbers = [
        [{**line, "label": ""} for line in one["strata"][0]["measures"]] for one in (study, alone)
    ]
    assert numbers[0] == numbers[1]


def test_a_table_from_elsewhere(capsys, csv):
    found = json.loads(
        said(
            capsys,
            "study",
            "--table",
            csv,
            "--gap",
            "error",
            "--controls",
            "size",
            "--hyper",
            "depth_of_net",
            "--json",
        ).out
    )
    lines = {line["name"]: line for line in found["strata"][0]["measures"]}
    assert set(lines) == {"size", "flat"}
    assert found["hyper"] == ["depth_of_net"]
    assert lines["flat"]["partial_given"] == ["size"]
    assert "train_accuracy" in found["strata"][1]["problem"]
    assert (
        "flat"
        in said(
            capsys, "study", "--table", csv, "--gap", "error", "--controls", "size", "depth_of_net"
        ).out
    )


def test_names_in_a_strangers_table_are_words_on_its_page_and_no_script(capsys, csv, tmp_path):
    bad = "</script><script>alert(1)</script>"
    csv.write_text(
        csv.read_text().replace("flat", bad).replace("n0,", "<img src=x onerror=alert(1)>,")
    )
    said(
        capsys,
        "study",
        "--table",
        csv,
        "--gap",
        "error",
        "--controls",
        "size",
        "--hyper",
        "depth_of_net",
        "--to",
        tmp_path / "out",
    )
    page = (tmp_path / "out" / "figures.html").read_text()
    assert bad not in page
    assert "<img src=x" not in page
    assert "alert(1)" in page  # as text


def test_missing_values_and_leaking_columns_are_told_with_counts_and_names(capsys, csv):
    lines = csv.read_text().splitlines()
    cells = [line.split(",") for line in lines[1:]]
    cells[2][3], cells[5][3], cells[7][4] = "NA", "-", "none"  # of flat twice, of the gap once
    head = f"{lines[0].replace('depth_of_net', 'train_batch')},eval_loss,Dev Acc"
    csv.write_text(
        "\n\n".join(
            [
                head,
                *(
                    ",".join([*row, str(i * 7 % 30), str(i * 11 % 30)])
                    for i, row in enumerate(cells)
                ),
            ]
        )
    )
    out = said(capsys, "study", "--table", csv, "--gap", "error").out
    assert "All networks: 29" in out
    assert next(line for line in out.splitlines() if " flat " in line).split()[:3] == [
        "1",
        "flat",
        "27",
    ]
    assert "Left out, because error has no value: n7." in out
    assert "Not ranked: eval_loss, Dev Acc: it uses held-out labels" in out
    assert (
        "eval_loss is judged as was asked for"
        in said(capsys, "study", "--table", csv, "--gap", "error", "--keep", "eval_loss").out
    )
    both = said(
        capsys,
        "study",
        "--table",
        csv,
        "--gap",
        "error",
        "--keep",
        "eval_loss",
        "--keep",
        "Dev Acc",
        "--json",
    ).out
    assert {"eval_loss", "Dev Acc"} <= {
        line["name"] for line in json.loads(both)["strata"][0]["measures"]
    }


def test_the_help_shows_every_setting(capsys):
    out = said(capsys, "study", "--help").out
    for flag in ("--table", "--gap", "--controls", "--hyper", "--resamples", "--only-table"):
        assert flag in out


MISTAKES = [
    (["study"], "Give either"),
    (["study", "nowhere.toml"], "cannot be read"),
    (["study", "{bad}"], "is not a TOML file"),
    (["study", "{typo}"], "Did you mean 'regimes'"),
    (["study", "{lone}"], "at least 3 networks; this grid has 1"),
    (["study", "--table", "nowhere.csv"], "cannot be read"),
    (["study", "--table", "{csv}"], "no column gap_accuracy or gap_loss"),
    (["study", "--table", "{csv}", "--gap", "eror"], "Did you mean 'error'"),
    (
        ["study", "--table", "{csv}", "--gap", "error", "--controls", "norm"],
        "no column called 'norm'",
    ),
    (
        ["study", "--table", "{csv}", "--gap", "error", "--resamples", "3"],
        "greater than or equal to 100",
    ),
    (["study", "--table", "{csv}", "--gap", "same"], "no measure can predict it"),
]


@pytest.mark.parametrize(("argv", "words"), MISTAKES)
def test_a_mistake_is_one_line_and_exit_code_2(capsys, csv, tmp_path, argv, words):
    places = {"csv": csv}
    for name, text in {
        "bad": "name = [",
        "typo": 'regime = ["good"]',
        "lone": 'regimes = ["good"]\nseeds = 1',
    }.items():
        places[name] = tmp_path / f"{name}.toml"
        places[name].write_text(text)
    lines = csv.read_text().splitlines()
    csv.write_text("\n".join([f"{lines[0]},same", *(f"{line},1" for line in lines[1:])]))
    told = said(
        capsys, *(word.format(**places) for word in argv), "--runs", tmp_path / "runs", code=2
    )
    said_lines = [line for line in told.err.splitlines() if line.startswith("landscape: ")]
    assert len(said_lines) == 1
    assert words in said_lines[0]
    assert not (tmp_path / "runs").exists()


def test_the_grid_of_these_tests_is_a_grid():
    import tomllib

    assert len(parse_study(tomllib.loads(GRID)).runs) == 4
