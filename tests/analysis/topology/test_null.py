"""Laws of the null model: under it p is uniform, smooth losses stand out, and the same stream gives the same p."""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.topology.graph import grid
from landscape_app.analysis.topology.null import Null, permuted
from landscape_app.seeds import numpy_stream


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
