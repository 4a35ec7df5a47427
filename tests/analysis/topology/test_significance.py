"""Laws of significance: chance is found to be chance, a planted circle is not, and what cannot be
tested says so.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from landscape_app.analysis.topology import significance
from landscape_app.analysis.topology.noise import walks
from landscape_app.analysis.topology.null import LEVEL, longest_against
from landscape_app.analysis.topology.rips import finite_loops
from landscape_app.errors import AnalysisError
from landscape_app.seeds import numpy_stream
from tests.analysis.topology.references import distances
from tests.analysis.topology.test_noise import cloud


def stream(seed: int = 0):
    return partial(numpy_stream, seed)


def planted(d: int = 40, n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """(distances, steps) of one trajectory that goes round a circle once, with a little noise, from
    the anchor.
    """
    angle = np.linspace(0, 2 * np.pi, n)
    points = np.zeros((n, d))
    points[:, 0], points[:, 1] = np.cos(angle) - 1, np.sin(angle)
    points += 0.01 * numpy_stream(0, "circle").normal(size=points.shape)
    return distances(points), np.column_stack([np.arange(n - 1), np.arange(1, n)])


def among_noise(
    seed: int, d: int, *, circle: bool, trajectories: int = 20, epochs: int = 40
) -> tuple[np.ndarray, np.ndarray]:
    """(distances, steps) of the anchor and walks of equal steps from jumps; the first goes round a
    circle instead, if asked.
    """
    rng = numpy_stream(seed, "among")
    jumps = rng.normal(size=(trajectories, d))
    moves = rng.normal(size=(trajectories, epochs, d))
    if circle:
        angle = 2 * np.pi * np.arange(epochs) / epochs
        moves[0] = 0.0
        moves[0, :, 0], moves[0, :, 1] = np.cos(angle), np.sin(angle)
    moves *= 0.1 / np.linalg.norm(moves, axis=2, keepdims=True)
    jumps /= np.linalg.norm(jumps, axis=1, keepdims=True)
    walked = np.concatenate([jumps[:, None], jumps[:, None] + np.cumsum(moves, axis=1)], axis=1)
    at = np.arange(1 + trajectories * (epochs + 1))
    steps = np.column_stack([at[:-1], at[1:]])[(at[:-1] > 0) & (at[:-1] % (epochs + 1) != 0)]
    return squareform(pdist(np.vstack([np.zeros((1, d)), walked.reshape(-1, d)]))), steps


@pytest.mark.exhaustive
@pytest.mark.parametrize("d", [30, 1000])
def test_a_circle_among_nineteen_walks_is_found(d):
    found = [
        significance.loops(
            *among_noise(seed, d, circle=True), parameters=d, stream=stream(seed), repeats=39
        ).meta
        for seed in range(10)
    ]
    assert {meta["points"] for meta in found} == {221}
    assert sum(meta["p_high"] <= LEVEL for meta in found) >= 9


@pytest.mark.slow
def test_a_circle_among_walks_is_found_and_is_what_is_drawn():
    matrix, steps = among_noise(3, 1000, circle=True)
    found = significance.loops(matrix, steps, parameters=1000, stream=stream(), repeats=39)
    assert found.meta["p_high"] == found.meta["smallest_p"] == 0.025
    loop = found.positions[found.rips.cycle_rows[: found.rips.cycle_offsets[1]]]
    assert set(((loop - 1) // 41).tolist()) == {0}  # of the trajectory that goes round


@pytest.mark.exhaustive
@pytest.mark.parametrize("d", [3, 12])
def test_noise_is_seldom_significant(d):
    p = []
    for seed in range(200):
        matrix, steps = among_noise(seed, d, circle=False, trajectories=8)
        p.append(
            significance.loops(matrix, steps, parameters=d, stream=stream(seed), repeats=39).meta[
                "p_high"
            ]
        )
    assert np.mean(np.array(p) <= LEVEL) <= 0.08


SURROGATES = {"noise": lambda w, rng: w.noise(3, rng), "reordered": lambda w, rng: w.reordered(rng)}


@pytest.mark.parametrize("kind", SURROGATES)
def test_a_null_draw_is_as_significant_as_chance(kind):
    points, steps = cloud(trajectories=3, epochs=8, d=3)
    origin = walks(distances(points), steps)
    p = []
    for i in range(60):
        drawn = walks(SURROGATES[kind](origin, numpy_stream(i, "drawn")), steps)
        observed = float(finite_loops(drawn.distances.astype(np.float32)).max(initial=0.0))
        null = longest_against(
            observed, partial(SURROGATES[kind], drawn), rng=numpy_stream(i, "null"), repeats=19
        )
        p.append(null.p_high)
    for level in (0.25, 0.5, 0.75):
        assert abs(np.mean(np.array(p) <= level + 1e-9) - level) < 3.5 * np.sqrt(
            level * (1 - level) / 60
        )


def test_a_planted_circle_is_significant_by_every_null():
    matrix, steps = planted()
    found = significance.loops(matrix, steps, parameters=40, stream=stream(), repeats=39)
    meta = found.meta
    assert meta["p_high"] == 0.025
    assert {surrogate: null["p_high"] for surrogate, null in meta["nulls"].items()} == {
        "noise": 0.025,
        "reordered": 0.025,
    }
    assert meta["words"].startswith("significant (p = 0.025)")
    assert {name: samples.shape for name, samples in found.samples.items()} == {
        "noise": (39,),
        "reordered": (39,),
    }
    assert meta["observed"] > 1.2  # the circle's bar is about √3 long


def test_the_tested_bar_is_the_longest_of_the_tested_diagram():
    points, steps = cloud(trajectories=6, epochs=21, d=3)
    found = significance.loops(distances(points), steps, parameters=3, stream=stream(), repeats=19)
    bars = found.rips.h1
    assert (
        found.meta["observed"] == bars.death[0] - bars.birth[0] == (bars.death - bars.birth).max()
    )
    assert not bars.censored.any()
    kept = found.positions.tolist()
    # of 21 epochs every second, and not the odd one at the end
    assert found.meta["points"] == len(kept) == 1 + 6 * 11
    ends = found.positions[bars.birth_pair[0]]
    assert distances(points)[ends[0], ends[1]] == pytest.approx(bars.birth[0], rel=1e-6)


def test_p_is_that_of_the_null_that_is_harder_to_beat():
    points, steps = cloud(trajectories=6, epochs=8, d=3)
    meta = significance.loops(
        distances(points), steps, parameters=3, stream=stream(), repeats=19
    ).meta
    assert meta["p_high"] == max(null["p_high"] for null in meta["nulls"].values())
    assert meta["null_low"] <= meta["null_median"] <= meta["null_high"]
    assert meta["points"] == len(points)


def test_the_strip_is_that_of_the_null_with_longer_loops_where_both_are_beaten():
    meta = significance.loops(*planted(), parameters=40, stream=stream(), repeats=39).meta
    assert meta["null_high"] == max(null["null_high"] for null in meta["nulls"].values()) > 0


def test_the_smallest_p_that_there_could_be_is_said():
    for n, repeats, least in ((40, 39, 0.025), (6, 39, 1 / 12), (6, 9, 0.1), (4, 39, 1.0)):
        meta = significance.loops(
            *planted(n=n), parameters=40, stream=stream(), repeats=repeats
        ).meta
        assert meta["smallest_p"] == pytest.approx(least)
        assert (least > LEVEL) == (f"no p is below {least:.2g}" in meta["words"]) or meta[
            "observed"
        ] == 0


def test_the_same_seed_gives_the_same_samples():
    matrix, steps = planted(n=20)
    one, other, third = (
        significance.loops(matrix, steps, parameters=40, stream=stream(seed), repeats=5).samples
        for seed in (3, 3, 4)
    )
    assert {name: v.tobytes() for name, v in one.items()} == {
        name: v.tobytes() for name, v in other.items()
    }
    assert one["reordered"].tobytes() != third["reordered"].tobytes()


def test_without_repeats_nothing_is_tested_but_the_statistic_stands():
    meta = significance.loops(*planted(n=20), parameters=40, stream=stream(), repeats=0).meta
    assert meta["words"] == "not tested"
    assert meta["p_high"] is None
    assert meta["observed"] > 1


def test_another_distance_is_tested_by_the_order_of_steps_alone():
    found = significance.loops(*planted(), parameters=None, stream=stream(), repeats=39)
    assert set(found.meta["nulls"]) == set(found.samples) == {"reordered"}
    assert found.meta["p_high"] == 0.025


@pytest.mark.parametrize("parameters", [None, 40])
def test_what_cannot_be_tested_says_why(parameters):
    matrix, steps = planted(n=20)
    # no longer distances between points of a Euclidean space
    bent = np.minimum(matrix, 0.5) ** 2 + matrix
    for args, why in (
        ((bent, steps), "no null for this distance"),
        ((matrix, steps[:0]), "not tested: no snapshot was reached"),
    ):
        found = significance.loops(*args, parameters=parameters, stream=stream(), repeats=5)
        assert not found.samples
        assert found.rips is None
        assert found.meta["words"].startswith(why)
        assert found.meta["p_high"] is None
    with pytest.raises(AnalysisError, match="not symmetric"):
        significance.loops(
            np.triu(matrix), steps, parameters=parameters, stream=stream(), repeats=5
        )


def test_cloud_without_a_loop_is_not_significant():
    points = np.column_stack([np.arange(9.0), np.zeros(9)])
    meta = significance.loops(
        distances(points),
        np.column_stack([np.arange(8), np.arange(1, 9)]),
        parameters=5,
        stream=stream(),
        repeats=5,
    ).meta
    assert (meta["observed"], meta["p_high"]) == (0, 1.0)
    assert meta["words"] == "not significant: there is no loop"
