"""Laws of an archive of results alone: it has what the pages show of a study, the present table and
what was computed of it, pictures of at most six networks, and nothing else.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from landscape_app.protocol import PAPER, PAPER_DIAGRAM, PAPER_EMBEDDING
from landscape_app.store import derived, shown_results
from landscape_app.store.derived import Result
from tests.finding.test_table_claim import experiment
from tests.shipped import study
from tests.store.archived import content

POINTS = ("train_loss", "test_loss", "seed", "step_size", "epoch", "trajectory")


def picture(path: Path, run: str, inputs: str = "x") -> Result:
    arrays = {"coordinates": np.zeros((3, 2)), **{name: np.zeros(3) for name in POINTS}}
    what = {"run": run, "kind": "jump_retrain", "method": "pca"}
    return derived.write(path, PAPER_EMBEDDING, what, arrays, {}, inputs)


def diagram(path: Path, run: str) -> Result:
    bars = {"birth": np.zeros(2), "death": np.ones(2), "never": np.zeros(2, np.uint8)}
    meta = {"total": 1.0, "share": None, "range": 1.0, "components": 1, "bars": 2}
    return derived.write(path, PAPER_DIAGRAM, {"run": run, "loss": "test_loss"}, bars, meta, "x")


def test_the_present_table_and_what_is_of_it_are_shown(tmp_path: Path) -> None:
    path = study(tmp_path).path
    table, statistics = derived.all(path, "table")[0], derived.all(path, "statistics")[0]
    meta = experiment().model_dump()
    asked = {"label": "test_loss"}
    present = derived.write(path, "experiment", asked, {}, meta, f"{table.inputs}-a")
    derived.write(path, "experiment", asked, {}, meta, "earlier-a")
    said = derived.write(path, PAPER, {}, {}, {"absent": {}}, table.inputs)
    derived.write(path, PAPER, {}, {}, {"absent": {"augmentation": "why"}}, "earlier")
    derived.write(path, "statistics", {"level": 0.9}, {}, statistics.meta, "earlier")
    derived.write(path, "thing", {}, {"values": np.ones(3)}, {}, "x")
    expected = {result.path.name for result in (table, statistics, present, said)}
    assert set(shown_results.shown(path)) == expected
    later = derived.write(path, "table", {}, dict(table.arrays), table.meta, "later")
    assert later.path.name in shown_results.shown(path)
    assert table.path.name not in shown_results.shown(path)
    assert present.path.name not in shown_results.shown(path), "of equals the newest"


def test_at_most_six_networks_are_drawn_and_each_picture_once(tmp_path: Path) -> None:
    path = study(tmp_path).path
    old = picture(path, "run-5", inputs="old")
    pictures = [picture(path, f"run-{number}") for number in range(6)]
    diagrams = [diagram(path, f"run-{number}") for number in range(3, 8)]
    shown = set(shown_results.shown(path))
    drawn = [result for result in [*pictures, *diagrams] if result.path.name in shown]
    assert {result.parameters["run"] for result in drawn} == {f"run-{n}" for n in range(2, 8)}
    assert len(drawn) == 4 + 5
    assert old.path.name not in shown


def test_a_damaged_result_is_replaced_by_the_one_before_it(tmp_path: Path) -> None:
    path = study(tmp_path).path
    sound, damaged = picture(path, "run", inputs="before"), picture(path, "run")
    file = damaged.path / derived.ARRAYS
    file.write_bytes(file.read_bytes()[:-8] + b"12345678")
    shown = shown_results.shown(path)
    assert sound.path.name in shown
    assert damaged.path.name not in shown
    assert content(damaged.path)
