"""Measures of a run's snapshots as a cloud of points in function space: the length of their
spanning tree, their magnitude, and the bars of the train loss over their nearest neighbours.

They use all snapshots with finite outputs, controls included; snapshots that compute the same count
once. The distance is that between softmax outputs, or between the scaled outputs of a regression:
on probe inputs of the test set, and in a second part of every measure on inputs of the train set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from landscape_app.analysis import function_space
from landscape_app.analysis.coincidence import coinciding
from landscape_app.analysis.distances import diverged
from landscape_app.analysis.measures.cloud import (
    ANDREEVA,
    BIRDAL,
    MOST,
    TREE,
    magnitude,
    root_of_rows,
)
from landscape_app.analysis.measures.function import TEST, answering, on_both
from landscape_app.analysis.measures.measure import LOSS, Facts, Measured, measure
from landscape_app.analysis.measures.trajectories import words
from landscape_app.analysis.topology import scale
from landscape_app.analysis.topology.graph import nearest_neighbour_graph
from landscape_app.analysis.topology.totals import Totals
from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Snapshots

# the key under which facts may hold what gives a FunctionCloud already
FUNCTION_CLOUD = "function cloud"
K = 20  # nearest neighbours of the graph, whatever those of the analysis: a measure means one thing
SHARED = "n² · probe outputs, shared"


@dataclass(frozen=True)
class FunctionCloud:
    """m snapshots that compute different things: distances (m, m) float64, their train losses (m,),
    and words about the snapshots without finite outputs.
    """

    distances: np.ndarray
    losses: np.ndarray
    told: str


def function_distances(snapshots: Snapshots, inputs: str = TEST) -> FunctionCloud:
    """The cloud on the probe inputs of one set. O(n² · outputs). Raises AnalysisError where the
    outputs are not stored, or fewer than three snapshots have finite ones.
    """
    of, distance = answering(snapshots, inputs), function_space.own(snapshots)
    values = function_space.apart(
        function_space.answers(of, distance), distance, classes=snapshots.classes
    )
    finite = np.flatnonzero(~(np.isnan(np.diagonal(values)) | diverged(snapshots)))
    if len(finite) < 3:
        raise AnalysisError("fewer than three snapshots have finite outputs on the probe inputs")
    values = values[np.ix_(finite, finite)]
    # what is at the anchor is the anchor, though rounding may tell the outputs of copies apart
    here = snapshots.column("distance")[finite] == 0
    start = np.where(here, here.argmax(), np.arange(len(finite)))
    distinct = np.flatnonzero(coinciding(values, start=start) == np.arange(len(finite)))
    lost = len(snapshots) - len(finite)
    told = words(
        f"{len(distinct):,} distinct snapshots",
        f"{lost:,} not finite are left out" if lost else "",
    )
    losses = snapshots.column("train_loss")[finite[distinct]]
    return FunctionCloud(values[np.ix_(distinct, distinct)], losses, told)


def _on_both(
    compute: Callable[[FunctionCloud], Measured], snapshots: Snapshots, facts: Facts
) -> list[Measured]:
    return on_both(facts.get(FUNCTION_CLOUD) or partial(function_distances, snapshots), compute)


@measure(
    unit="",
    direction="higher = what is computed is spread wider",
    source=f"{BIRDAL}; between outputs: this program's",
    cost=f"{SHARED}; {TREE}",
)
def mst_length_function(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """E₁ = Σ of the edges of the minimum spanning tree in function space."""
    return _on_both(
        lambda known: Measured(scale.energy(known.distances), known.told), snapshots, facts
    )


@measure(
    unit="",
    direction="higher = more snapshots that compute something of their own",
    source=f"{ANDREEVA}; between outputs: this program's",
    cost=f"{SHARED}; n³, of at most {MOST:,} snapshots",
)
def magnitude_function(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """Positive magnitude in function space."""
    return _on_both(
        lambda known: magnitude(known.distances, root_of_rows(facts), known.told), snapshots, facts
    )


@measure(
    unit=LOSS,
    direction="higher = minima of the sample further from joined",
    source="of the loss: Horoi et al. 2022, arXiv 2102.00485; between outputs: this program's",
    cost=f"{SHARED}; the graph's n² and its bars",
)
def persistence_function(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """Σ of the finite bars of the train loss over the nearest neighbours in function space."""

    def compute(known: FunctionCloud) -> Measured:
        finite = np.isfinite(known.losses)
        losses = known.losses[finite]
        if len(losses) < 3:
            return Measured(None, "fewer than three snapshots have a finite train loss")
        k = min(K, len(losses) - 1)
        graph = nearest_neighbour_graph(known.distances[np.ix_(finite, finite)], k)
        return Measured(
            Totals(graph.edges, graph.n).of(losses), words(known.told, f"{k} nearest neighbours")
        )

    return _on_both(compute, snapshots, facts)
