"""Laws of measures from linear samples: a bowl rises by its mean square and has one basin, two
wells have a bar, and nothing is replaced.
"""

from __future__ import annotations

import numpy as np
import pytest

from landscape_app.analysis.statistics.linear import SUMMARISED, TRAIN, persistence, rise


def test_a_bowl_rises_by_its_mean_over_the_other_points():
    at = np.linspace(-1, 1, 5)
    line = 2.0 + at**2
    assert rise(line[None]) == pytest.approx((1 + 0.25 + 0.25 + 1) / 4)
    plane = 2.0 + at[:, None] ** 2 + at[None] ** 2
    assert rise(plane) == pytest.approx(np.delete(plane.reshape(-1) - 2.0, 12).mean())


def test_points_that_are_not_finite_are_left_out_and_a_broken_anchor_has_no_rise():
    line = np.array([[np.nan, 3.0, 1.0, 3.0, np.inf]])
    assert rise(line) == 2.0
    assert rise(np.array([[1.0, np.nan, 1.0]])) is None
    assert rise(np.array([[np.nan, 1.0, np.inf]])) is None


def test_two_wells_have_one_bar_as_high_as_the_saddle_between_them():
    x, y = np.meshgrid(np.linspace(-1, 1, 41), np.linspace(-1, 1, 41), indexing="ij")
    found = persistence((x**2 - 0.49) ** 2 + 0.3 * y**2 + 0.05 * x + 1.0)
    assert found["train_loss].bars"] == 1
    # the saddle at x = 0, the right well
    assert found["train_loss].longest"] == pytest.approx(1.24010 - (1.0 + 0.05 * 0.7), abs=1e-3)
    assert set(found) == {
        f"{filtration}].{summary}" for filtration in TRAIN for summary in SUMMARISED
    }
    assert found["train_loss].smad"] == pytest.approx(0.24015625, abs=1e-9)
    assert persistence(x**2 + y**2 + 1.0)["train_loss].bars"] == 0


def test_no_filtration_of_test_losses_is_among_them():
    assert "test_loss" not in TRAIN
    assert "train_loss" in TRAIN


def test_losses_below_zero_have_no_summary_of_their_logarithm():
    found = persistence(-5.0 + np.linspace(0, 1, 9).reshape(3, 3))
    assert {found[f"log_train_loss].{name}"] for name in SUMMARISED} == {None}
    assert found["train_loss].bars"] == 0
