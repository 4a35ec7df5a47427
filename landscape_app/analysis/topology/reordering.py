"""A loss against its own changes in another order: is it smoother over the graph of snapshots, or
rougher, than its paths make it?

Every path of retraining keeps its loss at the jump and its set of changes from one snapshot to the
next; their order is drawn anew, each as likely. A loss that walks at random along the paths, and
knows nothing of where the snapshots lie, has one of these null draws as likely as any other, so its
p is exact. A loss that was only permuted over the snapshots would be beaten by any such walk.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from landscape_app.analysis.topology.null import Null
from landscape_app.analysis.topology.paths import Paths, between, reached_from
from landscape_app.analysis.topology.totals import Totals
from landscape_app.errors import AnalysisError

SAME = 1e-9  # of the values' range: what adding the changes up in another order may round off
GRID = 2.0**-36  # … and of the series', before ranks are taken: equal values stay equal

Ranked = Callable[[np.ndarray], np.ndarray]


def reordered(
    edges: np.ndarray,
    steps: np.ndarray,
    series: np.ndarray,
    *,
    rng: np.random.Generator,
    repeats: int = 199,
    ranked: Ranked | None = None,
) -> Null:
    """Total persistence over the graph `edges` (e, 2) of `series` (n,), and of `repeats` series
    with the same changes in other orders.

    steps (s, 2): positions of snapshots that follow each other; where one is missing, what comes
    after it is a path of its own. ranked: what makes the vertices' values of a series, where it is
    not the series itself: the order of changes is that of the series, the bars are those of the
    values. Raises AnalysisError for values that are not finite. 0.7 ms a repeat at n = 821.
    """
    values = np.asarray(series, dtype=np.float64)
    if not np.isfinite(values).all():
        raise AnalysisError(
            f"{int((~np.isfinite(values)).sum())} of {len(values)} values are not finite. Leave"
            " those snapshots out."
        )
    paths, totals, heights = (
        between(reached_from(steps, len(values))),
        Totals(edges, len(values)),
        ranked_of(values, ranked),
    )
    changes, observed = paths.moves(values), totals.of(heights(values))
    samples = np.array(
        [totals.of(heights(_permuted(paths, values, changes, rng))) for _ in range(repeats)],
        dtype=np.float64,
    )
    samples[np.abs(samples - observed) <= SAME * np.ptp(heights(values))] = observed
    return Null(observed, samples)


def ranked_of(series: np.ndarray, ranked: Ranked | None) -> Ranked:
    """What makes vertices' values of `series`, or of one with the same changes; its rounding does
    not part equal values.
    """
    unit = GRID * float(np.ptp(series))
    if ranked is None:
        return lambda values: values
    return lambda values: ranked(
        np.round((values - series[0]) / unit) if unit else np.zeros(len(values))
    )


def orders(steps: np.ndarray, series: np.ndarray) -> float:
    """The number of different orders of the changes of `series` (n,); ∞ where it is too large for a
    float.
    """
    paths = between(reached_from(steps, len(series)))
    changes = paths.moves(np.asarray(series, dtype=np.float64))
    log = 0.0
    for chain in np.unique(paths.chain):
        _, counts = np.unique(changes[paths.chain == chain], return_counts=True)
        log += math.lgamma(counts.sum() + 1) - sum(math.lgamma(count + 1) for count in counts)
    return math.exp(log) if log < 700 else math.inf


def _permuted(
    paths: Paths, values: np.ndarray, changes: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    return np.array(paths.walked(values, paths.in_another_order(changes, rng)))
