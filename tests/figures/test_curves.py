"""Laws of the retraining curves: every trajectory of every run, at its own values, whatever is
missing; and of each run the median and the quartiles.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from landscape_app.figures import curves
from landscape_app.figures.paths import LIFTED
from landscape_app.figures.view import DrawnRun, InMemoryResult, View
from tests.figures import made


def with_function_space(subject: DrawnRun) -> DrawnRun:
    """The run with distances in function space that no other column has; the last is unknown."""
    rows = subject.rows[:-1]
    distance = np.where(rows == 0, 0.0, 1.0 + rows / 7)
    stored = InMemoryResult({"rows": rows, "distance": distance})
    return replace(subject, results={**subject.results, "function_space": stored})


SUBJECTS = [with_function_space(made.subject(slot, factor=slot + 1.0)) for slot in range(3)]


@pytest.mark.parametrize("curve", curves.CURVES)
def test_a_point_of_a_curve_is_its_snapshots_score(curve: str) -> None:
    figure = curves.draw(SUBJECTS, View(curve=curve))
    by_run = {subject.run: subject for subject in SUBJECTS}
    seen: dict[str, set[int]] = {run: set() for run in by_run}
    for base in figure.layout.meta["base"]:
        subject, trace = by_run[base["run"]], figure.data[base["trace"]]
        known = curves.values(subject, curve)
        for row, x, y in zip(base["rows"], trace.x, trace.y, strict=True):
            if row == LIFTED:
                assert np.isnan(y)
                continue
            value = known[subject.position(row)]
            assert np.isnan(y) if np.isnan(value) else True
            assert y == pytest.approx(value, rel=1e-6, nan_ok=True) or (value == 0 and np.isnan(y))
            assert x == subject.values("epoch", [row])[0] or (row == 0 and x < 0)
            seen[base["run"]].add(row)
    assert seen == {run: set(subject.rows.tolist()) for run, subject in by_run.items()}


def test_distances_in_function_space_are_those_stored_and_unknown_where_none_is() -> None:
    subject = SUBJECTS[1]
    values = curves.values(subject, "function_distance")
    stored = subject.results["function_space"].arrays["distance"]
    np.testing.assert_allclose(values[:-1], stored)
    assert np.isnan(values[-1])
    assert np.isnan(curves.values(made.subject(0), "function_distance")).all()


def test_where_no_run_has_its_function_space_the_train_loss_is_drawn() -> None:
    bare = [made.subject(slot) for slot in range(2)]
    assert curves.score(bare, View()) == "train_loss"
    assert curves.score([*bare, SUBJECTS[0]], View()) == "function_distance"
    assert curves.score(bare, View(curve="distance")) == "distance"


def test_median_and_quartiles_are_of_the_trajectories_that_jumped() -> None:
    subject = SUBJECTS[0]
    figure = curves.draw([subject], View(curve="test_accuracy"))
    band = next(trace for trace in figure.data if trace.fill == "toself")
    bold = max(figure.data, key=lambda trace: trace.line.width or 0)
    for epoch, median in zip(bold.x, bold.y, strict=True):
        columns = subject.columns
        at = (columns["epoch"] == epoch) & (columns["step_size"] > 0)
        assert median == pytest.approx(np.median(columns["test_accuracy"][at]), rel=1e-5)
        low, high = np.percentile(columns["test_accuracy"][at], [25, 75])
        there = sorted(band.y[np.asarray(band.x) == epoch])
        assert there == pytest.approx([low, high], rel=1e-5)


def test_a_loss_of_zero_leaves_a_gap_and_is_not_moved() -> None:
    zero = {name: values.copy() for name, values in SUBJECTS[0].columns.items()}
    zero["train_loss"][3] = 0.0
    subject = DrawnRun("zero", "Zero", 0, made.EPOCHS, zero)
    figure = curves.draw([subject], View(curve="train_loss"))
    base = figure.layout.meta["base"][0]
    assert np.isnan(figure.data[base["trace"]].y[base["rows"].index(3)])
    low, high = figure.layout.yaxis.range
    assert np.isfinite([low, high]).all()


@pytest.mark.parametrize("curve", curves.CURVES)
def test_the_axis_is_of_the_score_that_is_drawn(curve: str) -> None:
    figure = curves.draw(SUBJECTS, View(curve=curve))
    assert figure.layout.yaxis.title.text == curves.CURVES[curve].label
    logarithmic = curves.CURVES[curve].log or curve == "distance"
    assert figure.layout.yaxis.type == ("log" if logarithmic else "linear")


def test_singles_band_median_and_anchor_a_run_and_a_count_of_trajectories() -> None:
    assert len(curves.draw(SUBJECTS, View()).data) == 4 * len(SUBJECTS)
    assert curves.count(SUBJECTS) == len(SUBJECTS) * made.SEEDS * len(made.STEPS)
