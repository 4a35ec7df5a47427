"""Whether persistence says anything: a statistic as observed, held against the same statistic in worlds without structure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from landscape_app.analysis.topology.noise import Walks
from landscape_app.analysis.topology.rips import finite_loops
from landscape_app.errors import AnalysisError

LEVEL = 0.05  # a p below or at it is called significant


@dataclass(frozen=True)
class Null:
    """A statistic as `observed`, and as it came out in (r,) `samples` of a world without what is tested for."""

    observed: float
    samples: np.ndarray

    @property
    def p_low(self) -> float:
        """(1 + samples at or below the observed) / (1 + r): small if it is lower than chance. Phipson & Smyth 2010."""
        return (1 + int((self.samples <= self.observed).sum())) / (1 + len(self.samples))

    @property
    def p_high(self) -> float:
        """(1 + samples at or above the observed) / (1 + r): small if it is higher than chance."""
        return (1 + int((self.samples >= self.observed).sum())) / (1 + len(self.samples))

    @property
    def middle(self) -> tuple[float, float, float] | None:
        """(median, 5th and 95th percentile) of the samples; None without any."""
        if not len(self.samples):
            return None
        low, median, high = np.quantile(self.samples, [0.05, 0.5, 0.95])
        return float(median), float(low), float(high)


def permuted(edges: np.ndarray, values: np.ndarray, *, rng: np.random.Generator, repeats: int = 199) -> Null:
    """Total persistence of the sublevel bars, and of those of `repeats` permutations of `values` (n,) over the vertices.

    A loss that is smooth over the graph has a lower total persistence than its permutations (p_low).
    """
    return permuted_each(edges, {"": values}, rng=rng, repeats=repeats)[""]


def permuted_each(edges: np.ndarray, values: Mapping[str, np.ndarray], *, rng: np.random.Generator, repeats: int = 199) -> dict[str, Null]:
    """`permuted` for several functions (n,) of the same vertices, all dealt out by the same permutations.

    Functions that put the vertices in one order (a loss, its logarithm, its rank) have their bars between the same vertices, so
    each world is worked out once for them: 1 ms a repeat and order at n = 821 with 20 neighbours. Raises AnalysisError for
    values that are not finite.
    """
    names = {name: np.asarray(v, dtype=np.float64) for name, v in values.items()}
    for v in names.values():
        if not np.isfinite(v).all():
            raise AnalysisError(f"{int((~np.isfinite(v)).sum())} of {len(v)} values are not finite. Leave those snapshots out.")
    if not names:
        return {}
    n = len(next(iter(names.values())))
    deals = [np.arange(n), *(rng.permutation(n) for _ in range(repeats))]
    tree = _Tree(edges, n)
    worked_out: dict[bytes, np.ndarray] = {}
    found = {}
    for name, v in names.items():
        rank = np.empty(n, dtype=np.int64)
        rank[np.argsort(v, kind="stable")] = np.arange(n)
        key = rank.tobytes()
        if key not in worked_out:
            worked_out[key] = np.array([tree.shares(rank[deal]) for deal in deals])
        totals = (worked_out[key] * np.sort(v - v.min())).sum(axis=1)
        found[name] = Null(float(totals[0]), totals[1:])
    return found


class _Tree:
    """A graph with n vertices whose lightest spanning forest is asked for again and again with other heights."""

    def __init__(self, edges: np.ndarray, n: int) -> None:
        edges = np.sort(np.asarray(edges, dtype=np.int64).reshape(-1, 2), axis=1)
        order = np.lexsort((edges[:, 1], edges[:, 0]))
        self.i, self.j = (np.ascontiguousarray(ends, dtype=np.int32) for ends in edges[order].T)
        self.n, self.indptr = n, np.searchsorted(self.i, np.arange(n + 1)).astype(np.int32)
        _, self.component = csgraph.connected_components(self._matrix(np.ones(len(edges))), directed=False)

    def _matrix(self, heights: np.ndarray) -> sparse.csr_array:
        return sparse.csr_array((heights, self.j, self.indptr), shape=(self.n, self.n))

    def shares(self, rank: np.ndarray) -> np.ndarray:
        """(n,) how often each value, from the lowest up, counts in the total persistence of vertices in the order `rank` (n,).

        Every vertex but a component's lowest dies at one edge of the spanning forest (mostly at once), and every edge kills one:
        the sum of the bars is that of the forest's heights less that of all values, the lowest of each component excepted.
        """
        heights = np.maximum(rank[self.i], rank[self.j]) + 1.0
        forest = csgraph.minimum_spanning_tree(self._matrix(heights)).data
        lowest = np.full(int(self.component.max()) + 1, self.n)
        np.minimum.at(lowest, self.component, rank)
        counts = np.bincount(forest.astype(np.int64) - 1, minlength=self.n) - 1
        counts[lowest] += 1
        return counts


def loops_against(
    walks: Walks, world: Callable[[np.random.Generator], np.ndarray], *, rng: np.random.Generator, repeats: int
) -> dict[str, Null]:
    """{"longest", "total"}: longest finite H1 bar and sum of all, of the walks as they are and in `repeats` worlds.

    `world` makes the distances of one (see `Walks.noise`, `Walks.reordered`). Both sides are Rips filtrations without a threshold
    on the same few snapshots, so nothing is censored, and of float32 distances: those of a run are stored so, and what rounding
    makes of them must not beat worlds that were never rounded. 6 ms a repeat.
    """
    observed = finite_loops(walks.distances.astype(np.float32))
    samples = [finite_loops(world(rng).astype(np.float32)) for _ in range(repeats)]
    return {
        name: Null(float(statistic(observed)), np.array([statistic(one) for one in samples], dtype=np.float64))
        for name, statistic in (("longest", lambda lengths: lengths.max(initial=0.0)), ("total", np.sum))
    }
