"""Laws of filters on figures that are taken away: hidden points go, medians are of what is shown,
axes stay; and the page's script does the same.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from landscape_app.figures import curves
from landscape_app.figures.figure_meta import faults
from landscape_app.figures.filtered import hide
from landscape_app.figures.view import DrawnRun, View
from tests.figures import made
from tests.figures.test_curves import SUBJECTS
from tests.scripts.test_scripts import run_node, with_node

LOSS = View(curve="train_loss")
SHOWN: list[dict[str, Any]] = [
    {"seeds": [1], "steps": list(made.STEPS), "epochs": [0, made.EPOCHS]},
    {"seeds": [0, 1], "steps": [0.5], "epochs": [1, 2]},
    {"seeds": [0, 1], "steps": [0.0], "epochs": [0, made.EPOCHS]},  # the control alone
    {"seeds": [], "steps": list(made.STEPS), "epochs": [0, made.EPOCHS]},
]


def passing(run: DrawnRun, shown: dict[str, Any]) -> np.ndarray:
    columns, (low, high) = run.columns, shown["epochs"]
    inside = np.isin(columns["seed"], shown["seeds"]) & np.isin(
        columns["step_size"], shown["steps"]
    )
    inside &= (columns["epoch"] >= low) & (columns["epoch"] <= high)
    return np.asarray(inside | (run.rows == 0))


def hidden(shown: dict[str, Any]) -> Any:
    figure = curves.draw(SUBJECTS, LOSS)
    hide(figure, SUBJECTS, {run.run: passing(run, shown) for run in SUBJECTS})
    return figure


@pytest.mark.parametrize("shown", SHOWN)
def test_hidden_points_go_and_the_median_is_of_those_that_stay(shown: dict[str, Any]) -> None:
    whole, figure = curves.draw(SUBJECTS, LOSS), hidden(shown)
    assert faults(figure) == []
    assert figure.layout.yaxis == whole.layout.yaxis
    for base in figure.layout.meta["base"]:
        (run,) = (run for run in SUBJECTS if run.run == base["run"])
        inside = dict(zip(run.rows.tolist(), passing(run, shown), strict=True))
        trace, before = figure.data[base["trace"]], whole.data[base["trace"]]
        for row, y, was in zip(base["rows"], trace.y, before.y, strict=True):
            assert y == was if inside.get(row) else math.isnan(y)
    for middle, run in zip(figure.layout.meta["middle"], SUBJECTS, strict=True):
        at = passing(run, shown) & (run.columns["step_size"] > 0)
        loss, epoch = run.columns["train_loss"], run.columns["epoch"]
        expected = [np.median(loss[at & (epoch == one)]) for one in np.unique(epoch[at])]
        median, band = figure.data[middle["median"]], figure.data[middle["band"]]
        np.testing.assert_allclose(median.y, np.array(expected), rtol=1e-5)
        np.testing.assert_array_equal(median.x, np.unique(epoch[at]))
        assert len(band.x) == len(band.y) == 2 * len(median.x)


def test_without_a_filter_nothing_changes() -> None:
    whole = curves.draw(SUBJECTS, LOSS)
    figure = curves.draw(SUBJECTS, LOSS)
    hide(figure, SUBJECTS, {run.run: np.ones(len(run.rows), bool) for run in SUBJECTS})
    for trace, before in zip(figure.data, whole.data, strict=True):
        np.testing.assert_array_equal(trace.x, before.x)
        np.testing.assert_allclose(trace.y, before.y, rtol=1e-6)  # medians of float32


@with_node
@pytest.mark.parametrize("shown", SHOWN)
def test_the_script_of_the_page_draws_the_same_median_and_band(shown: dict[str, Any]) -> None:
    whole, figure = curves.draw(SUBJECTS, LOSS), hidden(shown)
    singles = {
        middle["of"]: {"y": [None if y != y else float(y) for y in whole.data[middle["of"]].y]}
        for middle in whole.layout.meta["middle"]
    }
    known = {
        run.run: {
            "epochs": run.epochs,
            "trajectories": [[seed, step] for seed in range(made.SEEDS) for step in made.STEPS],
        }
        for run in SUBJECTS
    }
    filter_of = ", ".join(json.dumps(shown[name]) for name in ("seeds", "steps", "epochs"))
    answer = run_node(
        f"((runs, singles, filters) => window.landscape.filtered.followers("
        f"{json.dumps(whole.layout.meta)}, (of) => singles[of], runs, (run) => (row) =>"
        f" filters.passes(filters.filterOf(runs, {filter_of}), runs[run], row)))"
        f"({json.dumps(known)}, {json.dumps(singles)}, window.landscape.filters)"
    )
    assert isinstance(answer, list)
    assert len(answer) == 2 * len(SUBJECTS)
    for trace, axes in answer:
        for axis in "xy":
            np.testing.assert_allclose(axes[axis], figure.data[trace][axis], rtol=1e-6)
