"""Laws of cancelling an analysis: it can be stopped anywhere, and never goes on for long without
asking.
"""

from __future__ import annotations

import time

import numpy as np
import pytest

from landscape_app.analysis.embedding import embed
from landscape_app.analysis.space import Space
from landscape_app.analysis.topology import rips, ripser_process
from landscape_app.errors import Cancelled
from landscape_app.records.progress import Silent
from landscape_app.records.pulse import listening
from landscape_app.settings import AnalysisSpec
from tests.patience import patience

M = 1_200  # snapshots
PRODUCTS = 8  # dense products of as many rows that may go by between two pulses


class Gaps(Silent):
    """The longest time between two pulses; cancels after `last` of them."""

    def __init__(self, last: float = np.inf) -> None:
        self.longest, self.count, self.last, self.before = 0.0, 0, last, time.monotonic()

    def check(self) -> None:
        now = time.monotonic()
        self.longest, self.before = max(self.longest, now - self.before), now
        self.count += 1
        if self.count > self.last:
            raise Cancelled


@pytest.fixture(scope="module")
def space() -> Space:
    """Twelve walks of a hundred steps each, begun apart."""
    rng = np.random.default_rng(0)
    walks = [
        np.cumsum(0.1 * rng.standard_normal((M // 12, 20)), 0) + rng.standard_normal(20)
        for _ in range(12)
    ]
    at = np.concatenate(walks)
    apart = np.sqrt(((at[:, None] - at) ** 2).sum(2))
    label = np.repeat(np.arange(12), M // 12)
    return Space(
        apart, label, label % 4, np.empty((0, 2), dtype=np.int64), AnalysisSpec(stability=1)
    )


def product_seconds() -> float:
    """What a dense product takes here and now."""
    matrix, begun = np.ones((M, M)), time.monotonic()
    _ = matrix @ matrix
    return time.monotonic() - begun


@pytest.mark.parametrize("method", ["phate", "phate-paper", "mds", "metric-mds", "isomap"])
def test_no_embedding_goes_on_for_long_without_a_pulse(space, method):
    progress = Gaps()
    with listening(progress):
        embed(space, method, dims=2)
    assert progress.count > 10
    assert progress.longest < 0.5 + PRODUCTS * max(product_seconds(), product_seconds())


@pytest.mark.parametrize("last", [0, 1, 7])
@pytest.mark.parametrize("method", ["phate", "metric-mds", "tsne"])
def test_an_embedding_stops_at_whatever_pulse_says_so(space, method, last):
    progress = Gaps(last)
    with pytest.raises(Cancelled), listening(progress):
        embed(space, method, dims=2)
    assert progress.count == last + 1


@pytest.mark.slow
def test_ripser_in_a_process_of_its_own_gives_the_same_bars_and_is_left_at_once(space, monkeypatch):
    here = rips.persistence(space.distances[:200, :200])
    monkeypatch.setattr(rips, "MANY", 10)
    there = rips.persistence(space.distances[:200, :200])
    for name in ("birth", "death", "birth_pair", "death_pair"):
        assert np.array_equal(getattr(here.h1, name), getattr(there.h1, name))
    edges = np.stack(np.triu_indices(M, 1), 1)
    begun = time.monotonic()
    with pytest.raises(Cancelled), listening(Gaps(0)):
        ripser_process.bars(M, edges, 2)
    assert time.monotonic() - begun < patience(3)
