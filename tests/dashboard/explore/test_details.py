"""Laws of the details of a pick: what is named is what is stored of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from landscape_app.dashboard.explore import cards, details, joining
from landscape_app.dashboard.explore.panels import scene
from landscape_app.number_text import number, percent
from landscape_app.registries import DISTANCES
from tests.dashboard.explore.test_words import text


@pytest.mark.parametrize("run", ["good", "poor"])
def test_a_bar_names_its_run_its_ends_and_what_it_holds(look, sampled: Path, run: str) -> None:
    comparison = look(sampled, "good", "poor")
    subject = next(subject for subject in comparison.subjects if subject.run == run)
    bars = subject.results["sublevel"].arrays
    for bar, birth in enumerate(bars["birth"]):
        said = text(details.details({"kind": "sublevel", "run": run, "bar": bar}, comparison))
        rows = bars["basin_rows"][bars["basin_offsets"][bar] : bars["basin_offsets"][bar + 1]]
        moved = rows[rows > 0]
        seeds, steps = subject.values("seed", moved), subject.values("step_size", moved)
        count = len(set(zip(seeds.tolist(), steps.tolist(), strict=True)))
        paths = "1 trajectory" if count == 1 else f"{count} trajectories"
        assert f"holds {len(rows)} snapshots, {paths}" in said
        assert said.split()[1:4] == ["sublevel", "bar", "of"]
        assert f"birth {number(float(birth))}" in said
        assert np.isfinite(birth)


@pytest.mark.parametrize("distance", DISTANCES)
def test_a_scene_says_what_its_distance_is_between(look, sampled: Path, distance: str) -> None:
    comparison = look(sampled, "good", distance=distance)
    said = text(list(cards.captions(comparison).values()))
    run = comparison.runs[0]
    if run.embedding:
        assert (
            f"distance = {run.embedding.get('space') or DISTANCES[distance].facts['words']}" in said
        )


def test_a_token_changes_with_what_is_stored_and_with_nothing_else(
    open_at, sampled: Path, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    shutil.copytree(sampled, runs)
    context = open_at(runs)
    before = joining.token(context, ("good", "poor"))
    assert before == joining.token(context, ("good", "poor"))
    assert before != joining.token(context, ("good",))
    shutil.rmtree(next((runs / "good" / "derived").glob("sublevel-*")))
    assert before != joining.token(context, ("good", "poor"))


@pytest.mark.parametrize("run", ["good", "poor"])
def test_a_gap_is_that_of_the_anchor(look, sampled: Path, run: str) -> None:
    shown = look(sampled, run).runs[0]
    train, test = (shown.subject.values(f"{of}_accuracy", [0])[0] for of in ("train", "test"))
    expected = f"gap {percent(train - test)} · test {percent(test)}"
    assert scene.generalization(shown) == expected


@pytest.mark.parametrize("run", ["good", "poor"])
def test_a_profile_has_a_piece_more_than_finite_bars(look, sampled: Path, run: str) -> None:
    comparison = look(sampled, run, part="profile")
    bars = int(np.isfinite(comparison.subjects[0].results["sublevel"].arrays["death"]).sum())
    said = text(cards.captions(comparison)["diagrams-0-foot"])
    assert ("one piece" if bars == 0 else f"{bars + 1} pieces") in said
    assert "Sublevel bars" in text(cards.twin("diagrams-0", comparison))
