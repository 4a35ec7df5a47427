"""Laws of the retraining curves: every trajectory of every run, at its own values, whatever is
missing.
"""

from __future__ import annotations

import numpy as np
import pytest

from landscape_app.figures import curves
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.paths import LIFTED
from landscape_app.figures.view import DrawnRun, View
from tests.figures import made

SUBJECTS = [made.subject(slot, factor=slot + 1.0) for slot in range(3)]


@pytest.mark.parametrize("colour", curves.SCORES)
def test_a_point_of_a_curve_is_its_snapshots_score(colour: str) -> None:
    figure = curves.draw(SUBJECTS, View(colour=colour))
    by_run = {subject.run: subject for subject in SUBJECTS}
    seen: dict[str, set[int]] = {run: set() for run in by_run}
    for base in figure.layout.meta["base"]:
        subject, trace = by_run[base["run"]], figure.data[base["trace"]]
        for row, x, y in zip(base["rows"], trace.x, trace.y, strict=True):
            if row == LIFTED:
                assert np.isnan(y)
                continue
            value = subject.values(colour, [row])[0]
            assert y == pytest.approx(value, rel=1e-6) or (value == 0 and np.isnan(y))
            assert x == subject.values("epoch", [row])[0] or (row == 0 and x < 0)
            seen[base["run"]].add(row)
    assert seen == {run: set(subject.rows.tolist()) for run, subject in by_run.items()}


def test_a_loss_of_zero_leaves_a_gap_and_is_not_moved() -> None:
    zero = {name: values.copy() for name, values in SUBJECTS[0].columns.items()}
    zero["train_loss"][3] = 0.0
    figure = curves.draw([DrawnRun("zero", "Zero", 0, made.EPOCHS, zero)], View())
    base = figure.layout.meta["base"][0]
    assert np.isnan(figure.data[base["trace"]].y[base["rows"].index(3)])
    low, high = figure.layout.yaxis.range
    assert np.isfinite([low, high]).all()


@pytest.mark.parametrize("colour", COLOURS)
def test_the_axis_is_of_the_score_that_is_drawn(colour: str) -> None:
    figure = curves.draw(SUBJECTS, View(colour=colour))
    score = curves.score(View(colour=colour))
    assert figure.layout.yaxis.title.text == COLOURS[score].label
    assert figure.layout.yaxis.type == (
        "log" if COLOURS[score].log or score == "distance" else "linear"
    )


def test_two_traces_a_run_and_a_count_of_trajectories() -> None:
    assert len(curves.draw(SUBJECTS, View()).data) == 2 * len(SUBJECTS)
    assert curves.count(SUBJECTS) == len(SUBJECTS) * made.SEEDS * len(made.STEPS)
