"""Laws of the barrier merge tree: it is the tree of the barriers, drawn without crossings, and
every leaf is a snapshot.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from landscape_app.analysis.topology import sublevel
from landscape_app.figures import tree
from landscape_app.figures.view import View
from landscape_app.pipeline.network_measures import merge_tree
from tests.figures import made


def barriers(seed: int, n: int = 9) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(losses, pairs, heights) of n ends: a line's height is at least that of its ends."""
    rng = np.random.default_rng(seed)
    losses = rng.uniform(0.01, 1, n)
    pairs = np.array([(i, j) for i in range(n) for j in range(i + 1, n)])
    return (
        losses,
        pairs,
        losses[pairs].max(axis=1)
        + rng.exponential(0.3, len(pairs)) * (rng.random(len(pairs)) < 0.7),
    )


def stored(losses: np.ndarray, pairs: np.ndarray, heights: np.ndarray) -> dict[str, np.ndarray]:
    """What a job stores of these barriers."""
    rows, usable = 4 * np.arange(len(losses)), np.isfinite(heights)
    usable &= np.isfinite(losses[pairs]).all(axis=1)
    ends = {"end_rows": rows, "end_losses": losses, "pairs": pairs, "heights": heights}
    return ends | merge_tree(rows, losses, pairs[usable], heights[usable])[1]


def meetings(joints: list[tuple[int, int, float]], n: int) -> np.ndarray:
    """(n, n) the height at which each two leaves are joined, inf where they never are."""
    height, parts = np.full((n, n), np.inf), [{leaf} for leaf in range(n)]
    for one, other, level in joints:
        a, b = (next(part for part in parts if leaf in part) for leaf in (one, other))
        height[np.ix_(sorted(a), sorted(b))] = height[np.ix_(sorted(b), sorted(a))] = level
        parts = [part for part in parts if part not in (a, b)] + [a | b]
    return height


@pytest.mark.parametrize("seed", range(40))
def test_two_leaves_meet_as_high_as_the_lowest_way_between_them(seed: int) -> None:
    """Grown again by Kruskal's rule from all lines, the tree is the same."""
    losses, pairs, heights = barriers(seed)
    kruskal = []
    parts = [{leaf} for leaf in range(len(losses))]
    for edge in np.argsort(heights, kind="stable"):
        a, b = (next(part for part in parts if leaf in part) for leaf in pairs[edge])
        if a is not b:
            kruskal.append((*pairs[edge].tolist(), heights[edge]))
            parts = [part for part in parts if part not in (a, b)] + [a | b]
    drawn = tree.joined(stored(losses, pairs, heights))
    leaf = np.argsort(drawn.place)
    joints = [(leaf[int(young)], leaf[int(old)], level) for young, old, level in drawn.joints]
    assert meetings(joints, 9).tolist() == meetings(kruskal, 9).tolist()


@pytest.mark.parametrize("seed", range(20))
def test_its_stems_are_the_bars_of_the_barriers(seed: int) -> None:
    losses, pairs, heights = barriers(seed)
    grown = tree.joined(stored(losses, pairs, heights))
    at = dict(zip(grown.place.astype(int).tolist(), losses.tolist(), strict=True))
    stems = sorted(
        (at[int(young)], height) for young, _, height in grown.joints if height > at[int(young)]
    )
    diagram = sublevel.persistence(pairs, losses, heights=heights).diagram
    finite = np.isfinite(diagram.death) & (diagram.death > diagram.birth)
    np.testing.assert_allclose(
        stems, sorted(zip(diagram.birth[finite], diagram.death[finite], strict=True))
    )
    assert [at[root] for root in grown.roots] == [losses.min()]


@pytest.mark.parametrize("seed", range(20))
def test_no_line_crosses_a_stem(seed: int) -> None:
    grown = tree.joined(stored(*barriers(seed)))
    ends = {int(young): height for young, _, height in grown.joints}
    for young, old, height in grown.joints:
        assert old < young
        for between in range(int(old) + 1, int(young)):
            assert ends[between] <= height


def test_two_wells_and_the_pass_between_them() -> None:
    """Minima at 0 and 0.1, a pass at 0.5; a third end runs down to the first without a barrier."""
    losses, pairs = np.array([0.1, 0.0, 0.3]), np.array([[0, 1], [1, 2], [0, 2]])
    grown = tree.joined(stored(losses, pairs, np.array([0.5, 0.3, 0.9])))
    assert grown.place.tolist() == [2, 0, 1]
    assert grown.joints.tolist() == [[1, 0, 0.3], [2, 0, 0.5]]
    assert grown.roots == (0,)


def test_what_is_not_finite_joins_nothing_and_has_no_place() -> None:
    losses, pairs = np.array([0.1, np.nan, 0.3, 0.2]), np.array([[0, 1], [0, 2], [2, 3], [0, 3]])
    grown = tree.joined(stored(losses, pairs, np.array([0.5, 0.4, np.inf, np.nan])))
    assert np.isnan(grown.place[1])
    assert len(grown.joints) == 1
    assert len(grown.roots) == 2


def test_a_leaf_is_picked_as_its_snapshot_and_stands_at_its_loss() -> None:
    rows = np.array([0, 4, 8, 12])
    losses = np.array([0.01, 0.2, 0.1, 0.3])
    heights = np.maximum(losses[:, None], losses) + 0.2
    subject = made.subject(0)
    subject = replace(
        subject, results={**subject.results, "curvature": made.curvature(rows, losses, heights)}
    )
    figure = tree.draw(subject, View(part="tree"), tree.span([subject]))
    found = {}
    for base in figure.layout.meta["base"]:
        found |= dict(zip(base["rows"], figure.data[base["trace"]].y.tolist(), strict=True))
    assert found == pytest.approx(dict(zip(rows.tolist(), losses.tolist(), strict=True)), rel=1e-6)
    span = tree.span([subject])
    assert span.low < np.log10(0.01) < np.log10(heights.max()) < span.high


def test_losses_below_zero_stand_on_a_linear_axis() -> None:
    rows, losses = np.array([0, 4, 8]), np.array([-5.0, -4.8, -4.9])
    heights = np.maximum(losses[:, None], losses) + 0.2
    subject = made.subject(0)
    subject = replace(
        subject, results={**subject.results, "curvature": made.curvature(rows, losses, heights)}
    )
    axis = tree.draw(subject, View(part="tree"), tree.span([subject])).layout.yaxis
    assert axis.type == "linear"
    assert axis.range[0] < -5 < heights.max() < axis.range[1]
