"""Laws of the data that are taken away: exactly what is shown, and where it comes from."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.export import data
from landscape_app.dashboard.export.exported import FORMATS, exported
from landscape_app.dashboard.export.shown_snapshots import ALL, ShownSnapshots, apart, of_words
from landscape_app.errors import AnalysisError, FigureError, SpecError
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


FILTERED = {"seeds": [1], "steps": "0.5", "epochs": "2,4"}


@pytest.mark.parametrize("name", ["scene", "joint", "curves"])
def test_a_figure_has_the_snapshots_that_are_shown_and_no_others(
    context: Context, comparison: Comparison, name: str
) -> None:
    facts, rows = read(exported(context, RUNS, name, FILTERED).file("csv"))
    _, shown = read(data.shown_csv(comparison, of_words(FILTERED)))
    snapshots = {
        (row["run"], row["row"]) for row in shown if name != "scene" or row["run"] == RUNS[0]
    }
    assert {(row["run"], row["snapshot"]) for row in rows} == snapshots
    assert facts["filters"] == {"seeds": [1.0], "steps": [0.5], "epochs": [2, 4]}
    _, every = read(exported(context, RUNS, name, {}).file("csv"))
    assert len(every) > len(rows)


@pytest.mark.parametrize("name", ["diagram", "barcode", "tree", "profile", "measures"])
def test_filters_do_not_act_on_topology_and_measures(context: Context, name: str) -> None:
    try:
        whole = exported(context, RUNS, name, {}).figure
    except AnalysisError:
        pytest.skip("not computed here")
    assert exported(context, RUNS, name, FILTERED).figure.to_json() == whole.to_json()


def test_filters_are_lists_or_words_and_hide_nothing_where_none_is_named() -> None:
    assert of_words({}) == of_words({"method": "pca"}) == ALL
    assert of_words({"seeds": "0,2"}) == of_words({"seeds": [0, 2]}) == ShownSnapshots([0, 2])
    assert of_words({"seeds": "none"}) == of_words({"seeds": ""}) == ShownSnapshots([])
    assert apart({"method": "pca", "epochs": [1, 3]}) == (
        {"method": "pca"},
        ShownSnapshots(epochs=(1, 3)),
    )
    for words in ({"seeds": "a"}, {"steps": "nan"}, {"epochs": "3"}, {"epochs": [1, 2, 3]}):
        with pytest.raises(SpecError, match=next(iter(words))):
            of_words(words)
