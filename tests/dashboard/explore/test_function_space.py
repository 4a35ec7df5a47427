"""Laws of the space of the scenes: function space where it is stored, weight space with the reason
where it is not; loops follow the scene, the loss stays on the graph of the weights.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from landscape_app.dashboard.explore import (
    cards,
    embedding_text,
    grid,
    ids,
    measures,
    on_demand,
    verdicts,
)
from landscape_app.figures.view import FUNCTION
from landscape_app.number_text import score
from landscape_app.protocol import FUNCTION_METHODS
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from tests.dashboard.explore.test_on_demand import drawn
from tests.dashboard.explore.test_words import text

SPACE = {"distance": FUNCTION}


@pytest.mark.parametrize("method", FUNCTION_METHODS)
@pytest.mark.parametrize("dims", [2, 3])
def test_every_analysis_is_whole_in_function_space(
    look, sampled: Path, method: str, dims: int
) -> None:
    comparison = look(sampled, "good", "poor", **SPACE, method=method, dims=dims)
    for run in comparison.runs:
        assert (run.state, run.fallback, run.distance) == ("ready", "", "softmax")
        results = run.subject.results
        assert results["embedding"].parameters["distance"] == "softmax"
        assert results["embedding"].arrays["coordinates"].shape[1] == dims
        assert results["rips"].parameters["distance"] == "softmax"
        assert results["sublevel"].parameters["distance"] == "euclidean"
    assert comparison.joined


def test_compared_runs_have_one_t_in_function_space(look, sampled: Path) -> None:
    comparison = look(sampled, "good", "poor", **SPACE)
    assert len({run.embedding["t"] for run in comparison.runs}) == 1


def test_the_tested_loops_are_those_of_the_scenes_distance(look, sampled: Path) -> None:
    for view, name in ((SPACE, "loops"), ({"distance": "euclidean"}, "significance")):
        (run,) = look(sampled, "good", **view).runs
        stored = run.subject.results[name].meta["rips_h1"]
        assert verdicts.tested(run, "log_train_loss")[1] == stored
        assert verdicts.tested(run, "log_train_loss")[0]  # of the loss: of the weights' graph


def test_what_a_distance_is_of_is_said_for_the_loss_and_for_the_loops(look, sampled: Path) -> None:
    rows = {row["name"]: row for row in measures.table(look(sampled, "good", **SPACE))["rows"]}
    assert "distance = weights" in " ".join(rows["total_persistence"]["tip"])
    assert "distance = softmax on the probe set" in " ".join(rows["bars_h1"]["tip"])
    words = cards.captions(look(sampled, "good", **SPACE, part="barcode"))
    assert "graph of the weights" in text(words["note"])


def test_a_run_whose_function_space_is_refused_stands_in_weight_space_with_the_reason(
    look, troubled: Path
) -> None:
    refuse(troubled / "good", "It has no outputs.")
    comparison = look(troubled, "good", "poor", **SPACE)
    good, poor = comparison.runs
    assert (good.state, good.fallback, good.refused) == ("ready", "It has no outputs.", True)
    assert good.subject.results["embedding"].parameters["distance"] == "euclidean"
    assert poor.fallback == ""
    words = cards.captions(comparison)
    assert "Weight space. It has no outputs." in text(words["scene-0-state"])
    assert "distance = weights" in text(words["scene-0-foot"])
    assert f'"{ids.COMPUTE}"' not in drawn(comparison)  # no job could change it
    assert verdicts.tested(good, "")[1] == good.subject.results["significance"].meta["rips_h1"]
    assert "Without Good" in text(words["curves-head"])


def test_an_older_analysis_stands_in_weight_space_and_another_is_offered_once(
    look, troubled: Path
) -> None:
    for run in ("good", "poor"):
        forget_function_space(troubled / run)
    comparison = look(troubled, "good", "poor", **SPACE)
    assert [run.state for run in comparison.runs] == ["ready", "ready"]
    assert all("not been computed" in run.fallback for run in comparison.runs)
    assert drawn(comparison).count(f'"{ids.COMPUTE}"') == 1
    asked = on_demand.request(comparison, "n", all=False)
    assert asked["analysis"]["distance"] == "euclidean"
    assert "train loss" in text(cards.captions(comparison)["curves-head"])


def test_weight_space_is_a_choice_and_says_what_the_rays_are(look, sampled: Path) -> None:
    words = cards.captions(look(sampled, "good", "poor", distance="euclidean"))
    assert "One ray per direction seed is the protocol" in text(words["note"])
    words = cards.captions(look(sampled, "good", "poor", **SPACE))
    assert "One ray" not in text(words["note"])


def test_true_distances_are_drawn_on_one_scale_and_say_so(look, sampled: Path) -> None:
    comparison = look(sampled, "good", "poor", **SPACE, method="metric-mds")
    assert "one scale for all" in text(cards.captions(comparison)["scene-0-foot"])
    spans = []
    for run in comparison.runs:
        figure = cards.figures(comparison, [f"scene-{run.slot}"])[f"scene-{run.slot}"]
        meant = np.ptp(run.subject.results["embedding"].arrays["coordinates"], axis=0)
        points = [figure.data[base["trace"]] for base in figure.layout.meta["base"]]
        at = np.concatenate([np.column_stack([trace.x, trace.y, trace.z]) for trace in points])
        spans.append(np.nanmax(at, axis=0) - np.nanmin(at, axis=0))
        spans[-1] = spans[-1] / meant
    np.testing.assert_allclose(spans[0], spans[1], rtol=1e-4)
    words = cards.captions(look(sampled, "good", "poor", **SPACE))
    assert "one scale" not in text(words["scene-0-foot"])


def test_without_a_joint_scene_the_runs_scenes_take_its_place_with_the_reason(
    look, troubled: Path
) -> None:
    joined = look(troubled, "good", "poor", **SPACE)
    assert "ls-apart" not in grid.arrangement(joined)
    apart = look(troubled, "good", "unanalysed", **SPACE)
    assert "ls-apart" in grid.arrangement(apart)
    assert "have not been compared" in text(cards.captions(apart)["joint-state"])
    alone = look(troubled, "good", **SPACE)
    assert grid.arrangement(alone) == "ls-grid ls-grid-1"


@pytest.mark.parametrize(
    ("meta", "words", "doubtful"),
    [
        ({"demap": 0.8, "stability": 0.1, "components": 1}, "faithful", False),
        ({"demap": 0.49, "stability": 0.1}, "distances are distorted", True),
        ({"demap": 0.8, "stability": 0.21}, "unstable", True),
        ({"demap": 0.8, "stability": 0.1, "components": 3}, "disconnected", False),
        ({"demap": 0.4, "components": 3}, "disconnected", True),
        ({"demap": 0.8, "provisional": True}, "", False),
        ({}, "", False),
    ],
)
def test_one_verdict_a_scene(meta: dict, words: str, doubtful: bool) -> None:
    said, doubt = embedding_text.judged(meta)
    assert said.startswith(words)
    assert bool(said) == bool(words)
    assert doubt is doubtful
    shown = embedding_text.verdict(meta)
    assert ("ls-doubtful" in str(shown)) is doubtful
    assert not words or f"DEMaP {score(meta['demap'])}" in str(shown)


def test_the_numbers_behind_a_verdict_stand_in_the_table_too(look, sampled: Path) -> None:
    comparison = look(sampled, "good", "poor", **SPACE)
    for name, meta in (
        ("scene-0", comparison.runs[0].embedding),
        ("joint", comparison.joint.meta),
    ):
        table = text(cards.twin(name, comparison))
        assert "DEMaP" in table
        assert all(value in table for _, value, _ in embedding_text.known(meta))


def refuse(folder: Path, why: str) -> None:
    """Store that the run has no function space."""
    run = RunFolder.open(folder.parent, folder.name)
    stored = derived.find(folder, "function_space")
    forget_function_space(folder)
    meta = {**stored.meta, "refused": why}
    derived.write(folder, "function_space", dict(stored.parameters), {}, meta, run.digest())


def forget_function_space(folder: Path) -> None:
    """As an analysis of before left the run."""
    for path in (folder / "derived").iterdir():
        name = path.name.rpartition("-")[0]
        results = derived.all(folder, name)
        (result,) = [result for result in results if result.path.name == path.name]
        if name == "function_space" or result.parameters.get("distance") == "softmax":
            shutil.rmtree(path)
