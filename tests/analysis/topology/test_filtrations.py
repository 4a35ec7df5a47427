"""Laws of every filtration in the table: one value a snapshot, nothing altered, the same merge
order for every function of the loss.
"""

from __future__ import annotations

import numpy as np
import pytest

from landscape_app.analysis.topology.filtrations import NO_LOGARITHM, left_out
from landscape_app.analysis.topology.graph import grid
from landscape_app.analysis.topology.sublevel import persistence
from landscape_app.registries import FILTRATIONS

LOSS = np.random.default_rng(0).lognormal(size=30)


def values(name: str, loss: np.ndarray = LOSS) -> np.ndarray:
    return FILTRATIONS[name].load()({"train_loss": loss, "test_loss": loss})


@pytest.mark.parametrize("name", FILTRATIONS)
def test_every_filtration_keeps_the_order_of_the_loss_and_so_where_bars_are(name):
    found = values(name)
    assert found.dtype == np.float64
    assert np.array_equal(np.argsort(found), np.argsort(LOSS))
    one, other = (persistence(grid(5, 6), v).diagram for v in (LOSS, found))
    assert {tuple(p) for p in one.death_pair.tolist()} == {
        tuple(p) for p in other.death_pair.tolist()
    }


@pytest.mark.parametrize("name", FILTRATIONS)
def test_losses_that_are_not_finite_stay_so_and_no_other_changes(name):
    odd = LOSS.copy()
    odd[[3, 4, 5]] = np.nan, np.inf, -np.inf
    before = odd.copy()
    found = values(name, odd)
    assert np.array_equal(np.isfinite(found), np.isfinite(odd))
    assert np.array_equal(odd, before, equal_nan=True)
    rest = np.isfinite(odd)
    assert np.array_equal(found[rest], values(name, odd[rest]))


def test_a_bar_of_the_logarithm_is_a_ratio():
    assert values("log_train_loss", np.array([0.01, 0.1, 10.0])) == pytest.approx([-2, -1, 1])
    assert values("log_train_loss", np.array([0.0]))[0] == -np.inf


def test_ranks_go_from_0_to_1_and_equal_losses_share_theirs():
    assert values("rank_train_loss", np.array([5.0, 1.0, 3.0])) == pytest.approx([1, 0, 0.5])
    assert values("rank_train_loss", np.array([2.0, 1.0, 2.0, 7.0])) == pytest.approx(
        [0.5, 0, 0.5, 1]
    )
    assert values("rank_train_loss", np.array([2.0])) == pytest.approx([0])


def test_the_test_loss_says_that_it_uses_test_labels():
    assert "uses the test labels" in FILTRATIONS["test_loss"].help.lower()


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        ([1.0, 2.0, 3.0], ""),
        ([1.0, 0.0, 3.0, -2.0], f"{NO_LOGARITHM}: 2 of 4 snapshots are left out"),
        ([-1.0, -2.0], f"{NO_LOGARITHM}: 2 of 2 snapshots are left out"),
        (
            [-1.0, 2.0],
            f"{NO_LOGARITHM}: 1 of 2 snapshots are left out; one snapshot alone has no bars",
        ),
        (
            [1.0, 2.0, np.nan, 0.0],
            (
                f"{NO_LOGARITHM}: 1 of 4 snapshots are left out; the loss is not finite: 1 of 4"
                " snapshots are left out"
            ),
        ),
    ],
)
def test_what_has_no_logarithm_is_counted_and_said(loss, said):
    assert left_out(values("log_train_loss", np.array(loss)), loss=np.array(loss)) == said
    assert left_out(values("rank_train_loss", np.array([-1.0, 0.0]))) == ""
