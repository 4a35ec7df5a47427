"""Laws of what is said of all runs together, and of the words over the pictures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from landscape_app.dashboard.explore import cards, measure_rows, measures, messages, on_demand
from landscape_app.dashboard.explore.comparison import ComparedRun
from landscape_app.figures.view import PARTS, View
from landscape_app.registries import DISTANCES, EMBEDDINGS
from landscape_app.settings import GIVEN, RunSpec, parse
from tests.dashboard.explore.test_words import text


def test_the_label_of_all_is_the_labels_in_their_order(look, sampled: Path) -> None:
    assert look(sampled, "poor", "good").labels == "Poor, Good"


def test_scenes_that_are_higher_than_wide_are_looked_at_from_farther(look, troubled: Path) -> None:
    def distance(*runs: str) -> float:
        comparison = look(troubled, *runs, dims=3)
        eye = cards.figures(comparison, ["scene-0"])["scene-0"].layout.scene.camera.eye
        return float(np.linalg.norm([eye.x, eye.y, eye.z]))

    # four runs without a joint scene stand beside each other
    assert distance("good", "poor") < distance("good", "poor", "half", "unanalysed")


@pytest.mark.parametrize(("data", "given"), [(GIVEN, True), ("digits", False)])
def test_a_run_of_given_objects_says_so(data: str, given: bool) -> None:
    own = {"data": GIVEN, "network": GIVEN, "regime": GIVEN, "weight_decay": 0}
    spec = parse(RunSpec, {**own, "augmentation": False} if data == GIVEN else {})
    assert ComparedRun("a", "A", 0, 0, "ready", spec=spec).given is given


def test_a_joint_embedding_is_offered_where_runs_were_compared_and_it_is_not_there(
    look, sampled: Path
) -> None:
    comparison = look(sampled, "good", "poor")
    assert not on_demand.offered(comparison, None)
    bare = replace(comparison, results={})
    assert on_demand.offered(bare, None), "the button stands on the card of all together"
    assert not on_demand.offered(replace(bare, analysed=False), None)


def test_a_label_of_the_narrow_table_is_no_longer_than_the_measures(look, sampled: Path) -> None:
    comparison = look(sampled, "good")
    labels = {measure["label"] for measure in comparison.runs[0].measures}
    for label in labels:
        brief = measure_rows.short(label)
        assert 0 < len(brief) <= len(label)
        assert measure_rows.short(brief) == brief
    assert measure_rows.short("Hessian trace").startswith("Hessian")
    assert measure_rows.short("Return ratio") == "return ratio"
    shown = [row["label"] for row in measures.table(comparison)["rows"]]
    assert all(isinstance(label, str) and label for label in shown)


def test_a_word_that_explains_itself_carries_its_lines() -> None:
    tip = messages.tip("p 0.02", "of 39 draws", "")
    assert text(tip) == "p 0.02"
    assert json.loads(tip.to_plotly_json()["props"]["data-tip"]) == ["p 0.02", "of 39 draws"]


def test_a_table_that_nobody_computed_is_said_in_its_place(look, troubled: Path) -> None:
    comparison = look(troubled, "unanalysed")
    for part in PARTS:
        view = replace(comparison, view=replace(comparison.view, part=part))
        assert "computed yet" in text(cards.twin("diagrams-0", view)) or part == "tree", part
        assert text(cards.twin("diagrams-0", view)), part


def compared(*runs: dict[str, Any], **view: Any) -> Any:
    named = zip("AB", runs, strict=False)
    return SimpleNamespace(
        runs=[SimpleNamespace(label=label, embedding=meta) for label, meta in named],
        view=View(**view),
    )


def test_how_to_read_says_first_what_is_most_likely_misread() -> None:
    different = compared({"t": 3, "components": 2}, {"t": 7})
    assert "Embedded at different t (A 3, B 7)" in messages.how_to_read(different)
    assert messages.different_t(compared({"t": 3}, {"t": 3})) == ""
    assert messages.how_to_read(compared({"t": 3, "components": 2})) == messages.PIECES
    assert messages.how_to_read(compared({}, method="tsne")) == EMBEDDINGS["tsne"].help
    assert messages.how_to_read(compared({}, distance="euclidean")) == messages.PROTOCOL
    for name, entry in DISTANCES.items():
        if note := entry.settings.get("note"):
            assert messages.how_to_read(compared({}, distance=name)) == note


def test_the_line_says_how_to_read_and_what_the_panels_add(look, sampled: Path) -> None:
    comparison = look(sampled, "good", "poor")
    line = messages.note_line(comparison, "right")
    assert [text(part) for part in line] == [messages.how_to_read(comparison), "right"]
    assert messages.how_to_read(comparison) in text(cards.captions(comparison)["note"])
