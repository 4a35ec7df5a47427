"""Laws of the coefficients: they are scipy's, on a table and on every resample of it; false
discoveries by the textbook's example.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from landscape_app.analysis.statistics import kendall

# Benjamini & Hochberg 1995, §4: the p-values of 15 hypotheses, of which the procedure at 0.05
# rejects the first four.
TEXTBOOK = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
    1.0,
]

pairs = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=12)


def both(x, y, weights):
    one, other = kendall.signs(np.asarray(x, float)), kendall.signs(np.asarray(y, float))
    return kendall.tau(one, other, weights), kendall.rho(one, other, weights)


@given(pairs, st.integers(0, 2**32 - 1))
def test_on_every_resample_they_are_scipys_on_the_networks_written_out(values, seed):
    x, y = np.array(values, dtype=float).T
    weights = (
        np.random.default_rng(seed)
        .multinomial(len(x), np.full(len(x), 1 / len(x)), size=4)
        .astype(float)
    )
    taus, rhos = both(x, y, np.vstack([kendall.whole(len(x)), weights]))
    for tau, rho, times in zip(taus, rhos, [np.ones(len(x)), *weights], strict=True):
        a, b = (np.repeat(values, times.astype(int)) for values in (x, y))
        if np.ptp(a) == 0 or np.ptp(b) == 0:
            assert np.isnan(tau)
            assert np.isnan(rho)
        else:
            assert tau == pytest.approx(stats.kendalltau(a, b).statistic, abs=1e-12)
            assert rho == pytest.approx(stats.spearmanr(a, b).statistic, abs=1e-12)


def test_tau_counts_pairs_and_knows_only_the_order():
    x, y = np.random.default_rng(0).normal(size=(2, 30))
    agree = sum(
        np.sign(x[i] - x[j]) * np.sign(y[i] - y[j]) for i in range(30) for j in range(i)
    ) / (30 * 29 / 2)
    assert both(x, y, kendall.whole(30))[0][0] == pytest.approx(agree, abs=1e-12)
    assert np.concatenate(both(np.exp(x), y**3, kendall.whole(30))) == pytest.approx(
        np.concatenate(both(x, y, kendall.whole(30)))
    )
    assert both(-x, y, kendall.whole(30))[0][0] == pytest.approx(-agree, abs=1e-12)


def test_p_is_exact_for_few_units_and_undefined_for_a_constant():
    # two of the 4! orders are as extreme
    assert kendall.p_value(np.arange(4.0), np.arange(4.0)) == pytest.approx(2 / 24)
    assert kendall.p_value(np.arange(2.0), np.arange(2.0)) is None
    assert kendall.p_value(np.ones(5), np.arange(5.0)) is None


def test_false_discoveries_of_the_textbook():
    q = kendall.q_values(TEXTBOOK)
    assert sum(value <= 0.05 for value in q) == 4
    assert q[3] == pytest.approx(0.0095 * 15 / 4)
    assert q[0] == pytest.approx(0.0001 * 15)
    assert q == sorted(q)


def test_a_measure_without_a_p_is_no_member_of_the_family():
    order = [3, 0, 2, 1]
    shuffled = [TEXTBOOK[i] for i in order]
    q = kendall.q_values([None, *shuffled, None])
    assert q[0] is None
    assert q[-1] is None
    assert q[1:-1] == [kendall.q_values(TEXTBOOK[:4])[i] for i in order]
    assert kendall.q_values([None]) == [None]
