"""Laws of the cloud in function space: equal to scipy's spanning tree, a dense solve and gudhi's
bars on distances by definition; blind to copies.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

from landscape_app.analysis.measures.function_cloud import K, function_distances
from landscape_app.analysis.measures.listing import measure_all
from landscape_app.records.snapshots import Matrix, Snapshots
from landscape_app.seeds import numpy_stream
from tests.analysis.measures.clouds import CLASSES, FACTS, PROBES, TRAIN_PROBES, cloud
from tests.analysis.topology.references import gudhi_sublevel

PROBE_OF = {"": "probe", "[train]": "train_probe"}


@pytest.fixture(scope="module")
def drawn() -> Snapshots:
    """The cloud with random losses and outputs; controls compute what the anchor computes."""
    plain, rng = cloud(seeds=4), numpy_stream(6, "function cloud")
    still = plain.column("distance") == 0

    def outputs(probes: int) -> Matrix:
        powers = np.exp(rng.standard_normal((len(plain), probes, CLASSES)))
        powers[still] = powers[0]
        softmax = powers / powers.sum(-1, keepdims=True)
        return Matrix.of(softmax.reshape(len(plain), -1).astype(np.float32))

    columns = dict(plain.columns)
    columns["train_loss"] = rng.exponential(size=len(plain))
    columns["train_loss"][still] = columns["train_loss"][0]
    return replace(plain, columns=columns, probe=outputs(PROBES), train_probe=outputs(TRAIN_PROBES))


def values(snapshots: Snapshots) -> dict[str, float]:
    return {
        line["name"]: line["value"]
        for line in measure_all(snapshots, FACTS)
        if line["name"].partition("[")[0].endswith("_function")
    }


def recomputed(snapshots: Snapshots, part: str) -> dict[str, float]:
    """The three measures by definition, of the rows that move (the anchor among them)."""
    taken = np.flatnonzero(snapshots.column("distance") > 0)
    taken = np.concatenate([[0], taken])
    p = getattr(snapshots, PROBE_OF[part]).whole()[taken].astype(np.float64)
    d = cdist(p, p) / np.sqrt(p.shape[1] / CLASSES)
    similarity = np.exp(-np.sqrt(FACTS["train_rows"]) * d)
    weights = np.linalg.inv(similarity).sum(1)
    loss = snapshots.column("train_loss")[taken]
    tree = minimum_spanning_tree(d).toarray()
    edges = {tuple(sorted(pair)) for pair in np.argwhere(tree > 0).tolist()}
    for i, row in enumerate(d):
        edges |= {tuple(sorted((i, int(j)))) for j in np.argsort(row)[: K + 1] if j != i}
    bars = gudhi_sublevel(np.array(sorted(edges)), loss)
    finite = bars[np.isfinite(bars[:, 1])]
    return {
        f"mst_length_function{part}": tree.sum(),
        f"magnitude_function{part}": weights[weights > 0].sum(),
        f"persistence_function{part}": (finite[:, 1] - finite[:, 0]).sum(),
    }


def test_the_cloud_in_function_space_is_what_other_libraries_give(drawn):
    known = recomputed(drawn, "") | recomputed(drawn, "[train]")
    assert known["persistence_function"] > 0.01, "a case that tells nothing"
    assert known["persistence_function"] != known["persistence_function[train]"]
    assert values(drawn) == pytest.approx(known, rel=1e-5)


def test_copies_and_the_order_of_the_rows_change_nothing(drawn):
    moved = np.flatnonzero(drawn.column("step_size") != 0)
    without = drawn.select(np.concatenate([[0], moved]))
    assert len(without) < len(drawn)
    assert values(without) == pytest.approx(values(drawn), rel=1e-9)
    mixed = drawn.select(numpy_stream(7, "order").permutation(len(drawn)))
    assert values(mixed) == pytest.approx(values(drawn), rel=1e-9)


def test_rounding_that_tells_controls_from_the_anchor_changes_nothing(drawn):
    still = (drawn.column("distance") == 0) & (drawn.column("step_size") == 0)
    probe = drawn.probe.whole().copy()
    probe[still] *= np.float32(1 + 1e-6)
    known = function_distances(drawn)
    found = function_distances(replace(drawn, probe=Matrix.of(probe)))
    assert len(found.distances) == len(known.distances)
