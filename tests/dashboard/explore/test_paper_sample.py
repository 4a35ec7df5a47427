"""Laws of the paper's sample as a named selection: its rows are those that Table 1 and the paper's
statistic take, whatever names it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from landscape_app.analysis.published_distance import published_rows
from landscape_app.dashboard.explore import details, linked, measure_rows, stores
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.export.static_html import text_of
from landscape_app.errors import SpecError
from landscape_app.pipeline import experiment_samples
from landscape_app.protocol import LAST_EPOCH
from landscape_app.records.paper_sample import NAME, sampled
from landscape_app.store import snapshots
from landscape_app.store.run import RunFolder
from tests.dashboard.explore.test_linked import THERE
from tests.figures import made
from tests.scripts.test_scripts import run_node, with_node

PICK = {"kind": "rows", "run": "good", "name": NAME}


def test_the_sample_of_the_protocol_has_640_rows_and_no_other() -> None:
    columns = made.columns(seeds=4, steps=(0.0, 0.25, 0.5, 0.75, 1.0), epochs=LAST_EPOCH + 4)
    rows = sampled(columns.__getitem__)
    assert len(rows) == 640
    wanted = (columns["trajectory"] >= 0) & (columns["step_size"] > 0) & (columns["epoch"] <= 39)
    np.testing.assert_array_equal(rows, np.flatnonzero(wanted))


def test_stretches_are_the_rows() -> None:
    rows = np.array([2, 3, 4, 7, 9, 10])
    assert stores.stretches(rows) == [[2, 4], [7, 7], [9, 10]]
    assert stores.stretches(rows[:0]) == []


@with_node
def test_the_page_lights_the_rows_of_the_sample_in_every_run() -> None:
    subject = made.subject(epochs=LAST_EPOCH + 2)
    known = {
        "epochs": subject.epochs,
        "trajectories": [],
        "sample": stores.stretches(subject.sample),
    }
    runs, pick = json.dumps({"good": known, "poor": known}), json.dumps(PICK)
    lit = run_node(f"window.landscape.picks.lit({pick}, {runs}, [])")
    assert set(lit) == {"good", "poor"}
    assert all(each["rows"] == subject.sample.tolist() for each in lit.values())


@pytest.mark.slow
def test_explore_table_1_and_the_statistic_take_the_same_rows(
    sampled: Path, look: Callable[..., Comparison]
) -> None:
    comparison, run = look(sampled, "good", "poor"), RunFolder.open(sampled, "good")
    own = next(subject for subject in comparison.subjects if subject.run == "good")
    every = snapshots.read(run)
    table_1 = experiment_samples.READERS[experiment_samples.JUMPS](run)
    np.testing.assert_array_equal(own.sample, table_1.column("row")[1:])  # after the anchor
    np.testing.assert_array_equal(own.sample, every.column("row")[published_rows(every)])


@pytest.mark.slow
def test_what_is_said_of_the_sample_is_its_size_and_its_stored_topology(
    sampled: Path, look: Callable[..., Comparison]
) -> None:
    comparison = look(sampled, "good", "poor")
    size = len(comparison.subjects[0].sample)
    assert f"{size} snapshots" in text_of(details.nothing(comparison))
    for pick in (measure_rows.sample(comparison), measure_rows.pick("published_d0", comparison)):
        assert pick == PICK
        said = text_of(details.details(pick, comparison))
        assert f"{size} snapshots" in said
        assert "total D0" in said
        assert "the anchor and the controls" in said


def test_a_link_names_the_sample_without_its_rows() -> None:
    run = THERE.runs[0]
    assert linked.pick_of(json.dumps({**PICK, "run": run}), THERE.runs) == {**PICK, "run": run}
    with pytest.raises(SpecError, match="no snapshots"):
        linked.pick_of(json.dumps({**PICK, "run": run, "name": "other"}), THERE.runs)
