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
from landscape_app.analysis.statistics.report import report
from landscape_app.analysis.statistics.statistic import STATISTICS
from landscape_app.errors import AnalysisError, DataError, UnknownNameError
from landscape_app.settings import StatisticsSpec
from tests.analysis.statistics.networks import grid, normal, table

QUICK = {"resamples": 200}


def made(found, **settings):
    return report(found, StatisticsSpec(**{**QUICK, **settings})).model_dump()


def line(found, name, stratum=0):
    return next(one for one in found["strata"][stratum]["measures"] if one["name"] == name)


def test_every_measure_has_every_statistic():
    found = made(normal(60, settings=20))
    assert {one["name"] for one in found["strata"][0]["measures"]} == {
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
    assert [one["name"] for one in lines[:3]] == ["best", "weight_norm", "copy"]
    assert [one["rank"] for one in lines] == list(range(1, len(lines) + 1))
    assert lines[0]["over_baseline"] == pytest.approx(1 - lines[1]["tau"])
    assert lines[0]["over_baseline_low"] > 0
    assert (
        lines[2]["over_baseline"]
        == lines[2]["over_baseline_low"]
        == lines[2]["over_baseline_high"]
        == 0.0
    )


def test_what_few_networks_have_is_ranked_behind_what_all_have():
    networks = normal(30)
    rare = np.where(np.arange(30) < 10, networks.columns["gap_accuracy"], np.nan)
    common = np.where(np.arange(30) < 27, networks.columns["gap_accuracy"], np.nan)
    lines = made(table({"rare": rare, "common": common, **networks.columns}))["strata"][0][
        "measures"
    ]
    assert (lines[0]["name"], lines[-1]["name"]) == ("common", "rare")
    assert lines[-1]["tau"] == 1.0


def test_values_that_are_not_finite_are_named_and_never_replaced():
    networks = normal(30)
    broken = networks.columns["knows"].copy()
    broken[[4, 7, 9]] = np.nan, np.inf, -np.inf
    found = line(made(table({**networks.columns, "knows": broken})), "knows")
    assert found["left_out"] == ["run-4", "run-7", "run-9"]
    assert found["networks"] == 27
    inside = np.isfinite(broken)
    assert found["tau"] == pytest.approx(
        stats.kendalltau(broken[inside], networks.columns["gap_accuracy"][inside]).statistic,
        abs=1e-12,
    )


def test_networks_without_a_gap_are_named():
    networks = normal(30)
    gap = networks.columns["gap_accuracy"].copy()
    gap[3] = np.nan
    found = made(table({**networks.columns, "gap_accuracy": gap}))
    assert list(found["excluded"]) == ["run-3"]
    assert found["networks"] == 29
    assert line(found, "noise")["networks"] == 29


def test_those_that_interpolate_are_looked_at_alone():
    networks = normal(60)
    inside = networks.columns["train_accuracy"] > 0.99
    turned = np.where(
        inside, networks.columns["gap_accuracy"], -3 * networks.columns["gap_accuracy"]
    )
    found = made(table({**networks.columns, "turned": turned}))
    assert found["strata"][1]["networks"] == inside.sum()
    assert line(found, "turned", 1)["tau"] == pytest.approx(1.0)
    assert line(found, "turned", 0)["tau"] < 0.5


def test_a_stratum_of_which_nothing_can_be_said_says_so():
    columns = normal(30).columns
    none = made(table({**columns, "train_accuracy": np.full(30, 0.5)}))["strata"][1]
    assert "there are none, and the highest is 0.5" in none["problem"]
    assert "--interpolating" in none["problem"]
    assert "Add" not in none["problem"]
    assert none["measures"] == []
    without = {name: column for name, column in columns.items() if name != "train_accuracy"}
    assert "no column train_accuracy" in made(table(without))["strata"][1]["problem"]


def test_the_usual_words_of_a_missing_value_leave_a_measure_and_another_word_is_refused():
    text = to_csv(normal(30)).splitlines()
    cells = text[1].split(",")
    place = text[0].split(",").index("knows")
    for word in ("NA", "none", "-", "?"):
        cells[place] = word
        assert (
            line(made(from_csv("\n".join([text[0], ",".join(cells), *text[2:]]))), "knows")[
                "networks"
            ]
            == 29
        )
    cells[place] = "diverged"
    with pytest.raises(
        DataError,
        match="'knows' has numbers in 29 rows, but on line 2, in row run-0 it says 'diverged'",
    ):
        made(from_csv("\n".join([text[0], ",".join(cells), *text[2:]])))


def test_a_leaking_column_is_ranked_only_when_asked_for_and_that_is_said():
    columns = {**normal(30).columns, "eval_loss": normal(30, seed=1).columns["noise"]}
    assert "uses held-out labels" in made(table(columns))["left_out"]["eval_loss"]
    for asked in ({"keep": ("eval_loss",)}, {"measures": ("noise", "eval_loss")}):
        found = made(table(columns), **asked)
        assert line(found, "eval_loss")["networks"] == 30
        assert any("eval_loss is judged as was asked for" in note for note in found["notes"])
    with pytest.raises(UnknownNameError, match="eval_los'"):
        made(table(columns), keep=("eval_los",))


def test_a_loss_of_numbers_is_a_score_and_no_setting():
    columns = {**normal(30, settings=6).columns, "loss": normal(30, seed=1).columns["noise"]}
    found = made(table(columns))
    assert found["hyper"] == ["width"]
    assert line(found, "loss")["networks"] == 30


def test_accuracies_in_percent_are_no_shares_and_that_is_said():
    columns = normal(30).columns
    found = made(table({**columns, "train_accuracy": 100 * columns["train_accuracy"]}))
    assert "goes up to 100" in found["strata"][1]["problem"]


def test_too_few_networks_is_said():
    assert "Too few networks: with 10" in made(normal(10))["strata"][0]["too_few"]
    assert made(normal(60))["strata"][0]["too_few"] == ""


def test_what_counts_is_configurations_and_not_networks():
    seeds = made(normal(40, settings=8))["strata"][0]
    assert "40 are 8 configurations of 5 seeds each" in seeds["too_few"]
    assert 0.60 <= seeds["expected_width"] <= 0.77  # of 40 networks alone it would be 0.34
    assert made(normal(90, settings=30))["strata"][0]["too_few"] == ""


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


def test_what_is_the_same_in_all_networks_or_leaks_is_left_out_by_name():
    columns = normal(20).columns
    rng = np.random.default_rng(1)
    found = made(
        table(
            {
                **columns,
                "same": np.ones(20),
                "sublevel[test_loss].longest": rng.normal(size=20),
                "optimizer": np.array(["sgd"] * 20),
            }
        )
    )
    assert "same in all" in found["strata"][0]["left_out"]["same"]
    assert "uses held-out labels" in found["left_out"]["sublevel[test_loss].longest"]
    assert found["left_out"]["train_accuracy"]
    assert not any(
        one["name"] in ("same", "sublevel[test_loss].longest")
        for one in found["strata"][0]["measures"]
    )


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
    assert {one["name"]: one["tau_low"] for one in made(turned)["strata"][0]["measures"]} == {
        one["name"]: one["tau_low"] for one in made(networks)["strata"][0]["measures"]
    }


def test_a_reader_is_told_that_nothing_is_coupled_or_controlled():
    assert made(normal(30, settings=6))["notes"] == []
    without = {name: column for name, column in normal(30).columns.items() if name != "weight_norm"}
    assert len(made(table(without))["notes"]) == 2


MISTAKES = [
    (normal(1), {}, AnalysisError, "at least 3 networks with a finite gap_accuracy; there is 1"),
    (normal(2), {}, AnalysisError, "there are 2"),
    (
        table({**normal(9).columns, "gap_accuracy": np.full(9, 0.25)}),
        {},
        AnalysisError,
        "is 0.25 in all 9 networks",
    ),
    (
        table({**normal(9).columns, "gap_accuracy": np.full(9, np.nan)}),
        {},
        AnalysisError,
        "no column gap_accuracy or gap_loss",
    ),
    (normal(9), {"gap": "gap_acuracy"}, UnknownNameError, "Did you mean 'gap_accuracy'"),
    (normal(9), {"controls": ("norm",)}, UnknownNameError, "no column called 'norm'"),
    (normal(9), {"measures": ("gap_accuracy",)}, AnalysisError, "the gap itself"),
    (
        table({**normal(9).columns, "kind": np.array(["a"] * 9)}),
        {"measures": ("kind",)},
        DataError,
        "it says 'a'",
    ),
    (
        table({"gap_loss": np.arange(5.0), "same": np.ones(5)}),
        {},
        AnalysisError,
        "No measure can be judged: same",
    ),
]


@pytest.mark.parametrize(("networks", "settings", "error", "words"), MISTAKES)
def test_what_has_no_meaning_is_refused_in_words(networks, settings, error, words):
    with pytest.raises(error, match=words):
        made(networks, **settings)


def test_it_needs_neither_torch_nor_scikit_learn():
    code = (
        "import sys, landscape_app.analysis.statistics.report; sys.exit(any(name in sys.modules for"
        " name in ('torch', 'sklearn', 'phate')))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
