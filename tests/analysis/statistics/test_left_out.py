"""Which networks and columns count in a report, and that it names the others."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from landscape_app.analysis.statistics.csv_table import from_csv, to_csv
from landscape_app.errors import AnalysisError, DataError, UnknownNameError
from tests.analysis.statistics.networks import line, made, normal, table


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
        measure["name"] in ("same", "sublevel[test_loss].longest")
        for measure in found["strata"][0]["measures"]
    )


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
