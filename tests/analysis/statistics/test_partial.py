"""Laws of partial τ and ρ: what only follows the controls has none left, what knows more keeps it,
and ties stay ties.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from landscape_app.analysis.statistics import kendall, partial
from landscape_app.analysis.statistics.partial import Controls, kendall_partial, partials


def tau_given(x, y, *controls):
    return partials(kendall.signs(x), kendall.signs(y), Controls(controls), kendall.whole(len(x)))[
        0
    ][0]


def rho_given(x, y, *controls):
    return partials(kendall.signs(x), kendall.signs(y), Controls(controls), kendall.whole(len(x)))[
        1
    ][0]


def tau(x, y):
    return stats.kendalltau(x, y).statistic


def correlated(n=600, seed=1, r=0.9):
    """A control, and two values that know nothing but it, normal, correlated r with it."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=n)
    return z, *(r * z + math.sqrt(1 - r * r) * rng.normal(size=n) for _ in range(2))


def test_the_norm_plus_noise_has_none_left_though_its_tau_is_high():
    z, x, y = correlated()
    assert tau(x, y) > 0.55
    assert abs(tau_given(x, y, z)) < 0.05


def test_kendalls_own_is_not_zero_there_and_is_his_formula():
    z, x, y = correlated(n=3000)
    found = kendall_partial(tau(x, y), tau(x, z), tau(y, z))
    assert found == pytest.approx(0.19, abs=0.03)
    matrix = np.linalg.inv(
        [[1, tau(x, y), tau(x, z)], [tau(x, y), 1, tau(y, z)], [tau(x, z), tau(y, z), 1]]
    )
    assert found == pytest.approx(-matrix[0, 1] / math.sqrt(matrix[0, 0] * matrix[1, 1]))
    assert kendall_partial(0.5, 1.0, 0.5) is None


def test_it_is_tau_of_the_residuals_of_ranks():
    rng = np.random.default_rng(2)
    x, y, z, u = rng.normal(size=(4, 40))
    design = np.column_stack([np.ones(40), stats.rankdata(z), stats.rankdata(u)])
    left = [
        r - design @ np.linalg.lstsq(design, r, rcond=None)[0]
        for r in (stats.rankdata(x), stats.rankdata(y))
    ]
    assert tau_given(x, y, z, u) == pytest.approx(tau(*left), abs=1e-12)


def test_on_a_resample_it_is_that_of_the_networks_written_out():
    rng = np.random.default_rng(3)
    x, y, z = rng.normal(size=(3, 25))
    words = np.array(["a", "b", "c", "d", "e"] * 5)
    times = rng.multinomial(25, np.full(25, 0.04)).astype(float)
    index = np.repeat(np.arange(25), times.astype(int))
    taus, rhos = partials(kendall.signs(x), kendall.signs(y), Controls([z, words]), times[None])
    assert taus[0] == pytest.approx(
        tau_given(x[index], y[index], z[index], words[index]), abs=1e-12
    )
    assert rhos[0] == pytest.approx(rho_given(x[index], y[index], z[index], words[index]), abs=1e-8)


def test_partial_rho_of_one_control_has_its_closed_form():
    """(ρ_xy − ρ_xz·ρ_yz) / √((1 − ρ_xz²)(1 − ρ_yz²)), ties included: it is of ranks."""
    rng = np.random.default_rng(5)
    x, y, z = rng.integers(0, 12, size=(3, 80)).astype(float)
    y = y + x
    xy, xz, yz = (stats.spearmanr(a, b).statistic for a, b in ((x, y), (x, z), (y, z)))
    assert rho_given(x, y, z) == pytest.approx(
        (xy - xz * yz) / math.sqrt((1 - xz**2) * (1 - yz**2)), abs=1e-8
    )


def test_a_control_of_words_takes_every_difference_between_them():
    rng = np.random.default_rng(4)
    kind = np.array(["good", "poor", "plain"] * 40)
    level = np.select([kind == "poor", kind == "plain"], [9.0, 5.0], 0.0)
    x, y = level + rng.normal(size=120), level + rng.normal(size=120)
    assert tau(x, y) > 0.5
    assert abs(tau_given(x, y, kind)) < 0.15


def test_what_the_controls_rank_alike_has_nothing_left_rather_than_noise():
    z, _, y = correlated(n=50)
    assert np.isnan(tau_given(np.exp(z), y, z))
    assert np.isnan(rho_given(np.exp(z), y, z))
    assert np.isnan(tau_given(z, y, z, z + 0.0))


def test_controls_that_leave_no_freedom_leave_nothing():
    x, y, z, u = np.random.default_rng(8).normal(size=(4, 4))
    assert np.isnan(tau_given(x, y, z, u))
    assert np.isfinite(tau_given(x, y, z))


def test_a_control_that_never_varies_changes_nothing_and_rows_in_any_order_are_the_same():
    z, x, y = correlated(n=60)
    assert tau_given(x, y, z, np.full(60, 0.1)) == tau_given(x, y, z)
    order = np.random.default_rng(6).permutation(60)
    assert tau_given(x[order], y[order], z[order]) == pytest.approx(tau_given(x, y, z), abs=1e-12)


def test_sorting_and_looking_at_all_pairs_are_the_same_number(monkeypatch):
    rng = np.random.default_rng(9)
    x, y = rng.integers(0, 9, size=(2, 30, 40)).astype(float)
    times = rng.integers(0, 4, size=(30, 40)).astype(float)
    x[3], y[4] = 1.0, 1.0
    sorted_taus = partial._of_sorted(x, y, times)
    assert np.isnan(sorted_taus).tolist() == [row in (3, 4) for row in range(30)]
    for pairs in (1, 1e5):  # one resample at a time, and all of them
        monkeypatch.setattr(partial, "PAIRS", pairs)
        np.testing.assert_allclose(partial._of_pairs(x, y, times), sorted_taus, atol=1e-12)
