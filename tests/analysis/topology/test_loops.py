"""Laws of drawn loops: a loop is a closed way over edges as old as its bar, no shorter one exists,
and nothing fills it before it dies.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse.csgraph import dijkstra

from landscape_app.analysis.topology.rips import persistence
from tests.analysis.topology.references import circle, distances, loops


def sides(loop: np.ndarray) -> list[tuple[int, int]]:
    """The edges of a loop, the closing one last, each as (smaller, larger)."""
    return [
        (min(i, j), max(i, j))
        for i, j in zip(loop.tolist(), np.roll(loop, -1).tolist(), strict=True)
    ]


def test_the_loop_of_a_circle_goes_round_it_once():
    points = circle(30, noise=0.03)
    found = persistence(distances(points), quantile=1.0)
    x, y = points[loops(found)[0]].T
    turns = np.angle((np.roll(x, -1) + 1j * np.roll(y, -1)) / (x + 1j * y)).sum() / (2 * np.pi)
    assert abs(turns) == pytest.approx(1, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    points=arrays(np.float64, (13, 2), elements=st.integers(0, 6).map(float)),
    noise=st.sampled_from([0.0, 0.01]),
)
def test_a_loop_is_simple_closed_by_its_birth_edge_and_nothing_in_it_is_longer(points, noise):
    matrix = distances(points + noise * np.random.default_rng(0).normal(size=points.shape))
    found = persistence(matrix, quantile=1.0)
    assert len(loops(found)) == len(found.h1)
    for bar, loop in enumerate(loops(found)):
        assert len(np.unique(loop)) == len(loop) >= 4
        assert sides(loop)[-1] == tuple(np.sort(found.h1.birth_pair[bar]))
        assert max(matrix[i, j] for i, j in sides(loop)) == found.h1.birth[bar]


def test_no_shorter_way_closes_the_loop():
    matrix = distances(np.random.default_rng(5).normal(size=(80, 3)))
    found = persistence(matrix, quantile=1.0)
    assert len(found.h1) > 15
    for bar, loop in enumerate(loops(found)):
        i, j = found.h1.birth_pair[bar]
        before = np.where(matrix < found.h1.birth[bar], matrix, 0)  # for scipy 0 is no edge
        way = sum(matrix[a, b] for a, b in sides(loop)[:-1])
        assert way == pytest.approx(dijkstra(before, indices=i)[j], abs=1e-12)


def test_nothing_fills_a_loop_before_its_bar_dies():
    for seed in range(6):
        matrix = distances(np.random.default_rng(seed).normal(size=(16, 2)))
        found = persistence(matrix, quantile=1.0)
        assert len(found.h1) > 0
        for bar, loop in enumerate(loops(found)):
            assert not bounds(sides(loop), matrix, below=found.h1.death[bar])
        # the whole complex has no loop left
        assert bounds(sides(loops(found)[0]), matrix, below=np.inf)


def bounds(loop: list[tuple[int, int]], matrix: np.ndarray, *, below: float) -> bool:
    """Whether the loop is a sum (mod 2) of triangles whose three edges are shorter than `below`:
    Gaussian elimination.
    """
    columns = []
    for i, j, k in combinations(range(len(matrix)), 3):
        edges = {(i, j), (i, k), (j, k)}
        if max(matrix[edge] for edge in edges) < below:
            columns.append(edges)
    pivots: dict[tuple[int, int], set[tuple[int, int]]] = {}
    for column in columns:
        rest = reduced(column, pivots)
        if rest:
            pivots[max(rest)] = rest
    return not reduced(set(loop), pivots)


def reduced(
    column: set[tuple[int, int]], pivots: dict[tuple[int, int], set[tuple[int, int]]]
) -> set[tuple[int, int]]:
    rest = set(column)
    while rest and max(rest) in pivots:
        rest ^= pivots[max(rest)]
    return rest
