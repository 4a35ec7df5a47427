"""Laws of the table: what is compared was learned from nearly the same networks."""

from __future__ import annotations

import numpy as np
import pytest

from landscape_app.analysis.experiment import features, table
from landscape_app.analysis.experiment.correctness import Correctness

GROUPS = np.repeat(np.arange(20), 2)


@pytest.mark.parametrize(("lacking", "compared"), [(0, True), (2, True), (6, False), (38, False)])
def test_sets_of_other_networks_are_not_compared(lacking: int, compared: bool) -> None:
    rng, n = np.random.default_rng(0), len(GROUPS)
    there = np.arange(n) >= lacking
    right = {
        "jumps": Correctness(rng.random((3, 5, n)) < 0.6, np.ones(n, dtype=bool)),
        "naive": Correctness((rng.random((3, 5, n)) < 0.4) & there, there),
    }
    nothing = features.FeatureTable((), np.zeros((0, 1)), {})
    sets = [
        table.FeatureSet("jumps", "jumps", table.SAMPLING, nothing, against=("naive",)),
        table.FeatureSet("naive", "naive", table.SAMPLING, nothing),
    ]
    differences = table.differences(sets, right, GROUPS)
    assert [each.networks for each in differences] == [n - lacking] * compared
