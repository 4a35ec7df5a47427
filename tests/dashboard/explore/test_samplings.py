"""Laws of the pictures of a run's samplings: they are those of the page Paper, hold what the
samplings recorded, and are made once; Explore reads them, or names what is missing.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from dash import html

from landscape_app.dashboard.explore import cards, details
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.export.static_html import text_of
from landscape_app.figures.clouds import COLUMNS as DRAWN
from landscape_app.pipeline import clouds, experiment_samples
from landscape_app.protocol import CLOUD, PAPER_EMBEDDING, PAPER_METHOD
from landscape_app.records.progress import Silent
from landscape_app.store import samplings, usable_results
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.dashboard.paper.conftest import STUDY, made

pytestmark = pytest.mark.slow

__all__ = ["made"]

KINDS = ("jump_retrain", "naive", "grid")


@pytest.fixture(scope="module")
def pictured(made: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The run of Fig. 2 of the made study, with the pictures of its samplings."""
    folder = StudyFolder.open(made, STUDY)
    drawn = usable_results.find(folder.path, PAPER_EMBEDDING, kind="naive", method=PAPER_METHOD)
    assert drawn is not None
    id = str(drawn.parameters["run"])
    runs = tmp_path_factory.mktemp("pictured")
    shutil.copytree(made / id, runs / id)
    run = RunFolder.open(runs, id)
    with run.lock():
        clouds.make(run, Silent())
    return run


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_that_of_the_page_paper(made: Path, pictured: RunFolder, kind: str) -> None:
    own = usable_results.find(pictured.path, CLOUD, kind=kind)
    folder = StudyFolder.open(made, STUDY).path
    paper = usable_results.find(
        folder, PAPER_EMBEDDING, run=pictured.id, kind=kind, method=PAPER_METHOD
    )
    assert own is not None
    assert paper is not None
    np.testing.assert_allclose(own.arrays["coordinates"], paper.arrays["coordinates"], atol=1e-5)
    assert own.meta["anchor"] == pytest.approx(paper.meta["anchor"], abs=1e-5)


@pytest.mark.parametrize("kind", KINDS[1:])
def test_a_picture_holds_what_the_sampling_recorded(pictured: RunFolder, kind: str) -> None:
    own, taken = (
        usable_results.find(pictured.path, CLOUD, kind=kind),
        samplings.read(pictured, kind),
    )
    assert own is not None
    assert taken is not None
    assert clouds.COLUMNS == DRAWN
    for name in DRAWN:  # row i of the sampling is its point i, after the anchor
        np.testing.assert_array_equal(
            own.arrays[name], taken.column(name)[own.arrays["rows"]].astype(float)
        )


def test_pictures_are_made_once(pictured: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clouds, "embed", None)
    with pictured.lock():
        clouds.make(pictured, Silent())


def test_explore_draws_them_and_tells_what_a_point_is(
    pictured: RunFolder, look: Callable[..., Comparison]
) -> None:
    comparison = look(pictured.path.parent, pictured.id, sampling="all")
    figure = cards.figures(comparison, ["scene-0"])["scene-0"]
    assert len({trace.xaxis for trace in figure.data}) == len(KINDS)
    group = figure.layout.meta["points"][0]
    pick = {"kind": "point", "run": pictured.id, "sampling": "naive", "focus": group["rows"][3]}
    said = text_of(details.details(pick, comparison))
    assert group["words"][3] in said
    assert "test loss" in said
    anchors = text_of(details.nothing(comparison))
    for gone in ({"focus": 10**6}, {"sampling": "naive_equal_cost"}):
        assert text_of(details.details({**pick, **gone}, comparison)) == anchors
    words = cards.captions(comparison)
    assert text_of(words["scene-0-state"]) == ""  # beside each other the one at equal cost may lack
    assert "of jump and retrain" in text_of(words["note"])
    assert "retrain nothing" in text_of(words["curves-head"])


@pytest.mark.parametrize("kind", ["naive", "grid"])
def test_a_sampling_that_is_missing_is_named_with_its_command(
    made: Path, look: Callable[..., Comparison], kind: str
) -> None:
    id = StudyFolder.open(made, STUDY).runs[0]
    comparison = look(made, id, sampling=kind)
    said = text_of(cards.captions(comparison)["scene-0-state"])
    assert f"No {kind} sampling" in said
    assert f"landscape sample {id}" in said
    assert f"--kind {kind}" in said
    assert not cards.figures(comparison, ["scene-0"])["scene-0"].data


def test_beside_each_other_all_that_is_missing_is_one_sentence_and_a_command_each(
    made: Path, pictured: RunFolder, look: Callable[..., Comparison]
) -> None:
    """A card has room for a few lines; beside pictures it has room for a badge."""
    id = StudyFolder.open(made, STUDY).runs[0]
    said = cards.captions(look(made, id, sampling="all"))["scene-0-state"]
    commands = [part for part in said.children if isinstance(part, html.Code)]
    assert len(commands) == len(KINDS)
    assert text_of(said).count("stored") == 1
    comparison = look(pictured.path.parent, pictured.id, sampling="all")
    del comparison.runs[0].subject.results[f"{CLOUD} grid"]
    badge = cards.captions(comparison)["scene-0-state"]
    assert text_of(badge) == "No grid"
    assert "--kind grid" in badge.children[0].to_plotly_json()["props"]["data-tip"]


def test_the_command_for_equal_cost_is_of_the_sampling_that_table_1_takes(
    made: Path, look: Callable[..., Comparison]
) -> None:
    id = StudyFolder.open(made, STUDY).runs[0]
    directions = experiment_samples.equal_cost(RunFolder.open(made, id)).directions
    comparison = look(made, id, sampling=experiment_samples.EQUAL_COST)
    text = text_of(cards.captions(comparison)["scene-0-state"])
    assert f"--kind naive --directions {directions}" in text
