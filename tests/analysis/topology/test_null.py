"""Laws of the null model: under it p is uniform, smooth losses stand out, and the same stream gives the same p."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.analysis.topology.graph import grid
from landscape_app.analysis.topology.null import Null, permuted, permuted_each
from landscape_app.analysis.topology.sublevel import persistence
from landscape_app.analysis.topology.summaries import total_persistence
from landscape_app.errors import AnalysisError
from landscape_app.seeds import numpy_stream
from tests.analysis.topology.test_sublevel import graphs


@settings(max_examples=60)
@given(case=graphs() | graphs(elements=st.integers(0, 3).map(float)))
def test_every_world_has_the_total_persistence_of_its_bars(case):
    edges, values = case
    found = permuted(edges, values, rng=numpy_stream(0, "deal"), repeats=4)
    rng, scale = numpy_stream(0, "deal"), 1 + np.abs(values).sum()
    for total, dealt in zip(
        [found.observed, *found.samples], [values, *(values[rng.permutation(len(values))] for _ in range(4))], strict=True
    ):
        assert total == pytest.approx(total_persistence(persistence(edges, dealt).diagram), abs=1e-12 * scale)


def test_functions_in_one_order_are_dealt_out_alike_and_every_one_has_its_own_unit():
    loss = np.exp(numpy_stream(3, "losses").normal(size=64))
    edges = grid(8, 8)
    together = permuted_each(edges, {"loss": loss, "twice": 2 * loss, "log": np.log(loss)}, rng=numpy_stream(4, "deal"), repeats=9)
    assert together["twice"].samples == pytest.approx(2 * together["loss"].samples)
    for name, values in (("loss", loss), ("log", np.log(loss))):
        alone = permuted(edges, values, rng=numpy_stream(4, "deal"), repeats=9)
        assert np.array_equal(together[name].samples, alone.samples)
    assert permuted_each(edges, {}, rng=numpy_stream(4, "deal")) == {}


def test_losses_that_are_not_finite_are_refused():
    with pytest.raises(AnalysisError, match="1 of 9 values are not finite"):
        permuted(grid(3, 3), np.append(np.arange(8.0), np.nan), rng=numpy_stream(0, "deal"))


def test_losses_dealt_out_at_random_are_as_significant_as_chance():
    edges = grid(6, 6)
    found = [permuted(edges, numpy_stream(1, i).normal(size=36), rng=numpy_stream(2, i), repeats=19) for i in range(120)]
    for p in ([null.p_low for null in found], [null.p_high for null in found]):
        for level in (0.25, 0.5, 0.75):
            assert abs(np.mean(np.array(p) <= level + 1e-9) - level) < 3.5 * np.sqrt(level * (1 - level) / 120)


def test_a_smooth_loss_has_less_persistence_than_its_permutations():
    x, y = np.meshgrid(np.linspace(-1, 1, 12), np.linspace(-1, 1, 12))
    found = permuted(grid(12, 12), (x**2 + 2 * y**2 + 0.1 * np.cos(9 * x)).reshape(-1), rng=numpy_stream(0, "null"), repeats=99)
    assert (found.p_low, found.p_high) == (0.01, 1.0)
    again = permuted(grid(12, 12), (x**2 + 2 * y**2 + 0.1 * np.cos(9 * x)).reshape(-1), rng=numpy_stream(0, "null"), repeats=99)
    assert np.array_equal(found.samples, again.samples)


def test_p_counts_the_observed_itself_so_that_it_is_never_zero():
    null = Null(2.0, np.array([1.0, 2.0, 3.0]))
    assert (null.p_low, null.p_high) == (0.75, 0.75)
    assert Null(0.0, np.array([1.0] * 9)).p_low == 0.1
