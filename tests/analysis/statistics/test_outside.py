"""Laws of τ with the gap outside the probe: it is scipy's, it decides only where every network has
that gap, and where it does not the report says why.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from landscape_app.records.study_report import OUTSIDE, TAU, JudgedMeasure
from tests.analysis.statistics.networks import line, made, normal, table

GAP = "gap_accuracy[outside]"


def outside(missing: int = 0):
    """A study whose gap outside the probe follows what `noise` measures; the first `missing`
    networks have none.
    """
    columns = dict(normal(40).columns)
    rng = np.random.default_rng(1)
    gap = columns["noise"] + 0.3 * rng.normal(size=40)
    gap[:missing] = np.nan
    return table({**columns, GAP: gap})


def test_where_every_network_has_one_it_decides_and_is_scipys():
    networks = outside()
    found = made(networks)
    stratum, noise = found["strata"][0], line(found, "noise")
    tau = stats.kendalltau(networks.columns["noise"], networks.columns[GAP]).statistic
    assert noise["outside"] == pytest.approx(tau, abs=1e-12)
    assert noise["outside_low"] < tau < noise["outside_high"]
    assert (stratum["decides"], stratum["outside_note"]) == (OUTSIDE, "")
    first = stratum["measures"][0]
    assert first["name"] == "noise"
    assert abs(first["tau"]) < abs(line(found, "follower")["tau"]), "a case that tells nothing"
    decided = JudgedMeasure.model_validate(noise).decided(OUTSIDE)
    assert decided == (noise["outside"], noise["outside_low"], noise["outside_high"])


@pytest.mark.parametrize(("missing", "words"), [(1, "Only 39 of 40 networks"), (40, "There is no")])
def test_where_some_have_none_it_is_said_and_does_not_decide(missing, words):
    found = made(outside(missing))
    stratum = found["strata"][0]
    assert stratum["decides"] == TAU
    assert stratum["outside_note"].startswith(words)
    assert (line(found, "noise")["outside"] is None) == (missing == 40)
    assert stratum["measures"][0]["name"] == made(normal(40))["strata"][0]["measures"][0]["name"]


def test_a_table_that_knows_nothing_of_a_probe_says_nothing_of_it():
    found = made(normal(40))
    assert all(stratum["outside_note"] == "" for stratum in found["strata"])
    assert {measure["outside"] for measure in found["strata"][0]["measures"]} == {None}


def test_the_gap_outside_the_probe_is_no_measure():
    found = made(outside())
    assert GAP not in {measure["name"] for measure in found["strata"][0]["measures"]}
    assert GAP not in found["left_out"]
