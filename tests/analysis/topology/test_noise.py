"""Laws of the null draws without structure: steps keep their lengths, jumps their places, and
directions are those of R^d.
"""

from __future__ import annotations

import numpy as np
import pytest

from landscape_app.analysis.topology.noise import coordinates, walks
from landscape_app.errors import AnalysisError
from landscape_app.seeds import numpy_stream
from tests.analysis.topology.references import distances


def cloud(trajectories: int = 3, epochs: int = 6, d: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """(points (n, d): the anchor at 0, then per trajectory a jump and its walk; steps (s, 2))."""
    rng = numpy_stream(0, "walks")
    points, steps = [np.zeros(d)], []
    for _ in range(trajectories):
        at = rng.normal(size=d)
        for epoch in range(epochs + 1):
            if epoch:
                at = at + 0.1 * rng.normal(size=d)
                steps.append((len(points) - 1, len(points)))
            points.append(at)
    return np.array(points), np.array(steps)


@pytest.mark.parametrize("parameters", [1, 5, 40, 10**6])
def test_steps_of_noise_are_as_long_as_the_originals_and_jumps_stay(parameters):
    points, steps = cloud(d=1 if parameters == 1 else 5)
    matrix = distances(points)
    surrogate = walks(matrix, steps).noise(parameters, numpy_stream(1, "noise"))
    i, j = steps.T
    assert surrogate[i, j] == pytest.approx(matrix[i, j], rel=1e-9)
    jumps = np.array([0, 1, 8, 15])
    assert surrogate[np.ix_(jumps, jumps)] == pytest.approx(
        matrix[np.ix_(jumps, jumps)], rel=1e-9, abs=1e-12
    )
    assert parameters == 1 or not np.allclose(surrogate, matrix)


def test_reordered_steps_are_as_long_and_lead_to_the_same_ends():
    points, steps = cloud()
    matrix = distances(points)
    surrogate = walks(matrix, steps).reordered(numpy_stream(1, "order"))
    ends = np.array([0, 1, 7, 8, 14, 15, 21])
    assert surrogate[np.ix_(ends, ends)] == pytest.approx(
        matrix[np.ix_(ends, ends)], rel=1e-9, abs=1e-9
    )
    for first in (1, 8, 15):
        here = np.arange(first, first + 6)
        assert np.sort(surrogate[here, here + 1]) == pytest.approx(
            np.sort(matrix[here, here + 1]), rel=1e-9
        )
    assert not np.allclose(surrogate, matrix)


@pytest.mark.parametrize("d", [2, 3, 60])
def test_noise_that_was_never_walked_out_is_spread_as_if_it_had_been(d):
    points, steps = cloud(trajectories=2, epochs=6, d=2)
    whole = walks(distances(points), steps)
    part = walks(distances(points), steps, moves=1)  # the anchor, jumps and ends
    assert part.thinning.positions.tolist() == [0, 1, 7, 8, 14]
    rng = numpy_stream(d, "noise")
    far = [
        np.array([w.noise(d, rng)[np.ix_(at, at)] for _ in range(800)])
        for w, at in ((whole, part.thinning.positions), (part, np.arange(5)))
    ]
    for power in (1, 2, 4):
        one, other = ((f**power).mean(axis=0) for f in far)
        error = np.sqrt(sum((f**power).var(axis=0) for f in far) / 800)
        assert (np.abs(one - other) <= 4 * error + 1e-9).all()
    lengths = np.concatenate([distances(points)[a, b] for a, b in (steps[:6].T, steps[6:].T)])
    # independent steps: their squares add up
    expected = distances(points)[1, 8] ** 2 + (lengths**2).sum()
    assert (far[1][:, 2, 4] ** 2).mean() == pytest.approx(
        expected, abs=4 * (far[1][:, 2, 4] ** 2).std() / np.sqrt(800)
    )


def test_walks_that_part_share_the_way_to_where_they_do():
    points = numpy_stream(4, "fork").normal(size=(5, 3))
    steps = np.array([[0, 1], [1, 2], [1, 3], [3, 4]])
    found = walks(distances(points), steps).paths
    assert (found.parent.tolist(), found.child.tolist()) == ([0, 1, 1, 3], [1, 2, 3, 4])
    assert found.chain.tolist() == [0, 1, 2, 2]
    assert walks(distances(points), steps, moves=1).thinning.positions.tolist() == [0, 1, 2, 4]


def test_steps_back_in_time_are_not_followed():
    found = walks(
        distances(numpy_stream(4, "x").normal(size=(4, 3))),
        np.array([[0, 1], [1, 2], [2, 1], [3, 0]]),
    ).paths
    assert (found.parent.tolist(), found.child.tolist()) == ([0, 1], [1, 2])


def test_the_same_stream_gives_the_same_null_draw():
    points, steps = cloud()
    found = walks(distances(points), steps)
    for surrogate in (lambda rng: found.noise(9, rng), found.reordered):
        assert (
            surrogate(numpy_stream(2, "a")).tobytes() == surrogate(numpy_stream(2, "a")).tobytes()
        )
        assert (
            surrogate(numpy_stream(2, "a")).tobytes() != surrogate(numpy_stream(3, "a")).tobytes()
        )


def test_coordinates_have_the_distances_and_refuse_what_has_none():
    matrix = distances(numpy_stream(5, "x").normal(size=(12, 4)))
    found = coordinates(matrix)
    assert found.shape == (12, 4)
    assert distances(found) == pytest.approx(matrix, abs=1e-9)
    assert (np.diff((found**2).sum(axis=0)) <= 0).all()
    # four ends 2 apart, each 1 from the middle: in no Euclidean space
    star = np.full((5, 5), 2.0) - 2 * np.eye(5)
    star[0], star[:, 0] = 1.0, 1.0
    star[0, 0] = 0.0
    with pytest.raises(AnalysisError, match="Euclidean"):
        coordinates(star)


def test_without_steps_nothing_walks_and_without_distances_there_is_no_null_draw():
    points, steps = cloud()
    found = walks(distances(points), np.empty((0, 2), dtype=int))
    assert found.thinning.positions.tolist() == list(range(len(points)))
    assert found.steps.shape == (0, 0)
    with pytest.raises(AnalysisError, match="symmetric"):
        walks(np.triu(distances(points)), steps)
