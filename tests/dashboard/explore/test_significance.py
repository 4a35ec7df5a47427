"""Laws of what is said of topology: a test's words wherever there is a test, "not tested" wherever there is none; every part has its words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import plotly.utils
import pytest

from landscape_app.dashboard.explore import details, drawing, grid, measures, tables
from landscape_app.figures.view import PARTS
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from tests.dashboard.explore.test_words import components, text
from tests.figures import made

PLACES = ("foot", "summary")


@pytest.fixture
def tested(troubled: Path) -> Path:
    """`troubled`, where `good` has a significance and a curvature of known figures, and `poor` has neither."""
    for run in ("good", "poor"):
        for old in (troubled / run / "derived").glob("significance-*"):
            shutil.rmtree(old)
        loops = made.diagrams(np.arange(10), np.linspace(1, 2, 10))["rips"]  # as small a run has none of its own
        at = {"quantile": 0.25, "distance": "euclidean", "dimension": 1}
        derived.write(troubled / run, "rips", at, dict(loops.arrays), loops.meta, RunFolder.open(troubled, run).digest())
    good = RunFolder.open(troubled, "good")
    at = derived.find(good.path, "sublevel", filtration="log_train_loss").parameters
    derived.write(good.path, "significance", {**at, "repeats": 99}, {}, made.significance(p_high=0.31).meta, good.digest())
    rows = np.array([0, 7, 14, 21])
    losses = np.array([0.1, 0.2, 0.15, 0.3])
    curved = made.curvature(rows, losses, np.maximum(losses[:, None], losses) + 0.1)
    derived.write(good.path, "curvature", {"seed": 0}, dict(curved.arrays), curved.meta, good.digest())
    return troubled


def said(compared, slot: int, part: str) -> str:
    return json.dumps(grid.captions(compared)[f"diagrams-{slot}-{part}"], cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def test_a_tests_words_stand_on_the_card_of_the_run_that_has_one(look, tested: Path) -> None:
    compared = look(tested, "good", "poor")
    for place in PLACES:
        assert "not significant (p = 0.31)" in said(compared, 0, place)
        assert "not tested" in said(compared, 1, place)
        assert "not tested" not in said(compared, 0, place)
    assert "H₀ smoother, p = 0.010" in said(compared, 0, "foot")
    assert len(drawing.figures(compared, ["diagrams-0"])["diagrams-0"].layout.shapes) == 1
    assert not drawing.figures(compared, ["diagrams-1"])["diagrams-1"].layout.shapes


def test_a_loop_and_the_table_say_what_the_test_said(look, tested: Path) -> None:
    compared = look(tested, "good", "poor")
    for run, words in (("good", "not significant (p = 0.31)"), ("poor", "ot tested for significance")):
        subject = next(one for one in compared.subjects if one.run == run)
        for bar in range(min(3, len(subject.results["rips"].arrays["h1_birth"]))):
            assert words in text(details.details({"kind": "rips1", "run": run, "bar": bar}, compared))
        assert words in text(tables.twin(f"diagrams-{subject.slot}", compared))
    rows = {row["name"]: row for row in measures.table(compared)["rows"]}
    assert "p = 0.31" in rows["longest_h1"]["cells"][0]["detail"]
    assert rows["longest_h1"]["cells"][1]["detail"] == "H₁ not tested for significance"
    assert "p = 0.010" in rows["total_persistence"]["cells"][0]["detail"]


def test_what_the_network_says_stands_under_a_heading_and_is_offered_where_it_lacks(look, tested: Path) -> None:
    compared = look(tested, "good", "poor")
    row = next(row for row in measures.table(compared)["rows"] if row["name"] == "hessian_trace")
    assert row["group"]
    assert [cell["text"] for cell in row["cells"]] == ["11.3", "–"]
    assert "cost: 45 products" in row["tip"][2]
    assert "Not yet of Poor Compute curvature" in text(grid.captions(compared)["measures-foot"])
    assert grid.captions(look(tested, "good"))["measures-foot"] == []


def test_a_tree_has_a_row_and_a_pick_for_every_end(look, tested: Path) -> None:
    compared = look(tested, "good", "poor", part="tree")
    picks = [json.loads(one.to_plotly_json()["props"]["data-pick"]) for one in components(tables.twin("diagrams-0", compared))
             if "data-pick" in one.to_plotly_json()["props"]]  # fmt: skip
    assert sorted(pick["focus"] for pick in picks) == [0, 7, 14, 21]
    assert "3 ends and the anchor" in text(grid.captions(compared)["diagrams-0-foot"])
    assert "Compute curvature" in text(grid.captions(compared)["diagrams-1-state"])


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("lost", ["sublevel", "rips", "significance", "profile", "triangulation", "curvature"])
def test_a_result_that_is_missing_is_words_not_a_fault(look, tested: Path, part: str, lost: str) -> None:
    for old in (tested / "good" / "derived").glob(f"{lost}-*"):
        shutil.rmtree(old)
    compared = look(tested, "good", "poor", part=part)
    captions, figures = grid.captions(compared), drawing.figures(compared, ["diagrams-0", "diagrams-1"])
    for slot in (0, 1):
        shown = figures[f"diagrams-{slot}"].layout.meta["view"] != "empty"
        assert shown or text(captions[f"diagrams-{slot}-state"])
        assert len(captions[f"diagrams-{slot}-summary"]) > 10
    tables.twin("diagrams-0", compared)
    json.dumps(measures.table(compared), allow_nan=False)


@pytest.mark.parametrize("kind", ["over0", "over1"])
def test_a_bar_of_the_triangulated_picture_says_that_it_is_one(look, sampled: Path, kind: str) -> None:
    compared = look(sampled, "good", "poor", part="profile")
    stored = compared.subjects[0].results["triangulation"].arrays
    count = int(np.isfinite(stored["h0_death" if kind == "over0" else "h1_death"]).sum())
    for bar in range(count):
        answer = text(details.details({"kind": kind, "run": "good", "bar": bar}, compared))
        assert "not in weight space" in answer or "never" in answer
