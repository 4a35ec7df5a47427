"""Laws of the record of snapshots: columns and matrices can never be out of line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landscape_app.records.snapshots import COLUMNS, Matrix, Snapshots


def cloud(n: int, width: int = 7) -> Snapshots:
    columns = {name: np.arange(n).astype(kind) for name, (kind, _) in COLUMNS.items()}
    return Snapshots(
        "run",
        columns,
        Matrix.of(np.arange(n * width, dtype=np.float32).reshape(n, width)),
        losses=Matrix.of(np.ones((n, 3))),
    )


def test_a_column_of_another_length_is_refused():
    good = cloud(5)
    for name in COLUMNS:
        with pytest.raises(ValueError, match=name):
            Snapshots("run", {**good.columns, name: np.zeros(4)}, good.delta)
    with pytest.raises(ValueError, match="losses"):
        Snapshots("run", good.columns, good.delta, losses=Matrix.of(np.ones((4, 2))))


def test_a_missing_column_is_refused():
    good = cloud(5)
    with pytest.raises(ValueError, match="test_loss"):
        Snapshots("run", {k: v for k, v in good.columns.items() if k != "test_loss"}, good.delta)


@given(mask=arrays(bool, 9))
def test_selecting_rows_selects_all_of_them(mask):
    whole = cloud(9)
    part = whole.select(mask)
    for name in COLUMNS:
        assert np.array_equal(part.column(name), whole.column(name)[mask])
    assert np.array_equal(part.delta.whole(), whole.delta.whole()[mask])
    assert np.array_equal(part.losses.whole(), whole.losses.whole()[mask])


@given(width=st.integers(1, 40), block=st.integers(1, 50))
def test_blocks_are_the_whole_matrix_once(width, block):
    matrix = cloud(4, width).delta
    assert np.array_equal(np.concatenate(list(matrix.blocks(block)), axis=1), matrix.whole())
