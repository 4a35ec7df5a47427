"""Laws of the landscape profile: every vertex once, valleys within valleys, as deep as the bars,
and the merge tree of the graph.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.analysis.topology.graph import grid
from landscape_app.analysis.topology.profile import Profile, profile
from landscape_app.analysis.topology.sublevel import persistence
from landscape_app.records.diagram import Diagram
from tests.analysis.topology.references import bars
from tests.analysis.topology.test_sublevel import component_below, graphs

FEW = settings(max_examples=60)


def of(edges: np.ndarray, values: np.ndarray) -> Profile:
    return profile(persistence(edges, values), values)


@FEW
@given(case=graphs() | graphs(elements=st.integers(0, 4).map(float)))
def test_valleys_are_nested_and_every_vertex_has_one_place(case):
    edges, values = case
    found = of(edges, values)
    assert sorted(found.order.tolist()) == list(range(len(values)))
    roots = np.flatnonzero(found.parent < 0)
    assert (found.right - found.left)[roots].sum() == len(values)
    assert (found.level[roots] == 0).all()
    inner = np.flatnonzero(found.parent >= 0)
    above = found.parent[inner]
    assert np.array_equal(found.level[inner], found.level[above] + 1)
    assert (found.left[above] <= found.left[inner]).all()
    assert (found.right[inner] <= found.right[above]).all()
    # a valley ends at the saddle that joins it to another
    assert np.array_equal(found.top[inner], found.bottom[above])
    assert (found.bottom <= found.top).all()
    assert np.array_equal(values[found.vertex], found.bottom)
    for siblings in [np.flatnonzero(found.parent == a) for a in range(-1, len(found.parent))]:
        stretches = sorted(zip(found.left[siblings], found.right[siblings], strict=True))
        assert all(one[1] <= next[0] for one, next in pairwise(stretches))


@FEW
@given(case=graphs(unique=True))
def test_a_valley_holds_the_vertices_below_its_saddle_and_no_other(case):
    edges, values = case
    found = of(edges, values)
    for a in range(len(found.left)):
        inside = set(found.order[found.left[a] : found.right[a]].tolist())
        level = found.top[a] if found.parent[a] >= 0 else np.inf
        assert inside == component_below(edges, values, int(found.vertex[a]), level)


@FEW
@given(case=graphs(unique=True) | graphs(elements=st.integers(0, 4).map(float)))
def test_the_line_with_its_walls_has_the_bars_of_the_graph(case):
    edges, values = case
    found = persistence(edges, values)
    assert bars(of_line(profile(found, values), values)) == pytest.approx(bars(found.diagram))


@FEW
@given(case=graphs(unique=True))
def test_at_every_level_the_line_has_a_stretch_as_long_as_each_component(case):
    edges, values = case
    line = of(edges, values)
    heights = values[line.order]
    cuts = {
        *line.left[line.parent < 0].tolist(),
        *(place for place, _ in zip(*line.walls, strict=True)),
    }
    rises = dict(zip(*(part.tolist() for part in line.walls), strict=True))
    for level in np.unique(values):
        stretches: list[int] = []
        for place in range(len(heights)):
            joined = (
                place
                and heights[place - 1] <= level
                and (place not in cuts or rises.get(place, np.inf) <= level)
            )
            if heights[place] <= level:
                stretches = [*stretches[:-1], stretches[-1] + 1] if joined else [*stretches, 1]
        inside = np.flatnonzero(values <= level).tolist()
        components = {
            frozenset(component_below(edges, values, v, np.nextafter(level, np.inf)))
            for v in inside
        }
        assert sorted(stretches) == sorted(map(len, components))


def of_line(line: Profile, values: np.ndarray) -> Diagram:
    """The bars of the line: a vertex per place and per wall, each joined to the next but where a
    component of the graph ends.
    """
    at, rises = line.walls
    heights = np.insert(values[line.order], at, rises)
    ends = line.right[line.parent < 0]
    ends = ends + np.searchsorted(at, ends)  # places, counted with the walls before them
    path = np.array(
        [pair for pair in pairwise(range(len(heights))) if pair[1] not in ends], dtype=np.int64
    ).reshape(-1, 2)
    return persistence(path, heights).diagram


def test_the_double_well_is_two_valleys_in_one():
    axis = np.linspace(-1, 1, 41)
    x, y = np.meshgrid(axis, axis, indexing="ij")
    values = ((x**2 - 0.49) ** 2 + 0.3 * y**2 + 0.05 * x).reshape(-1)
    found = of(grid(41, 41), values)
    assert found.bottom == pytest.approx([-0.035, 0.24015625, 0.035], abs=1e-12)
    assert found.top == pytest.approx([0.24015625, values.max(), 0.24015625], abs=1e-12)
    assert found.parent.tolist() == [1, -1, 1]
    assert found.level.tolist() == [1, 0, 1]
    assert (found.left[1], found.right[1]) == (0, 41 * 41)
    # the deeper valley lies to the left, a saddle between the two
    assert found.left[0] < found.right[0] < found.left[2]
    assert values[found.order[found.right[0]]] == pytest.approx(0.24015625, abs=1e-12)


def test_a_saddle_of_three_valleys_has_three_below_it():
    found = of(np.array([[0, 3], [1, 3], [2, 3]]), np.array([2.0, 1.0, 0.0, 5.0]))
    assert found.parent.tolist() == [1, -1, 1, 1]
    assert found.bottom.tolist() == [0, 5, 1, 2]
    assert found.order.tolist() == [2, 3, 1, 0]
    # the saddle has one place: the line rises between the other two
    assert [part.tolist() for part in found.walls] == [[3], [5]]


def test_a_constant_loss_is_flat_and_one_vertex_is_a_place():
    flat = of(grid(3, 3), np.ones(9))
    assert (flat.left.tolist(), flat.right.tolist(), flat.bottom.tolist(), flat.top.tolist()) == (
        [0],
        [9],
        [1],
        [1],
    )
    one = of(np.empty((0, 2), dtype=np.int64), np.array([3.0]))
    assert (one.left.tolist(), one.right.tolist(), one.order.tolist()) == ([0], [1], [0])


def test_the_same_bars_give_the_same_line():
    values = np.random.default_rng(0).normal(size=400)
    one, other = of(grid(20, 20), values), of(grid(20, 20), values)
    assert all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in one.__dataclass_fields__
    )
