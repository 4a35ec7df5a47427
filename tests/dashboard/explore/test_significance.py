"""Laws of what is said of topology: a test's words wherever there is a test, "not tested" wherever
there is none; every part has its words.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import plotly.utils
import pytest

from landscape_app.dashboard.explore import cards, details, measures, verdicts
from landscape_app.dashboard.explore.panels.topology import PARTS as PART_OF
from landscape_app.dashboard.explore.parts import persistence
from landscape_app.figures.view import PARTS
from landscape_app.number_text import number, score
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from tests.dashboard.explore.test_words import components, text
from tests.figures import made

pytestmark = pytest.mark.slow

PLACES = ("foot", "summary")


@pytest.fixture
def tested(troubled: Path) -> Path:
    """`troubled`, where `good` has a significance and a curvature of known figures, and `poor` has
    neither.
    """
    for run in ("good", "poor"):
        for old in (troubled / run / "derived").glob("significance-*"):
            shutil.rmtree(old)
        # as small a run has none of its own
        loops = made.diagrams(np.arange(10), np.linspace(1, 2, 10))["rips"]
        at = {"quantile": 0.25, "distance": "euclidean", "dimension": 1}
        derived.write(
            troubled / run,
            "rips",
            at,
            dict(loops.arrays),
            loops.meta,
            RunFolder.open(troubled, run).digest(),
        )
    good = RunFolder.open(troubled, "good")
    at = derived.find(good.path, "sublevel", filtration="log_train_loss").parameters
    found = made.significance(p_high=0.31)
    derived.write(
        good.path,
        "significance",
        {**at, "repeats": 99},
        dict(found.arrays),
        found.meta,
        good.digest(),
    )
    rows = np.array([0, 7, 14, 21])
    losses = np.array([0.1, 0.2, 0.15, 0.3])
    curved = made.curvature(rows, losses, np.maximum(losses[:, None], losses) + 0.1)
    derived.write(
        good.path, "curvature", {"seed": 0}, dict(curved.arrays), curved.meta, good.digest()
    )
    return troubled


def said(comparison, slot: int, part: str) -> str:
    return json.dumps(
        cards.captions(comparison)[f"diagrams-{slot}-{part}"],
        cls=plotly.utils.PlotlyJSONEncoder,
        ensure_ascii=False,
    )


def test_a_tests_words_stand_on_the_card_of_the_run_that_has_one(look, tested: Path) -> None:
    comparison = look(tested, "good", "poor")
    for place in PLACES:
        assert "not significant (p = 0.31)" in said(comparison, 0, place)
        assert "not tested" in said(comparison, 1, place)
        assert "not tested" not in said(comparison, 0, place)
    assert "H₀ smoother, p = 0.010 (log₁₀ train loss)" in said(comparison, 0, "foot")
    assert "the smallest attainable p is 0.010" in said(comparison, 0, "foot")
    assert "H₁ not significant (p = 0.31) · 8 snapshots" in said(comparison, 0, "foot")
    assert "Tested and drawn: 8 of 10 snapshots" in said(comparison, 0, "foot")
    assert len(cards.figures(comparison, ["diagrams-0"])["diagrams-0"].layout.shapes) == 1
    assert not cards.figures(comparison, ["diagrams-1"])["diagrams-1"].layout.shapes


def test_the_figures_of_a_test_are_those_that_are_stored(tested: Path) -> None:
    loop = derived.find(tested / "good", "significance").meta["rips_h1"]
    words = verdicts.against(loop)
    for name in ("observed", "null_median", "null_low", "null_high"):
        assert number(loop[name]) in words
    assert f"{loop['repeats']} repeats" in words
    assert f"the smallest attainable p is {score(loop['smallest_p'])}" in words
    assert verdicts.against({"note": "Too few loops."}) == "Too few loops."


def test_the_longest_tested_loop_alone_has_a_verdict(look, tested: Path) -> None:
    comparison = look(tested, "good", "poor")
    loop = {
        run: [
            text(details.details({"kind": "rips1", "run": run, "bar": bar}, comparison))
            for bar in (0, 1)
        ]
        for run in ("good", "poor")
    }
    assert "The longest loop, tested: not significant" in loop["good"][0]
    assert "Drawn: 8 of 10 snapshots" in loop["good"][0]
    assert "not significant (p = 0.31)" in loop["good"][0]
    assert "The smallest attainable p is 0.010" in loop["good"][0]
    assert "Only the longest loop is tested, not this one." in loop["good"][1]
    assert all("Not tested for significance." in words for words in loop["poor"])
    assert "the first is the longest, not significant (p = 0.31)" in text(
        cards.twin("diagrams-0", comparison)
    )
    assert "of all snapshots, not tested for significance" in text(
        cards.twin("diagrams-1", comparison)
    )


def test_the_table_says_what_was_tested_and_what_was_not(look, tested: Path) -> None:
    rows = {
        row["name"]: [cell["detail"] for cell in row["cells"]]
        for row in measures.table(look(tested, "good", "poor"))["rows"]
    }
    assert rows["longest_h1"] == ["Of all snapshots, not tested."] * 2
    assert rows["p_high"][0].startswith("Tested: 8 of 10 snapshots (one in 2 of each trajectory")
    assert "p = 0.31" in rows["p_high"][0]
    assert rows["p_high"][1] == "H₁ not tested for significance"
    assert "p = 0.010" in rows["total_persistence"][0]


def change(run: Path, **meta: object) -> None:
    """The newest significance with other words in it."""
    found = derived.find(run, "significance")
    derived.write(
        run, "significance", found.parameters, dict(found.arrays), found.meta | meta, found.inputs
    )


def test_scales_that_disagree_have_no_verdict_in_any_of_them(look, tested: Path) -> None:
    note = (
        "no verdict, as the scales disagree: train loss: smoother (p = 0.01); rank of train loss:"
        " as chance (p = 0.3)"
    )
    change(
        tested / "good",
        verdict={
            "of": ["train_loss", "log_train_loss", "rank_train_loss"],
            "side": None,
            "note": note,
        },
    )
    for filtration in ("train_loss", "log_train_loss"):
        comparison = look(tested, "good", "poor", filtration=filtration)
        assert verdicts.bars(comparison.runs[0], filtration) == "H₀ no verdict: scales disagree"
        assert "smoother" in verdicts.scales(comparison.runs[0], filtration)
    assert verdicts.bars(comparison.runs[0], "test_loss") == "H₀ smoother, p = 0.010 (test loss)"
    assert verdicts.scales(comparison.runs[0], "test_loss") == ""


def test_what_is_tested_is_what_is_drawn_or_nothing_is_said_of_it(look, tested: Path) -> None:
    """Results of a version that drew all snapshots' loops beside the p of others."""
    before = made.significance().meta["rips_h1"]
    change(
        tested / "good",
        rips_h1={name: value for name, value in before.items() if name != "thinning"},
    )
    comparison = look(tested, "good", "poor")
    for place in PLACES:
        assert "p = 0.31" not in said(comparison, 0, place)


def test_so_many_tests_are_said_with_what_chance_makes_of_them(look, tested: Path) -> None:
    assert verdicts.by_chance(look(tested, "good", "poor")) == ""  # one test of each kind
    good, poor = (derived.find(tested / "good", "significance"), RunFolder.open(tested, "poor"))
    at = derived.find(poor.path, "sublevel", filtration="log_train_loss").parameters
    derived.write(
        poor.path,
        "significance",
        {**at, "repeats": 99},
        dict(good.arrays),
        good.meta,
        poor.digest(),
    )
    note = persistence.note(look(tested, "good", "poor"))
    loops = "Loops (H₁) are longer than those of noise in no network."
    drawn = "Grey strip: the null's loops (95 %)."
    assert note == f"{loops} {drawn} 2 tests each: 0.1 expected by chance."
    change(tested / "poor", rips_h1={**good.meta["rips_h1"], "p_high": None})
    assert (
        verdicts.by_chance(look(tested, "good", "poor")) == "H₀: 2 tests, 0.1 expected by chance."
    )
    assert verdicts.by_chance(look(tested, "good")) == ""


def test_what_the_network_says_stands_under_a_heading_and_is_offered_where_it_lacks(
    look, tested: Path
) -> None:
    comparison = look(tested, "good", "poor")
    row = next(row for row in measures.table(comparison)["rows"] if row["name"] == "hessian_trace")
    assert row["group"]
    assert [cell["text"] for cell in row["cells"]] == ["11.3", "–"]
    assert "cost: 45 products" in row["tip"][-1]
    assert "Not yet of Poor Compute curvature" in text(cards.captions(comparison)["measures-foot"])
    assert cards.captions(look(tested, "good"))["measures-foot"] == []


def test_a_tree_has_a_row_and_a_pick_for_every_end(look, tested: Path) -> None:
    comparison = look(tested, "good", "poor", part="tree")
    twin = [
        part.to_plotly_json()["props"] for part in components(cards.twin("diagrams-0", comparison))
    ]
    picks = [json.loads(props["data-pick"]) for props in twin if "data-pick" in props]
    assert sorted(pick["focus"] for pick in picks) == [0, 7, 14, 21]
    assert "3 ends and the anchor" in text(cards.captions(comparison)["diagrams-0-foot"])
    assert "Compute curvature" in text(cards.captions(comparison)["diagrams-1-state"])


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "lost", ["sublevel", "rips", "significance", "profile", "triangulation", "curvature"]
)
def test_a_result_that_is_missing_is_words_not_a_fault(
    look, tested: Path, part: str, lost: str
) -> None:
    for old in (tested / "good" / "derived").glob(f"{lost}-*"):
        shutil.rmtree(old)
    comparison = look(tested, "good", "poor", part=part)
    captions, figures = (
        cards.captions(comparison),
        cards.figures(comparison, ["diagrams-0", "diagrams-1"]),
    )
    for slot in (0, 1):
        shown = figures[f"diagrams-{slot}"].layout.meta["view"] != "empty"
        assert shown or text(captions[f"diagrams-{slot}-state"])
        assert len(captions[f"diagrams-{slot}-summary"]) > 10
    cards.twin("diagrams-0", comparison)
    json.dumps(measures.table(comparison), allow_nan=False)


@pytest.mark.parametrize("kind", ["over0", "over1"])
def test_a_bar_of_the_triangulated_picture_says_that_it_is_one(
    look, sampled: Path, kind: str
) -> None:
    comparison = look(sampled, "good", "poor", part="profile")
    stored = comparison.subjects[0].results["triangulation"].arrays
    count = int(np.isfinite(stored["h0_death" if kind == "over0" else "h1_death"]).sum())
    for bar in range(count):
        answer = text(details.details({"kind": kind, "run": "good", "bar": bar}, comparison))
        assert "not in weight space" in answer or "never" in answer


def test_loops_of_several_networks_are_compared_in_a_sentence(
    look, tested: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparison = look(tested, "good", "poor")
    for ps, words in (
        ((0.5, 0.3), "in no network"),
        ((0.01, 0.02), "in every network"),
        ((0.01, 0.3), "in Good, not in Poor"),
        ((0.01, None), ""),
    ):
        monkeypatch.setattr(
            verdicts, "tested", lambda run, _, ps=ps: ({}, {"p_high": ps[run.slot]})
        )
        sentence = verdicts.loops_compared(comparison)
        assert words in sentence
        assert bool(sentence) == bool(words)
        for part in ("barcode", "diagrams"):
            assert sentence in PART_OF[part].note(comparison)
