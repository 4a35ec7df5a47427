"""Laws of the graphs on snapshots: simple, connected, nearest means nearest, and a distance of 0 is
a distance.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csgraph

from landscape_app.analysis.topology.graph import (
    Graph,
    checked,
    grid,
    minimum_spanning_tree,
    nearest_neighbour_graph,
    neighbours,
)
from landscape_app.errors import AnalysisError
from tests.analysis.topology.references import distances

# Few different coordinates: many ties and many copies.
clouds = st.integers(3, 14).flatmap(
    lambda n: arrays(np.float64, (n, 2), elements=st.integers(0, 3).map(float))
)


def test_the_nearest_neighbour_of_a_duplicated_point_is_its_copy():
    points = np.random.default_rng(0).normal(size=(30, 3))
    matrix = distances(np.concatenate([points, points]))
    pairs = neighbours(matrix, 1)
    assert {tuple(pair) for pair in pairs} == {(i, (i + 30) % 60) for i in range(60)}


def test_neighbours_are_the_nearest_not_the_farthest():
    matrix = distances(np.random.default_rng(1).normal(size=(40, 2)))
    for k in (1, 5, 39):
        expected = {
            (i, int(j))
            for i in range(40)
            for j in np.argsort(matrix[i] + np.where(np.arange(40) == i, np.inf, 0))[:k]
        }
        assert {tuple(pair) for pair in neighbours(matrix, k)} == expected


@settings(max_examples=60, deadline=None)
@given(points=clouds, data=st.data())
def test_the_graph_is_simple_connected_and_holds_every_nearest_neighbour(points, data):
    matrix = distances(points)
    k = data.draw(st.integers(1, len(points) - 1))
    graph = nearest_neighbour_graph(matrix, k)
    i, j = graph.edges.T
    assert (i < j).all()
    assert len(np.unique(graph.edges, axis=0)) == len(graph.edges)
    assert graph.components().max() == 0
    assert np.array_equal(graph.lengths, matrix[i, j])
    there = {tuple(edge) for edge in graph.edges}
    assert all((min(pair), max(pair)) in there for pair in neighbours(matrix, k).tolist())


@settings(max_examples=40, deadline=None)
@given(points=clouds, data=st.data())
def test_neighbours_do_not_depend_on_the_order_of_the_rows(points, data):
    order = np.array(data.draw(st.permutations(range(len(points)))))
    k = data.draw(st.integers(1, len(points) - 1))
    pairs = neighbours(distances(points), k)
    moved = order[neighbours(distances(points[order]), k)]
    assert {tuple(pair) for pair in pairs} == {tuple(pair) for pair in moved}


@settings(max_examples=40, deadline=None)
@given(points=clouds)
def test_the_spanning_tree_is_one_and_none_is_lighter(points):
    matrix = distances(points)
    edges, weights = minimum_spanning_tree(matrix)
    assert edges.shape == (len(points) - 1, 2)
    assert (edges[:, 0] < edges[:, 1]).all()
    assert Graph(len(points), edges, weights).components().max() == 0
    assert np.array_equal(weights, matrix[edges[:, 0], edges[:, 1]])
    assert (np.diff(weights) >= 0).all()
    # scipy drops zeros: it is given the distances plus one, which has the same trees, n − 1 heavier
    lightest = csgraph.minimum_spanning_tree(matrix + 1 - np.eye(len(points))).sum() - (
        len(points) - 1
    )
    assert weights.sum() == pytest.approx(lightest, abs=1e-9)


def test_an_edge_of_length_zero_is_an_edge():
    graph = nearest_neighbour_graph(distances(np.zeros((4, 2))), 1)
    assert graph.adjacency().sum() == 2 * len(graph.edges)
    assert graph.components().max() == 0


def test_components_are_counted():
    graph = Graph(5, np.array([[0, 1], [2, 4]]), np.ones(2))
    assert graph.components().tolist() == [0, 0, 1, 2, 1]


def test_a_grid_joins_axis_neighbours_once():
    edges = grid(3, 4)
    assert len(np.unique(np.sort(edges, axis=1), axis=0)) == len(edges) == 2 * 4 + 3 * 3
    place = np.array(np.unravel_index(edges, (3, 4)))
    assert (np.abs(place[:, :, 0] - place[:, :, 1]).sum(axis=0) == 1).all()


def test_fewer_snapshots_than_neighbours_are_refused_with_a_remedy():
    for k in (0, 3, 20):
        with pytest.raises(AnalysisError, match="Lower graph_k"):
            nearest_neighbour_graph(distances(np.eye(3)), k)


@pytest.mark.parametrize(
    ("matrix", "why"),
    [
        (np.zeros((2, 3)), "square"),
        (np.zeros((0, 0)), "at least one row"),
        (np.array([[0.0, 1.0], [2.0, 0.0]]), "not symmetric"),
        (np.array([[0.0, -1.0], [-1.0, 0.0]]), "negative"),
        (np.array([[1.0, 1.0], [1.0, 0.0]]), "diagonal"),
        (np.array([[0.0, np.nan], [np.nan, 0.0]]), "Row 0 .* not finite"),
        (np.array([[0.0, np.inf], [np.inf, 0.0]]), "not finite"),
    ],
)
def test_what_is_no_distance_matrix_is_refused_by_what_is_wrong_with_it(matrix, why):
    with pytest.raises(AnalysisError, match=why):
        checked(matrix)


def test_rounding_in_single_precision_is_no_fault():
    matrix = distances(np.random.default_rng(2).normal(size=(20, 3))).astype(np.float32)
    matrix[3, 4] *= 1 + 1e-6
    assert checked(matrix) is matrix
