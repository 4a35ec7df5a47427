"""Laws of the data that are taken away: exactly what is shown, and where it comes from."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.export import data
from landscape_app.dashboard.export.data import ALL, ShownSnapshots
from landscape_app.dashboard.export.exported import FORMATS, exported
from landscape_app.errors import FigureError
from tests.dashboard.explore.conftest import RUNS

FILTERS = [
    ALL,
    ShownSnapshots(seeds=[0]),
    ShownSnapshots(steps=[0.5], epochs=(2, 4)),
    ShownSnapshots(seeds=[], epochs=(0, 0)),
]


def read(content: bytes) -> tuple[dict, list[dict[str, str]]]:
    """(the facts of its first line, its rows) of a CSV file."""
    first, _, rest = content.decode().partition("\n")
    assert first.startswith("# ")
    return json.loads(first[2:]), list(csv.DictReader(io.StringIO(rest)))


@pytest.mark.parametrize("shown", FILTERS)
def test_the_csv_has_the_snapshots_that_pass_and_no_others(
    comparison: Comparison, shown: ShownSnapshots
) -> None:
    facts, rows = read(data.shown_csv(comparison, shown))
    expected = []
    for subject in comparison.subjects:
        columns = subject.columns
        for i, row in enumerate(subject.rows):
            passes = (
                (shown.seeds is None or columns["seed"][i] in shown.seeds)
                and (shown.steps is None or columns["step_size"][i] in shown.steps)
                and (
                    shown.epochs is None
                    or shown.epochs[0] <= columns["epoch"][i] <= shown.epochs[1]
                )
            )
            if passes or row == 0:  # the anchor is always shown
                expected.append((subject.run, int(row), float(columns["train_loss"][i])))
    found = [(row["run"], int(row["row"]), float(row["train_loss"])) for row in rows]
    assert found == expected
    assert facts["filters"]["epochs"] == (None if shown.epochs is None else list(shown.epochs))


def test_places_are_those_of_the_stored_embeddings(comparison: Comparison) -> None:
    _, rows = read(data.shown_csv(comparison))
    for subject in comparison.subjects:
        arrays = subject.results["embedding"].arrays
        places = dict(zip(arrays["rows"].tolist(), arrays["coordinates"], strict=True))
        for row in rows:
            if row["run"] == subject.run and int(row["row"]) in places:
                shown = [float(row[f"scene_{axis}"]) for axis in "xyz"]
                np.testing.assert_allclose(shown, places[int(row["row"])], rtol=1e-5)
    assert all(row["joint_x"] for row in rows)


def test_the_npz_has_the_same_and_the_results_behind_the_figures(comparison: Comparison) -> None:
    shown = ShownSnapshots(seeds=[1])
    arrays = np.load(io.BytesIO(data.shown_npz(comparison, shown)))
    facts, rows = read(data.shown_csv(comparison, shown))
    assert json.loads(str(arrays["provenance"])) == facts
    for subject in comparison.subjects:
        of_run = [int(row["row"]) for row in rows if row["run"] == subject.run]
        assert arrays[f"{subject.run}/row"].tolist() == of_run
        stored = subject.results["sublevel"].arrays["birth"]
        np.testing.assert_array_equal(arrays[f"{subject.run}/sublevel/birth"], stored)
        names = arrays[f"{subject.run}/measures/name"].tolist()
        assert "gap_accuracy" in names


def test_the_first_line_says_where_it_comes_from(comparison: Comparison) -> None:
    facts = data.provenance(comparison)
    assert list(facts["runs"]) == list(RUNS)
    for run in comparison.runs:
        said = facts["runs"][run.id]
        assert said["snapshots"] == run.digest
        assert said["settings"]["regime"] == run.id
        assert run.subject is not None
        stored = run.subject.results["sublevel"]
        assert said["results"]["sublevel"] == stored.path.name  # type: ignore[attr-defined]
    assert facts["settings"]["method"] == comparison.view.method
    assert facts["study"] == "both"
    assert facts["landscape"]


def test_every_format_without_a_browser_is_written(context) -> None:
    drawn = exported(context, ["good", "poor"], "diagram", {})
    facts, rows = read(drawn.file("csv"))
    assert {row["run"] for row in rows} == {"good"}
    assert facts == json.loads(json.dumps(drawn.facts))
    page = drawn.file("html").decode()
    assert "<script src" not in page
    assert json.loads(drawn.file("json"))["data"]
    assert np.load(io.BytesIO(drawn.file("npz")))["good/row"].size
    with pytest.raises(FigureError, match=", ".join(FORMATS)):
        drawn.file("doc")
    with pytest.raises(FigureError):
        exported(context, ["good"], "surface", {}).file("npz")
