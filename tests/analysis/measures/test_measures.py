"""Laws of every measure in the table: its known answer, what may not change it, and that what it
leaves out it names.
"""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from landscape_app.analysis.measures.listing import measure_all
from landscape_app.errors import AnalysisError
from landscape_app.registries import MEASURES
from tests.analysis.measures.clouds import FACTS, OUTSIDE, SEEDS, STEPS, cloud
from tests.analysis.measures.known_values import KNOWN, LAWS
from tests.analysis.measures.measured import OF_SNAPSHOTS, lines, near, values


def test_every_measure_has_its_known_answer():
    by_name = values(cloud())
    # a new measure needs a known answer
    assert {name.partition("[")[0] for name in KNOWN} == set(OF_SNAPSHOTS)
    assert all(1 < by_name[name] < len(cloud()) for name in LAWS if name.startswith("magnitude"))
    assert {name: value for name, value in by_name.items() if name not in LAWS} == near(
        {name: value for name, value in KNOWN.items() if name not in LAWS},
        rel=1e-5,
        abs=1e-4,
    )


@pytest.mark.parametrize("name", OF_SNAPSHOTS)
def test_every_measure_says_what_it_is(name):
    parts = [line for line in measure_all(cloud(), FACTS) if line["name"].partition("[")[0] == name]
    assert parts
    for line in parts:
        assert list(line) == [
            "name",
            "label",
            "value",
            "unit",
            "direction",
            "worse",
            "source",
            "help",
            "cost",
            "detail",
            "error",
        ]
        assert line["direction"].startswith("higher = ")
        assert line["source"]
        assert line["cost"]
        assert line["label"].startswith(MEASURES[name].label)
        assert line["help"] == MEASURES[name].help
        assert json.loads(json.dumps(line, allow_nan=False)) == line


def test_the_standard_error_is_over_seeds():
    rises = 1 + np.arange(SEEDS) / 10
    error = rises.std(ddof=1) / np.sqrt(SEEDS)
    assert (
        f"± {error:.2g} (standard error, {SEEDS} seeds)"
        in lines(cloud())["expected_sharpness[1]"]["detail"]
    )
    assert (
        f"± {error * np.mean(np.square(STEPS)):.2g} (standard error, {SEEDS} seeds)"
        in lines(cloud())["expected_sharpness"]["detail"]
    )
    assert lines(cloud())["expected_sharpness[1]"]["error"] == near(error)
    assert "one seed, so no standard error" in lines(cloud(seeds=1))["return_ratio"]["detail"]
    assert lines(cloud(seeds=1))["return_ratio"]["error"] is None


def test_the_error_of_the_gap_in_loss_is_that_of_two_means_over_rows():
    assert lines(cloud())["gap_loss"]["error"] is None
    assert lines(cloud(), {**FACTS, "train_loss_error": 0.3})["gap_loss"]["error"] is None
    of_both = {**FACTS, "train_loss_error": 0.3, "test_loss_error": 0.4}
    assert lines(cloud(), of_both)["gap_loss"]["error"] == near(0.5)


def test_without_rows_outside_the_probe_or_scores_there_no_gap_outside_it_and_why():
    for there, why in (
        (None, "this run was begun before the test rows outside the probe were scored"),
        ({"rows": 0, "test_loss": None}, "every test row is in the probe"),
    ):
        by_name = lines(cloud(), {**FACTS, "outside_probe": there})
        for name in ("gap_accuracy[outside]", "gap_loss[outside]"):
            assert (by_name[name]["value"], by_name[name]["detail"]) == (None, why)
        assert by_name["gap_accuracy"]["value"] == near(0.2)
    error = lines(cloud())["gap_accuracy[outside]"]["error"]
    assert error == near(math.sqrt(0.75 * 0.25 / OUTSIDE["rows"]))


def test_controls_change_nothing():
    assert values(cloud(controls=False)) == near(values(cloud()), rel=1e-12)


def test_the_order_of_the_rows_changes_nothing():
    whole = cloud()
    order = np.random.default_rng(0).permutation(len(whole))
    assert values(whole.select(order)) == near(values(whole), rel=1e-12)


def test_a_run_without_jumps_or_recorded_norms_has_no_values_and_says_why():
    by_name = lines(cloud().select(np.array([0])), {})
    assert {name for name, line in by_name.items() if line["value"] is not None} == {
        "gap_accuracy",
        "gap_loss",
        "train_loss",
        "parameters",
    }
    silent = [
        name for name, line in by_name.items() if line["value"] is None and not line["detail"]
    ]
    assert not silent, "no value and no reason"


def test_one_direction_has_no_spread():
    line = lines(cloud(seeds=1))["end_spread"]
    assert (line["value"], line["detail"]) == (
        None,
        "needs two directions at the largest step size",
    )


def test_a_regression_has_no_accuracy_and_its_loss_no_known_unit():
    by_name = lines(cloud(accuracy=False))
    for name in ("gap_accuracy", "epochs_to_recover"):
        assert (by_name[name]["value"], by_name[name]["detail"]) == (
            None,
            "this task has no accuracy",
        )
    assert by_name["gap_loss"]["value"] == pytest.approx(0.5)
    assert {by_name[name]["unit"] for name in ("gap_loss", "train_loss", "expected_sharpness")} == {
        ""
    }
    assert lines(cloud(), {**FACTS, "loss": "cross_entropy"})["gap_loss"]["unit"] == "nats"


def test_a_value_that_is_not_finite_is_none_and_said_to_be_so():
    whole = cloud()
    columns = {
        **whole.columns,
        "test_loss": np.where(whole.column("row") == 0, np.inf, whole.column("test_loss")),
    }
    line = lines(type(whole)(whole.run_id, columns, whole.delta, classes=10))["gap_loss"]
    assert line["value"] is None
    assert line["detail"].startswith("not finite (inf)")


def test_without_the_anchor_nothing_is_measured():
    whole = cloud()
    with pytest.raises(AnalysisError, match="anchor's snapshot is missing"):
        measure_all(whole.select(whole.column("trajectory") >= 0), FACTS)
