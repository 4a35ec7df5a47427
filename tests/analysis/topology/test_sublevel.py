"""Laws of sublevel persistence: every bar agrees with gudhi, is located where it happens, and moves
no more than the loss does.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse
from scipy.sparse import csgraph

from landscape_app.analysis.topology.graph import Graph, grid, nearest_neighbour_graph
from landscape_app.analysis.topology.sublevel import Sublevel, persistence, persistence_of_finite
from landscape_app.analysis.topology.summaries import total_persistence
from landscape_app.errors import AnalysisError
from tests.analysis.topology.references import bars, bottleneck, distances, gudhi_sublevel

finite = st.floats(-1e3, 1e3, allow_subnormal=False)
FEW = settings(max_examples=60, deadline=None)


@st.composite
def graphs(draw, elements=finite, unique=False):
    """(edges, values) of a random simple graph."""
    n = draw(st.integers(1, 14))
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return np.array(edges, dtype=np.int64).reshape(-1, 2), draw(
        arrays(np.float64, n, elements=elements, unique=unique)
    )


def basin(found: Sublevel, bar: int) -> np.ndarray:
    return found.basin_rows[found.basin_offsets[bar] : found.basin_offsets[bar + 1]]


@FEW
@given(case=graphs() | graphs(elements=st.integers(0, 4).map(float)))
def test_every_bar_agrees_with_gudhi_on_random_graphs_also_with_ties(case):
    edges, values = case
    expected = gudhi_sublevel(edges, values)
    assert bars(persistence(edges, values).diagram) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("shape", [(40,), (23, 31), (9, 10, 8)])
def test_every_bar_agrees_with_gudhi_on_grids(shape):
    values = np.random.default_rng(0).normal(size=int(np.prod(shape)))
    found = persistence(grid(*shape), values).diagram
    assert len(found) > 5
    assert bars(found) == pytest.approx(gudhi_sublevel(grid(*shape), values), abs=1e-9)


def test_every_bar_agrees_with_gudhi_on_a_nearest_neighbour_graph():
    rng = np.random.default_rng(1)
    graph = nearest_neighbour_graph(distances(rng.normal(size=(300, 3))), 8)
    values = rng.normal(size=300)
    assert bars(persistence(graph.edges, values).diagram) == pytest.approx(
        gudhi_sublevel(graph.edges, values), abs=1e-9
    )


@FEW
@given(case=graphs())
def test_essential_bars_are_the_connected_components(case):
    edges, values = case
    found = persistence(edges, values)
    labels = Graph(len(values), edges, np.ones(len(edges))).components()
    essential = np.flatnonzero(np.isinf(found.diagram.death))
    assert len(essential) == labels.max() + 1
    for bar in essential:
        members = basin(found, bar)
        assert len(np.unique(labels[members])) == 1
        assert len(members) == (labels == labels[members[0]]).sum()
        assert found.diagram.birth[bar] == values[members].min()
    assert (found.diagram.death_pair[essential] == -1).all()


@FEW
@given(case=graphs(unique=True))
def test_a_bar_is_born_at_its_minimum_and_dies_where_its_basin_meets_a_deeper_one(case):
    edges, values = case
    found = persistence(edges, values)
    diagram, there = found.diagram, {frozenset(edge) for edge in edges.tolist()}
    for bar in np.flatnonzero(np.isfinite(diagram.death)):
        saddle, inside = diagram.death_pair[bar]
        minimum = diagram.birth_pair[bar, 0]
        assert frozenset((saddle, inside)) in there
        assert diagram.birth_pair[bar].tolist() == [minimum, minimum]
        assert (diagram.birth[bar], diagram.death[bar]) == (values[minimum], values[saddle])
        assert set(basin(found, bar)) == component_below(edges, values, minimum, values[saddle])
        assert inside in basin(found, bar)
        elder = found.into[bar]
        assert (
            diagram.birth[elder] < diagram.birth[bar] < diagram.death[bar] <= diagram.death[elder]
        )


def component_below(edges: np.ndarray, values: np.ndarray, start: int, level: float) -> set[int]:
    """The vertices joined to `start` within {f < level}, by definition."""
    inside = edges[(values[edges] < level).all(axis=1)]
    n = len(values)
    matrix = sparse.coo_array((np.ones(len(inside)), (inside[:, 0], inside[:, 1])), shape=(n, n))
    labels = csgraph.connected_components(matrix, directed=False)[1]
    return set(np.flatnonzero(labels == labels[start]).tolist())


def test_a_saddle_belongs_to_none_of_the_basins_that_end_at_it():
    # a star: three minima around one saddle, whose lowest neighbour is not the first that it is
    # joined to
    found = persistence(np.array([[0, 3], [1, 3], [2, 3]]), np.array([2.0, 1.0, 0.0, 5.0]))
    assert [basin(found, bar).tolist() for bar in range(3)] == [[0, 1, 2, 3], [1], [0]]
    assert found.diagram.death_pair.tolist() == [[-1, -1], [3, 1], [3, 0]]
    assert found.into.tolist() == [-1, 0, 0]


def test_the_double_well_has_its_closed_form():
    axis = np.linspace(-1, 1, 41)
    x, y = np.meshgrid(axis, axis, indexing="ij")
    values = ((x**2 - 0.49) ** 2 + 0.3 * y**2 + 0.05 * x).reshape(-1)
    found = persistence(grid(41, 41), values)
    diagram = found.diagram
    assert len(diagram) == 2
    lowest = x.reshape(-1)[diagram.birth_pair[:, 0]]
    assert lowest == pytest.approx([-0.7, 0.7], abs=1e-12)
    assert diagram.birth == pytest.approx([-0.035, 0.035], abs=1e-12)
    assert diagram.death[1] == pytest.approx(0.24015625, abs=1e-12)
    # the height of the barrier
    assert total_persistence(diagram) == pytest.approx(0.24015625 - 0.035, abs=1e-12)
    assert (x.reshape(-1)[basin(found, 1)] > 0).all()


@FEW
@given(case=graphs(), data=st.data())
def test_bars_move_no_more_than_the_values_do(case, data):
    edges, values = case
    other = values + data.draw(arrays(np.float64, len(values), elements=st.floats(-10, 10)))
    apart = bottleneck(
        bars(persistence(edges, values).diagram), bars(persistence(edges, other).diagram)
    )
    assert apart <= np.abs(values - other).max() + 1e-9


@FEW
@given(case=graphs(unique=True), data=st.data())
def test_another_order_of_the_vertices_gives_the_same_bars_in_the_same_places(case, data):
    edges, values = case
    order = np.array(data.draw(st.permutations(range(len(values)))))
    place = np.argsort(order)  # vertex v is now number place[v]
    one, other = persistence(edges, values), persistence(place[edges], values[order])
    assert np.array_equal(one.diagram.birth, other.diagram.birth)
    assert np.array_equal(one.diagram.death, other.diagram.death)
    for bar in range(len(one.diagram)):
        assert order[other.diagram.birth_pair[bar, 0]] == one.diagram.birth_pair[bar, 0]
        assert set(order[basin(other, bar)]) == set(basin(one, bar))


def test_a_constant_loss_has_no_bar_but_the_essential_one():
    found = persistence(grid(5, 5), np.full(25, 0.7))
    assert len(found.diagram) == 1
    assert total_persistence(found.diagram) == 0
    assert found.into.tolist() == [-1]


def test_one_vertex_is_one_essential_bar():
    found = persistence(np.empty((0, 2), dtype=np.int64), np.array([3.0]))
    assert (
        found.diagram.birth.tolist(),
        found.diagram.death.tolist(),
        found.basin_rows.tolist(),
    ) == ([3.0], [np.inf], [0])


@FEW
@given(case=graphs(elements=finite | st.sampled_from([np.nan, np.inf, -np.inf])))
def test_values_that_are_not_finite_are_left_out_by_name_and_nothing_else_changes(case):
    edges, values = case
    before = values.copy()
    found, out = persistence_of_finite(edges, values)
    assert out.tolist() == np.flatnonzero(~np.isfinite(values)).tolist()
    assert np.array_equal(values, before, equal_nan=True)
    inside = [edge for edge in edges.tolist() if not set(edge) & set(out.tolist())]
    kept = np.flatnonzero(np.isfinite(values))
    place = {vertex: i for i, vertex in enumerate(kept.tolist())}
    alone = np.array([[place[i], place[j]] for i, j in inside], dtype=np.int64).reshape(-1, 2)
    assert bars(found.diagram) == pytest.approx(gudhi_sublevel(alone, values[kept]), abs=1e-9)
    assert np.array_equal(found.diagram.birth, values[found.diagram.birth_pair[:, 0]])
    assert not set(found.basin_rows) & set(out)
    if len(out):
        with pytest.raises(
            AnalysisError, match=f"{len(out)} of {len(values)} values are not finite"
        ):
            persistence(edges, values)


def test_a_graph_that_is_not_simple_is_refused():
    with pytest.raises(AnalysisError, match="itself"):
        persistence(np.array([[0, 1], [1, 1]]), np.arange(2.0))
    with pytest.raises(AnalysisError, match="double edge"):
        persistence(np.array([[0, 1], [1, 0]]), np.arange(2.0))


@FEW
@given(case=graphs(), data=st.data())
def test_edges_may_enter_later_than_their_ends_as_over_a_barrier(case, data):
    edges, values = case
    rise = data.draw(arrays(np.float64, len(edges), elements=st.floats(0, 5)))
    heights = values[edges].max(axis=1, initial=-np.inf) + rise
    found = persistence(edges, values, heights=heights)
    # the same barrier as a vertex in the middle of each edge
    n, e = len(values), np.arange(len(edges))
    halves = np.concatenate(
        [np.column_stack([edges[:, 0], n + e]), np.column_stack([edges[:, 1], n + e])]
    )
    assert bars(found.diagram) == pytest.approx(
        gudhi_sublevel(halves, np.concatenate([values, heights])), abs=1e-9
    )
    if len(edges):
        with pytest.raises(AnalysisError, match="before one of its ends"):
            persistence(edges, values, heights=values[edges].max(axis=1) - 1)
