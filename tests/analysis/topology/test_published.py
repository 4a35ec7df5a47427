"""Laws of the paper's statistic: gudhi's bars give the same totals on any graph, and on a connected
graph without finite bars the total of D0 is the squared range of the loss.
"""

from __future__ import annotations

from dataclasses import replace

import gudhi
import numpy as np
import pytest
from scipy.spatial.distance import cdist

from landscape_app.analysis.geometry import measure
from landscape_app.analysis.measures.listing import measure_all
from landscape_app.analysis.phate_package import package_potential
from landscape_app.analysis.published_distance import published
from landscape_app.analysis.topology.published import neighbour_edges, published_totals
from landscape_app.records.snapshots import Matrix, Snapshots
from landscape_app.seeds import numpy_stream
from tests.analysis.measures.clouds import FACTS, cloud
from tests.analysis.topology.references import distances


def by_gudhi(edges: np.ndarray, values: np.ndarray) -> tuple[float, float, float]:
    """(total of D0, its part that never dies, total of D1), each bar by gudhi; what never dies ends
    at the greatest value.
    """
    tree, greatest = gudhi.SimplexTree(), float(values.max())
    for vertex, value in enumerate(values):
        tree.insert([vertex], value)
    for i, j in edges:
        tree.insert([int(i), int(j)], max(values[i], values[j]))
    tree.compute_persistence(min_persistence=-1, persistence_dim_max=True)
    d0, d1 = (tree.persistence_intervals_in_dimension(d).reshape(-1, 2) for d in (0, 1))
    never = np.isinf(d0[:, 1])
    essential = np.square(greatest - d0[never, 0]).sum()
    finite = np.square(d0[~never, 1] - d0[~never, 0]).sum()
    return essential + finite, essential, np.square(greatest - d1[:, 0]).sum()


def random_graph(seed: int, n: int = 40, share: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    """Edges and values with ties; sparse graphs fall apart."""
    rng = numpy_stream(seed, "published")
    edges = np.argwhere(np.triu(rng.random((n, n)) < share, 1))
    return edges, np.round(rng.exponential(size=n), 1)


@pytest.mark.parametrize("share", [0.0, 0.03, 0.3])
@pytest.mark.parametrize("seed", range(5))
def test_the_totals_are_gudhis(seed, share):
    edges, values = random_graph(seed, share=share)
    found = published_totals(edges, values)
    known = by_gudhi(edges, values)
    assert (found.d0, found.essential, found.d1) == pytest.approx(known, rel=1e-9, abs=1e-9)
    assert found.share == pytest.approx(known[1] / known[0])


def test_connected_and_without_finite_bars_the_total_is_the_squared_range():
    rng = numpy_stream(1, "valley")
    for _ in range(20):
        # a tree whose every vertex lies above its parent has one valley
        parents = [int(rng.integers(v)) for v in range(1, 30)]
        values = np.zeros(30)
        for vertex, parent in enumerate(parents, start=1):
            values[vertex] = values[parent] + rng.exponential()
        values += rng.normal()
        edges = np.sort(np.column_stack([np.arange(1, 30), parents]), axis=1)
        found = published_totals(edges, values)
        assert (found.components, found.bars, found.share) == (1, 0, 1.0)
        assert found.d0 == pytest.approx(np.ptp(values) ** 2, rel=1e-12)
        assert found.d1 == 0


def test_a_loss_that_is_the_same_everywhere_has_no_share():
    found = published_totals(np.array([[0, 1], [1, 2], [0, 2]]), np.ones(3))
    assert (found.d0, found.d1, found.share) == (0.0, 0.0, None)


def test_the_nearest_neighbour_of_a_copy_is_its_copy_and_of_the_release_is_not():
    points = numpy_stream(2, "copies").normal(size=(30, 3))
    apart = distances(np.vstack([points, points]))
    pairs = {tuple(edge) for edge in neighbour_edges(apart, 1).tolist()}
    assert {(i, i + 30) for i in range(30)} == pairs
    far = neighbour_edges(apart, 1, farthest=True)
    assert not pairs & {tuple(edge) for edge in far.tolist()}
    assert all(apart[i, j] >= np.median(apart) for i, j in far)


@pytest.fixture(scope="module")
def drawn() -> Snapshots:
    """The cloud with weights and losses drawn at random."""
    plain, rng = cloud(seeds=6), numpy_stream(3, "published")
    delta = rng.normal(size=plain.delta.shape).astype(np.float32)
    columns = dict(plain.columns)
    columns["train_loss"], columns["test_loss"] = rng.exponential(size=(2, len(plain)))
    return replace(plain, columns=columns, delta=Matrix.of(delta))


def test_the_measures_are_those_of_the_packages_potential(drawn):
    geometry = measure(drawn, published)
    potential = package_potential(geometry.between_distinct(), k=5, decay=40, seed=0).values
    apart = cdist(potential, potential)
    at = np.searchsorted(drawn.column("row"), geometry.rows[geometry.distinct])
    assert (drawn.column("step_size")[at] > 0).all()
    assert len(at) == ((drawn.column("step_size") > 0) & (drawn.column("epoch") <= 39)).sum()
    lines = {line["name"]: line["value"] for line in measure_all(drawn, FACTS)}
    for sign, released in ((1, ""), (-1, "released")):
        order = np.argsort(sign * apart + np.where(np.eye(len(at)), np.inf, 0), axis=1)[:, :20]
        pairs = {tuple(sorted((i, int(j)))) for i, row in enumerate(order) for j in row}
        for loss in ("", "test_loss"):
            part = ", ".join(text for text in (loss, released) if text)
            name = f"[{part}]" if part else ""
            d0, essential, d1 = by_gudhi(
                np.array(sorted(pairs)), drawn.column(loss or "train_loss")[at]
            )
            assert lines[f"published_d0{name}"] == pytest.approx(d0, rel=1e-6)
            assert lines[f"published_d1{name}"] == pytest.approx(d1, rel=1e-6)
            assert lines[f"published_share{name}"] == pytest.approx(essential / d0, rel=1e-6)
    for part in ("", "[test_loss]"):
        values = drawn.column("test_loss" if part else "train_loss")[at]
        assert lines[f"loss_range{part}"] == pytest.approx(np.ptp(values) ** 2)
