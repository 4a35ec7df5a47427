"""The benchmark of the analysis at a tiny size: every step is there, and ours agrees with every
library.
"""

from __future__ import annotations

import json

import numpy as np
import pytest

from landscape_app.bench.analysis import measure
from landscape_app.bench.made import ROWS, BenchCloud
from landscape_app.bench.peak import peak
from landscape_app.cli.main import main
from landscape_app.errors import SpecError

pytestmark = pytest.mark.slow

STEPS = {
    "distances",
    "embedding",
    "metric MDS",
    "sublevel persistence",
    "merge tree",
    "Rips H0",
    "Rips H0, H1",
    "curvature, top 5",
    "curvature, trace",
    "curvature, density",
}


def test_every_step_is_measured_and_agrees_with_the_libraries(capsys):
    assert (
        main(
            [
                "bench",
                "analysis",
                "--json",
                "--sizes",
                "130",
                "--parameters",
                "200",
                "--repeats",
                "1",
                "--no-memory",
            ]
        )
        == 0
    )
    result = json.loads(capsys.readouterr().out)
    assert {row["step"] for row in result["rows"] if row["n"] == 130} == STEPS
    assert result["rows"][-1]["step"] == "sublevel and merge tree, 101×101 grid"
    assert set(result["machine"]["versions"]) >= {"numpy", "phate", "ripser"}
    for row in result["rows"]:
        found = row["agreement"]
        assert row["ratio"] == pytest.approx(row["reference_seconds"] / row["ours"])
        assert row.get("error", 0) <= 1e-5
        assert row.get("stress", 0) <= 1.01 * found.get("stress", 1) + 1e-4
        assert found.get("t") in (None, row.get("t"))
        assert found.get("potential_apart", 0) <= 1e-6
        assert found.get("bars_apart", 0) <= 1e-6  # ripser's bars are in single precision
        assert found.get("smad_apart", 0) <= 1e-12
        assert found.get("eigenvalues_apart", 0) <= 1e-4
        assert found.get("mean_eigenvalue_apart", 0) <= 1e-6
        assert found.get("apart_in_errors", 0) <= 5
    assert (
        sum(
            row["agreement"].get("bars", 0)
            for row in result["rows"]
            if row["step"] == "Rips H0, H1"
        )
        > 0
    )


def test_made_snapshots_are_distinct_and_their_steps_shrink():
    cloud = BenchCloud(1 + 5 * ROWS, 300)
    apart = cloud.distances + np.eye(cloud.n)
    assert (apart > 0).all()
    steps = np.diagonal(apart, 1)[1:]
    within = cloud.trajectory[1:-1] == cloud.trajectory[2:]
    steps = steps[within].reshape(5, ROWS - 1)
    assert (steps[:, -1] < steps[:, 0] / 10).all()
    assert (BenchCloud(1 + 5 * ROWS, 300).delta == cloud.delta).all()


def test_sizes_too_small_are_refused():
    with pytest.raises(SpecError, match="100 snapshots or more"):
        measure(sizes=(50,))


def test_memory_of_a_step_is_that_of_a_process_with_the_cloud_in_it():
    small, large = peak("distances", 100, 200), peak("distances", 1_500, 200)
    assert 20 < small < large < 2_000  # MiB; the larger one holds 18 MB of distances
