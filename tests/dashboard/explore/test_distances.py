"""Laws of distances: each line of the table says all that the page must know, one file and one line
are enough for another, and whatever a line leaves out is said by name.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from landscape_app.analysis.distances import Distances, euclidean
from landscape_app.analysis.methods import without_meaning
from landscape_app.dashboard.explore import cards, embedding_text, messages, rail
from landscape_app.entries import Entry
from landscape_app.pipeline import compare
from landscape_app.protocol import JOINT_SPACES, NORM_UNIT
from landscape_app.records.progress import Silent
from landscape_app.records.snapshots import Snapshots
from landscape_app.registries import DISTANCES
from landscape_app.settings import AnalysisSpec
from tests.dashboard.explore.test_words import text

FACTS = ("words", "brief", "joint")
TOY = Entry(
    f"{__name__}:halved",
    "Half the weights",
    "Half the Euclidean distance between the trainable weights.",
    {"normed": True, "weights": True, "axes": True},
    {"words": "half the weights", "brief": "Halved", "joint": "softmax"},
)


def halved(snapshots: Snapshots) -> Distances:
    """A distance of a test: half the Euclidean one."""
    whole = euclidean(snapshots)
    return replace(whole, values=np.asarray(whole.values) / 2)


def faults(name: str) -> list[str]:
    """What the line of a distance leaves out, in words."""
    entry = DISTANCES[name]
    found = [f"{name} has no '{fact}'" for fact in FACTS if not entry.facts.get(fact)]
    if entry.facts.get("joint") not in (None, *JOINT_SPACES):
        found.append(f"{name}: there is no function space '{entry.facts['joint']}'")
    if not entry.settings.get("note") and not entry.settings.get("weights"):
        found.append(f"{name} is not one of weights and has no 'note': no sentence reads it")
    return found


@pytest.mark.parametrize("name", DISTANCES)
def test_every_distance_says_what_the_page_must_know(name: str) -> None:
    assert faults(name) == []


@pytest.mark.parametrize("fact", FACTS)
def test_what_a_distance_leaves_out_is_said_by_name(monkeypatch, fact: str) -> None:
    facts = {name: value for name, value in TOY.facts.items() if name != fact}
    monkeypatch.setitem(DISTANCES, "halved", replace(TOY, facts=facts))
    assert faults("halved") == [f"halved has no '{fact}'"]
    monkeypatch.setitem(DISTANCES, "halved", replace(TOY, settings={}))
    assert "no 'note'" in faults("halved")[0]


@pytest.mark.slow
def test_a_distance_is_added_by_one_file_and_one_line(look, troubled: Path, monkeypatch) -> None:
    monkeypatch.setitem(DISTANCES, "halved", TOY)
    assert faults("halved") == []
    spec = AnalysisSpec(distance="halved", methods=("pca",))
    study = compare.open_study(troubled, ("good", "poor"), spec, "halves")
    with study.lock():
        compare.run(study, troubled, spec, Silent())
    comparison = look(troubled, "good", "poor", distance="halved", method="pca")
    assert [run.state for run in comparison.runs] == ["ready", "ready"]
    assert without_meaning("pca", "halved") is None
    words = cards.captions(comparison)
    assert "distance = half the weights" in text(words["scene-0-foot"])
    assert "half the weights" in words["diagrams-0-summary"]
    assert "softmax on the probe set" in text(words["joint-foot"])
    assert "Stays in function space" in text(words["joint-foot"])
    assert messages.how_to_read(comparison) == messages.PROTOCOL
    assert embedding_text.space("halved") == "half the weights"
    assert "Halved" in str(rail.rail(comparison))
    figures = cards.figures(comparison)
    assert f"distance/{NORM_UNIT}" in figures["diagrams-0"].layout.xaxis2.title.text
    assert figures["joint"].layout.meta["view"] == "joint"
