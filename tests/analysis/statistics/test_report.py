"""Laws of the report: every statistic of every measure, baselines first among equals, nothing
replaced, and what cannot be said is said.
"""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from landscape_app.analysis.statistics.csv_table import from_csv, to_csv
from landscape_app.analysis.statistics.statistic import STATISTICS
from tests.analysis.statistics.networks import grid, line, made, normal, table


def test_every_measure_has_every_statistic():
    found = made(normal(60, settings=20))
    assert {measure["name"] for measure in found["strata"][0]["measures"]} == {
        "weight_norm",
        "distance_from_init",
        "follower",
        "knows",
        "noise",
    }
    for stratum in found["strata"]:
        for one in stratum["measures"]:
            assert set(STATISTICS) <= set(one)
    assert set(found["legend"]) == set(STATISTICS)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_the_norm_plus_noise_is_found_out_and_what_knows_more_is_not():
    found = made(normal(120))
    follower, knows = line(found, "follower"), line(found, "knows")
    assert follower["tau"] > 0.5
    assert abs(follower["partial"]) < 0.15
    assert follower["partial_low"] < 0 < follower["partial_high"]
    assert knows["tau"] < follower["tau"]
    assert knows["partial"] > 0.5
    assert knows["partial_low"] > 0.3
    assert knows["partial_rho"] > 0.7
    assert knows["partial_rho_low"] < knows["partial_rho"] < knows["partial_rho_high"]
    assert abs(follower["partial_rho"]) < 0.2
    assert follower["partial_given"] == ["weight_norm"]
    assert line(found, "weight_norm")["partial"] is None  # it is the control


def test_the_numbers_are_scipys():
    networks = normal(40)
    found = line(made(networks), "knows")
    x, y = networks.columns["knows"], networks.columns["gap_accuracy"]
    assert found["tau"] == pytest.approx(stats.kendalltau(x, y).statistic, abs=1e-12)
    assert found["rho"] == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)
    assert found["p"] == pytest.approx(stats.kendalltau(x, y).pvalue)
    assert found["tau_low"] < found["tau"] < found["tau_high"]


def test_the_best_comes_first_and_a_baseline_before_its_equals():
    networks = normal(60)
    columns = {
        "copy": networks.columns["weight_norm"] * 2,
        **networks.columns,
        "best": networks.columns["gap_accuracy"] * 1.0,
    }
    lines = made(table(columns))["strata"][0]["measures"]
    assert [line["name"] for line in lines[:3]] == ["best", "weight_norm", "copy"]
    assert [line["rank"] for line in lines] == list(range(1, len(lines) + 1))
    assert lines[0]["over_baseline"] == pytest.approx(1 - lines[1]["tau"])
    assert lines[0]["over_baseline_low"] > 0
    assert (
        lines[2]["over_baseline"]
        == lines[2]["over_baseline_low"]
        == lines[2]["over_baseline_high"]
        == 0.0
    )


def test_seeds_are_no_evidence_of_their_own():
    settings = grid(widths=(1, 2, 3, 4, 5), rates=(0.1,), seeds=4)
    rng = np.random.default_rng(0)
    x = settings["width"] + 0.01 * rng.normal(size=20)
    networks = table(
        {**settings, "measure": x, "gap": settings["width"] + 0.01 * rng.normal(size=20)}
    )
    found = made(networks, gap="gap")
    assert found["strata"][0]["configurations"] == 5
    # of five configurations in one order, not of twenty networks
    assert line(found, "measure")["p"] == pytest.approx(2 / 120)
    assert line(found, "measure")["granulated"] == 1.0
    assert line(found, "measure")["environments"] == 10


def test_two_samplings_are_compared_by_the_same_summary_on_the_same_networks():
    networks = normal(40)
    gap = networks.columns["gap_accuracy"]
    plane = networks.columns["noise"].copy()
    plane[0] = np.nan
    found = made(
        table(
            {
                **networks.columns,
                "sublevel[train_loss].longest": gap * 2,
                "random[train_loss].longest": plane,
            }
        )
    )
    (one,) = found["strata"][0]["samplings"]
    assert one["networks"] == 39
    assert one["tau"] == 1.0
    assert one["value"] == pytest.approx(1 - abs(stats.kendalltau(plane[1:], gap[1:]).statistic))
    assert one["low"] <= one["value"] <= one["high"]
    assert found["strata"][0]["samplings_note"] == ""


def test_planes_that_are_one_basin_everywhere_are_said_to_tell_nothing():
    networks = normal(40)
    columns = {
        **networks.columns,
        "sublevel[train_loss].longest": networks.columns["gap_accuracy"] * 2,
    }
    found = made(
        table(
            {
                **columns,
                "random[train_loss].longest": np.full(40, np.nan),
                "random[train_loss].bars": np.zeros(40),
            }
        )
    )
    stratum = found["strata"][0]
    assert stratum["samplings"] == []
    assert "same persistence in all 40 networks" in stratum["samplings_note"]
    assert stratum["left_out"]["random[train_loss].bars"] == "it is the same in all 40 networks: 0"
    assert made(networks)["strata"][0]["samplings_note"] == ""


def test_what_has_to_be_beaten_has_no_advantage_over_itself_and_the_best_of_it_counts():
    networks = normal(40)
    rises = {"line.rise": networks.columns["noise"], "random.rise": networks.columns["follower"]}
    found = made(table({**networks.columns, **rises}))
    assert (found["strata"][0]["baseline"], found["strata"][0]["linear"]) == (
        "weight_norm",
        "random.rise",
    )
    assert (
        line(found, "weight_norm")["over_baseline"]
        is line(found, "line.rise")["over_linear"]
        is None
    )
    assert (
        line(found, "follower")["over_linear"] == line(found, "follower")["over_linear_high"] == 0.0
    )
    assert line(found, "noise")["over_linear"] == pytest.approx(
        abs(line(found, "noise")["tau"]) - line(found, "random.rise")["tau"]
    )


def test_from_csv_it_is_the_same_report():
    networks = normal(50, settings=10)
    assert made(from_csv(to_csv(networks))) == made(networks)


def test_the_same_seed_is_the_same_report_in_any_order_of_the_columns():
    networks = normal(30)
    turned = table(dict(reversed(networks.columns.items())))
    assert made(networks) == made(networks)
    assert {
        measure["name"]: measure["tau_low"] for measure in made(turned)["strata"][0]["measures"]
    } == {
        measure["name"]: measure["tau_low"] for measure in made(networks)["strata"][0]["measures"]
    }


def test_a_reader_is_told_that_nothing_is_coupled_or_controlled():
    assert made(normal(30, settings=6))["notes"] == []
    without = {name: column for name, column in normal(30).columns.items() if name != "weight_norm"}
    assert len(made(table(without))["notes"]) == 2


def test_it_needs_neither_torch_nor_scikit_learn():
    code = (
        "import sys, landscape_app.analysis.statistics.report; sys.exit(any(name in sys.modules for"
        " name in ('torch', 'sklearn', 'phate')))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
