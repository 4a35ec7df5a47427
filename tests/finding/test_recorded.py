"""Laws of the numbers that a finding is made of: they are those of the run's anchor."""

from __future__ import annotations

import math

import numpy as np
import pytest

from landscape_app.finding.figures import Number
from landscape_app.finding.recorded import network_numbers

COLUMNS = {
    "trajectory": np.array([-1, 0, 0]),
    "train_loss": np.array([0.1, 5.0, 1.0]),
    "test_loss": np.array([0.4, 6.0, 2.0]),
    "train_accuracy": np.array([1.0, 0.2, 0.9]),
    "test_accuracy": np.array([0.9, 0.1, 0.8]),
}
FACTS = {"test_rows": 400, "train_loss_error": 0.01, "test_loss_error": 0.03}
LINES = [{"name": "weight_norm", "value": 3.0, "error": None}, {"name": "old", "value": None}]


def test_scores_are_the_anchors_with_their_errors_and_measures_the_stored_ones() -> None:
    numbers = network_numbers("net", COLUMNS, FACTS, LINES)
    assert numbers.train_loss == Number(0.1, 0.01)
    assert numbers.test_loss == Number(0.4, 0.03)
    assert numbers.test_accuracy == Number(0.9, pytest.approx(math.sqrt(0.9 * 0.1 / 400)))
    assert numbers.interpolates is True
    assert numbers.number("weight_norm") == Number(3.0)
    assert not numbers.number("old").known
    assert not numbers.number("nothing").known
    assert numbers.data == ""
    assert network_numbers("net", COLUMNS, FACTS | {"probe_hash": "ab"}, []).data == "ab"


def test_entries_of_several_labels_are_no_rows_so_their_share_has_no_error() -> None:
    rule = {"accuracy": {"name": "label_accuracy", "test_rows": 400}}
    assert network_numbers("net", COLUMNS, FACTS | rule, []).test_accuracy == Number(0.9)


def test_a_regression_neither_fits_labels_nor_fails_to() -> None:
    columns = COLUMNS | {"train_accuracy": np.full(3, np.nan), "test_accuracy": np.full(3, np.nan)}
    numbers = network_numbers("net", columns, FACTS, [])
    assert numbers.interpolates is None
    assert not numbers.test_accuracy.known


def test_without_the_anchor_nothing_is_known() -> None:
    columns = {name: column[1:] for name, column in COLUMNS.items()}
    assert not network_numbers("net", columns, FACTS, LINES).test_loss.known
