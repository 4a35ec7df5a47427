"""Laws of a loss against its own changes in another order: what is kept, that p is exact for a
walk, and that a landscape is found.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.analysis.topology import smoothness
from landscape_app.analysis.topology.filtrations import rank_train_loss
from landscape_app.analysis.topology.graph import nearest_neighbour_graph
from landscape_app.analysis.topology.paths import between, reached_from
from landscape_app.analysis.topology.reordering import orders, ranked_of, reordered
from landscape_app.analysis.topology.sublevel import persistence
from landscape_app.analysis.topology.summaries import total_persistence
from landscape_app.analysis.topology.totals import Totals
from landscape_app.errors import AnalysisError
from landscape_app.seeds import numpy_stream
from tests.analysis.topology.references import distances
from tests.analysis.topology.test_sublevel import graphs

TRIANGLE = np.array([[0, 1], [1, 2], [0, 2], [2, 3]])


def ranks(series: np.ndarray) -> np.ndarray:
    return rank_train_loss({"train_loss": series})


def cloud(
    trajectories: int = 12, epochs: int = 30, *, seed: int = 0, k: int = 12
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(points (n, 2), steps, edges) of an anchor and curves that cross each other in a plane."""
    rng = numpy_stream(seed, "curves")
    points, steps = [np.zeros(2)], []
    for _ in range(trajectories):
        at, heading = rng.normal(size=2), rng.uniform(0, 2 * np.pi)
        for epoch in range(epochs + 1):
            steps += [(len(points) - 1, len(points))] if epoch else []
            points.append(at)
            heading += 0.4 * rng.normal()
            at = at + 0.15 * np.array([np.cos(heading), np.sin(heading)])
    return (
        np.array(points),
        np.array(steps),
        nearest_neighbour_graph(distances(np.array(points)), k).edges,
    )


def walked(steps: np.ndarray, n: int, seed: int) -> np.ndarray:
    """A loss that walks at random along each trajectory, and does not know where it is."""
    rng = numpy_stream(seed, "walk")
    paths = between(reached_from(steps, n))
    return paths.walked(rng.normal(size=n), rng.standard_t(3, size=len(paths.child)))


@settings(max_examples=60)
@given(case=graphs() | graphs(elements=st.integers(0, 3).map(float)))
def test_a_total_is_that_of_the_bars(case):
    edges, values = case
    expected = total_persistence(persistence(edges, values).diagram)
    assert Totals(edges, len(values)).of(values) == pytest.approx(
        expected, abs=1e-12 * (1 + np.abs(values).sum())
    )


def test_a_null_draw_keeps_the_jump_and_the_changes_of_every_path():
    _, steps, _ = cloud(3, 6)
    loss, paths = walked(steps, 22, 0), between(reached_from(steps, 22))
    surrogate = paths.walked(
        loss, paths.in_another_order(paths.moves(loss), numpy_stream(1, "order"))
    )
    for first in (1, 8, 15):
        one, other = loss[first : first + 7], surrogate[first : first + 7]
        assert (one[0], one[-1]) == (other[0], pytest.approx(other[-1]))
        assert np.sort(np.diff(other)) == pytest.approx(np.sort(np.diff(one)))
        assert not np.allclose(one, other)
    assert surrogate[0] == loss[0]  # the anchor is on no path


def test_every_order_is_drawn_alike_often():
    steps, series = np.array([[0, 1], [1, 2], [2, 3]]), np.array([3.0, 2.0, 0.0, 4.0])
    paths, rng = between(reached_from(steps, 4)), numpy_stream(0, "orders")
    drawn = [tuple(paths.in_another_order(paths.moves(series), rng)) for _ in range(3000)]
    counts = [drawn.count(order) for order in permutations((-1.0, -2.0, 4.0))]
    assert sum(counts) == 3000
    assert max(abs(count - 500) for count in counts) < 4.5 * np.sqrt(3000 * 5 / 36)


def test_whatever_the_order_that_was_seen_the_null_draws_are_the_same():
    """Exchangeability: over all orders of the changes, the observed total is each of the null
    draws' totals equally often.
    """
    steps, changes = np.array([[0, 1], [1, 2], [2, 3]]), (-1.0, -2.0, 4.0)
    edges = np.array([[0, 2], [1, 3], [2, 3]])
    seen, draws = [], []
    for order in permutations(changes):
        null = reordered(
            edges, steps, 3 + np.cumsum([0.0, *order]), rng=numpy_stream(0, "worlds"), repeats=400
        )
        seen.append(null.observed)
        draws.append(null.samples)
    shares = np.array(
        [[np.mean(np.isclose(found, value)) for value in np.unique(seen)] for found in draws]
    )
    expected = np.array([np.mean(np.isclose(seen, value)) for value in np.unique(seen)])
    assert len(expected) > 2
    assert np.abs(shares - expected).max() < 4.5 * 0.5 / np.sqrt(400)


def test_a_loss_that_walks_at_random_is_as_significant_as_chance():
    points, steps, edges = cloud(4, 8, k=4)
    found = [
        reordered(
            edges, steps, walked(steps, len(points), i), rng=numpy_stream(i, "null"), repeats=19
        )
        for i in range(150)
    ]
    for p in (
        [null.p for null in found],
        [null.p_low for null in found],
        [null.p_high for null in found],
    ):
        for level in (0.3, 0.5, 0.7):
            assert abs(np.mean(np.array(p) <= level + 1e-9) - level) < 3.5 * np.sqrt(
                level * (1 - level) / 150
            )


@pytest.mark.exhaustive
@pytest.mark.parametrize("ranked", [None, ranks], ids=["loss", "ranks"])
def test_the_rate_of_significant_walks_is_the_level(ranked):
    points, steps, edges = cloud(12, 40)
    p = [
        reordered(
            edges,
            steps,
            walked(steps, len(points), i),
            rng=numpy_stream(i, "null"),
            repeats=199,
            ranked=ranked,
        ).p
        for i in range(400)
    ]
    assert abs(np.mean(np.array(p) <= 0.05) - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.parametrize("scale", ["loss", "log", "ranks"])
def test_a_smooth_landscape_is_found_in_every_scale(scale):
    points, steps, edges = cloud()
    loss = 0.1 + (points**2).sum(axis=1)
    series = loss if scale == "loss" else np.log10(loss)
    null = reordered(
        edges,
        steps,
        series,
        rng=numpy_stream(0, "null"),
        ranked=ranks if scale == "ranks" else None,
    )
    assert (null.p, null.p_low) == (0.01, 0.005)
    assert len(null.samples) == 199


def test_a_loss_that_jumps_up_and_down_is_rougher_than_its_changes():
    _, steps, _ = cloud(trajectories=4, epochs=60)
    zigzag = np.where(np.arange(245) % 2, 1.0, 2.0) + 0.01 * numpy_stream(0, "noise").normal(
        size=245
    )
    null = reordered(steps, steps, zigzag, rng=numpy_stream(0, "null"))
    assert (null.p, null.p_high) == (0.01, 0.005)


@pytest.mark.parametrize("factor", [1.0, 1 / 3, 1e-7])
def test_what_no_order_changes_is_not_tested(factor):
    """One epoch, equal changes, a constant loss: rounding makes none of them smooth, or rough."""
    steps = np.array([[1, 2], [2, 3], [3, 4], [4, 5]])
    edges = np.array([[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [0, 5]])
    falling = factor * np.array([0.3, 5.1, 4.4, 3.7, 3.0, 2.3])
    for here, series in ((steps[:1], falling), (steps, falling), (steps, np.full(6, 0.1 * factor))):
        for ranked in (None, ranks):
            null = reordered(
                edges, here, series, rng=numpy_stream(0, "null"), repeats=39, ranked=ranked
            )
            assert (null.samples == null.observed).all()
            _, meta = smoothness.smoothness(
                edges,
                here,
                series,
                scale="loss",
                rng=numpy_stream(0, "null"),
                repeats=39,
                ranked=ranked,
            )
            assert (meta["side"], meta["p"], meta["note"]) == (None, 1.0, smoothness.NOTHING)


def test_ranks_do_not_part_what_rounding_does():
    rng = numpy_stream(0, "ties")
    for factor in (1.0, 1e-9, 1e6):
        series = factor * rng.integers(1, 9, 200) / 10
        rounded = series * (1 + 1e-15 * rng.normal(size=200))
        assert len(np.unique(rounded)) > len(np.unique(series))
        assert np.array_equal(ranked_of(series, ranks)(rounded), ranks(series))


def test_after_a_gap_a_path_begins_anew():
    """A snapshot that diverged is left out: the change over the gap is of two epochs, so it is not
    permuted.
    """
    steps, series = (
        np.array([[0, 1], [1, 2], [3, 4], [4, 5]]),
        np.array([9.0, 8.0, 6.0, 2.0, 1.5, 1.0]),
    )
    paths, rng = between(reached_from(steps, 6)), numpy_stream(0, "order")
    draws = np.array(
        [paths.walked(series, paths.in_another_order(paths.moves(series), rng)) for _ in range(40)]
    )
    assert set(draws[:, 2]) == {6.0}
    assert set(draws[:, 3]) == {2.0}
    assert set(draws[:, 1]) == {8.0, 7.0}


def test_the_smallest_p_counts_the_orders_that_can_be_told_apart():
    steps = np.array([[0, 1], [1, 2], [3, 4], [4, 5], [5, 6]])
    series = np.array([5.0, 4.0, 2.0, 9.0, 8.0, 7.0, 5.0])
    assert orders(steps, series) == pytest.approx(2 * 3)
    assert orders(steps[:1], series) == 1.0
    assert (
        orders(np.column_stack([np.arange(400), np.arange(1, 401)]), np.arange(401.0) ** 2)
        == np.inf
    )
    _, meta = smoothness.smoothness(
        TRIANGLE, steps[:2], series[:4], scale="loss", rng=numpy_stream(0, "n"), repeats=39
    )
    assert meta["smallest_p"] == 1.0


def test_losses_that_are_not_finite_are_refused():
    with pytest.raises(AnalysisError, match="1 of 4 values are not finite"):
        reordered(
            TRIANGLE,
            np.array([[0, 1]]),
            np.array([1.0, np.nan, 2.0, 3.0]),
            rng=numpy_stream(0, "null"),
        )


def test_without_repeats_nothing_is_tested():
    _, meta = smoothness.smoothness(
        TRIANGLE,
        np.array([[0, 1]]),
        np.arange(4.0),
        scale="loss",
        rng=numpy_stream(0, "n"),
        repeats=0,
    )
    assert (meta["note"], meta["p"], meta["p_low"], meta["p_high"], meta["side"]) == (
        "not tested",
        None,
        None,
        None,
        None,
    )


def made(side: str | None, p: float | None) -> dict:
    return {"side": side, "p": p, "note": "not tested: loss 0"}


def test_scales_that_disagree_give_no_verdict():
    same = {"loss": made("smoother", 0.01), "log": made("smoother", 0.02)}
    assert smoothness.agreed(same) == {
        "side": "smoother",
        "note": "loss: smoother (p = 0.01); log: smoother (p = 0.02)",
    }
    for other in (made("as chance", 0.3), made("rougher", 0.01)):
        found = smoothness.agreed(same | {"rank": other})
        assert found["side"] is None
        assert found["note"].startswith(
            "no verdict, as the scales disagree: loss: smoother (p = 0.01); "
        )
    untested = smoothness.agreed(same | {"rank": made(None, None)})
    assert untested["side"] == "smoother"
    assert untested["note"].endswith("rank: not tested: loss 0")
    assert smoothness.agreed({"loss": made(None, None)}) == {
        "side": None,
        "note": "not tested: loss 0",
    }
