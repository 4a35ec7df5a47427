"""The values at which snapshots enter a sublevel filtration: one function per entry of the table
FILTRATIONS.

Each takes the columns of the snapshots and returns (n,) float64. A value that is not finite stays
what it is: the caller leaves those snapshots out by name (`sublevel.persistence_of_finite`), and
`left_out` says in words how many and why.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

Columns = Mapping[str, np.ndarray]

FEWEST = 2  # snapshots between which there is a graph
NO_LOGARITHM = "the logarithm of a loss of 0 or less does not exist"


def train_loss(columns: Columns) -> np.ndarray:
    """Mean loss on the train set, as recorded; bars are differences of loss."""
    return np.asarray(columns["train_loss"], dtype=np.float64)


def log_train_loss(columns: Columns) -> np.ndarray:
    """Decimal logarithm of the train loss: a bar of length 1 is a loss ten times as high. A loss of
    0 becomes −inf, a lower one NaN.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log10(train_loss(columns)))


def rank_train_loss(columns: Columns) -> np.ndarray:
    """Rank of the train loss among the finite ones, from 0 (lowest) to 1; equal losses share their
    mean rank.

    The same for any increasing function of the loss. Losses that are not finite become NaN.
    """
    from scipy.stats import rankdata  # half a second that the web process need not spend

    loss = train_loss(columns)
    finite = np.isfinite(loss)
    ranks = np.full(len(loss), np.nan)
    ranks[finite] = (rankdata(loss[finite]) - 1) / max(int(finite.sum()) - 1, 1)
    return ranks


def test_loss(columns: Columns) -> np.ndarray:
    """Mean loss on the test set. Leaks what it predicts: it uses the test labels, so never relate
    its bars to the gap.
    """
    return np.asarray(columns["test_loss"], dtype=np.float64)


test_loss.__test__ = False  # type: ignore[attr-defined]  # not a test, whatever pytest thinks of its name


def left_out(values: np.ndarray, *, loss: np.ndarray | None = None) -> str:
    """Why some of the `values` (n,) of a filtration are not finite, and how many, in words; empty
    where all are finite.

    loss (n,): what a logarithm was taken of; None: the values are no logarithms.
    """
    missing = ~np.isfinite(values)
    low = (
        np.zeros(len(values), dtype=bool)
        if loss is None
        else missing & np.isfinite(loss) & (loss <= 0)
    )
    reasons = (
        (NO_LOGARITHM, int(low.sum())),
        ("the loss is not finite", int((missing & ~low).sum())),
    )
    told = [
        f"{why}: {count} of {len(values)} snapshots are left out" for why, count in reasons if count
    ]
    alone = 0 < len(values) - int(missing.sum()) < FEWEST
    return "; ".join([*told, "one snapshot alone has no bars"] if alone else told)
