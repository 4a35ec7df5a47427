"""Laws of significance: chance is found to be chance, a planted circle is not, and what cannot be tested says so."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from landscape_app.analysis.topology import significance
from landscape_app.analysis.topology.graph import grid
from landscape_app.analysis.topology.noise import walks
from landscape_app.analysis.topology.null import loops_against
from landscape_app.errors import AnalysisError
from landscape_app.seeds import numpy_stream
from tests.analysis.topology.references import distances
from tests.analysis.topology.test_noise import cloud


def stream(seed: int = 0):
    return partial(numpy_stream, seed)


def planted(d: int = 40, n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """(distances, steps) of one trajectory that goes round a circle once, with a little noise, from the anchor."""
    angle = np.linspace(0, 2 * np.pi, n)
    points = np.zeros((n, d))
    points[:, 0], points[:, 1] = np.cos(angle) - 1, np.sin(angle)
    points += 0.01 * numpy_stream(0, "circle").normal(size=points.shape)
    return distances(points), np.column_stack([np.arange(n - 1), np.arange(1, n)])


def test_noise_is_as_significant_as_chance():
    points, steps = cloud(trajectories=3, epochs=8, d=3)
    origin = walks(distances(points), steps)
    found: dict[str, list[float]] = {"longest": [], "total": []}
    for i in range(40):
        drawn = walks(origin.noise(3, numpy_stream(i, "drawn")), steps)
        nulls = loops_against(drawn, lambda rng, drawn=drawn: drawn.noise(3, rng), rng=numpy_stream(i, "null"), repeats=19)
        for name, null in nulls.items():
            found[name].append(null.p_high)
    for p in found.values():
        for level in (0.25, 0.5, 0.75):
            assert abs(np.mean(np.array(p) <= level + 1e-9) - level) < 3.5 * np.sqrt(level * (1 - level) / 40)


def test_a_planted_circle_is_significant_by_every_null():
    matrix, steps = planted()
    samples, meta = significance.loops(matrix, steps, parameters=40, stream=stream(), repeats=39)
    for name in ("longest", "total"):
        assert meta[name]["p_high"] == 0.025
        assert {world: null["p_high"] for world, null in meta[name]["nulls"].items()} == {"noise": 0.025, "reordered": 0.025}
        assert meta[name]["words"].startswith("significant (p = 0.025)")
        assert samples[f"{name}_noise"].shape == samples[f"{name}_reordered"].shape == (39,)
    assert meta["longest"]["observed"] > 1.2  # the circle's bar is about √3 long


def test_p_is_that_of_the_null_that_is_harder_to_beat():
    points, steps = cloud(trajectories=6, epochs=8, d=3)
    _, meta = significance.loops(distances(points), steps, parameters=3, stream=stream(), repeats=19)
    for one in meta.values():
        by_world = {world: null["p_high"] for world, null in one["nulls"].items()}
        assert one["p_high"] == max(by_world.values())
        assert one["null_low"] <= one["null_median"] <= one["null_high"]
        assert one["points"] == len(points)


def test_the_same_seed_gives_the_same_samples():
    matrix, steps = planted(n=20)
    one, other, third = (significance.loops(matrix, steps, parameters=40, stream=stream(seed), repeats=5)[0] for seed in (3, 3, 4))
    assert {name: v.tobytes() for name, v in one.items()} == {name: v.tobytes() for name, v in other.items()}
    assert one["total_reordered"].tobytes() != third["total_reordered"].tobytes()


def test_without_repeats_nothing_is_tested_but_the_statistic_stands():
    _, meta = significance.loops(*planted(n=20), parameters=40, stream=stream(), repeats=0)
    assert meta["longest"]["words"] == "not tested"
    assert meta["longest"]["p_high"] is None
    assert meta["longest"]["observed"] > 1
    _, meta = significance.losses(grid(3, 3), {"f": np.arange(9.0)}, rng=numpy_stream(0, "losses"), repeats=0)
    assert (meta["f"]["note"], meta["f"]["p_low"], meta["f"]["p_high"]) == ("not tested", None, None)


def test_another_distance_is_tested_by_the_order_of_steps_alone():
    matrix, steps = planted()
    samples, meta = significance.loops(matrix, steps, parameters=None, stream=stream(), repeats=39)
    assert set(meta["longest"]["nulls"]) == {"reordered"}
    assert meta["longest"]["p_high"] == 0.025
    assert set(samples) == {"longest_reordered", "total_reordered"}


@pytest.mark.parametrize("parameters", [None, 40])
def test_what_cannot_be_tested_says_why(parameters):
    matrix, steps = planted(n=20)
    bent = np.minimum(matrix, 0.5) ** 2 + matrix  # no longer distances between points of a Euclidean space
    for args, why in (((bent, steps), "no null for this distance"), ((matrix, steps[:0]), "not tested: no snapshot was reached")):
        samples, meta = significance.loops(*args, parameters=parameters, stream=stream(), repeats=5)
        assert not samples
        for one in meta.values():
            assert one["words"].startswith(why)
            assert one["p_high"] is None
    with pytest.raises(AnalysisError, match="not symmetric"):
        significance.loops(np.triu(matrix), steps, parameters=parameters, stream=stream(), repeats=5)


def test_cloud_without_a_loop_is_not_significant():
    points = np.column_stack([np.arange(9.0), np.zeros(9)])
    _, meta = significance.loops(
        distances(points), np.column_stack([np.arange(8), np.arange(1, 9)]), parameters=5, stream=stream(), repeats=5
    )
    assert meta["longest"]["observed"] == 0
    assert meta["longest"]["p_high"] == 1.0
    assert meta["longest"]["words"] == "not significant: there is no loop"


def test_losses_are_told_smooth_rough_or_neither():
    x, y = np.meshgrid(np.linspace(-1, 1, 12), np.linspace(-1, 1, 12), indexing="ij")
    i = np.arange(144)
    values = {
        "smooth": (x**2 + 2 * y**2).reshape(-1),
        "rough": ((i // 12 + i) % 2) + 0.001 * x.reshape(-1),  # a chessboard
        "constant": np.ones(144),
        "chance": numpy_stream(0, "losses").normal(size=144),
    }
    samples, meta = significance.losses(grid(12, 12), values, rng=numpy_stream(0, "losses"), repeats=39)
    assert {name: one["note"].split(" ")[0] for name, one in meta.items()} == {
        "smooth": "smoother",
        "rough": "rougher",
        "constant": "nothing",
        "chance": "not",
    }
    assert (meta["smooth"]["p_low"], meta["rough"]["p_high"], meta["constant"]["p_low"]) == (0.025, 0.025, 1.0)
    assert samples["smooth"].shape == (39,)
