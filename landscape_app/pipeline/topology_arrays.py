"""Topology as it is stored: graphs, bars and loops as arrays by name, with snapshots named by their canonical ids."""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.topology.graph import nearest_neighbour_graph
from landscape_app.analysis.topology.rips import Rips
from landscape_app.analysis.topology.sublevel import persistence
from landscape_app.analysis.topology.summaries import summarise
from landscape_app.pipeline.arrays import Stored

NOT_TESTED = "not tested for significance"


def of_neighbours(distances: np.ndarray, rows: np.ndarray, *, k: int) -> Stored:
    """rows (m,), edges (e, 2) positions into rows, lengths (e,). With no more than k snapshots every one is a neighbour of all."""
    nearest = min(k, len(rows) - 1)
    graph = nearest_neighbour_graph(distances, nearest)
    return {"rows": rows, "edges": graph.edges, "lengths": graph.lengths}, {"edges": len(graph.edges), "k": nearest}


def of_sublevel(values: np.ndarray, distances: np.ndarray, rows: np.ndarray, *, edges: np.ndarray, k: int) -> Stored:
    """The bars of `values` (m,) over the graph with `edges`; snapshots without a finite value stay in `values`, out of the bars.

    rows, values (m,), birth, death (b,), birth_row (b,), merge_rows (b, 2), basin_rows with basin_offsets (b + 1,), into (b,).
    """
    finite = np.isfinite(values)
    if not finite.all():  # a graph of its own, so that leaving snapshots out does not cut it
        edges = nearest_neighbour_graph(distances[np.ix_(finite, finite)], min(k, int(finite.sum()) - 1)).edges
    found = persistence(edges, values[finite])
    diagram, ids = found.diagram, rows[finite]
    arrays = {
        "rows": rows,
        "values": values.astype(np.float64),
        "birth": diagram.birth,
        "death": diagram.death,
        "birth_row": ids[diagram.birth_pair[:, 0]],
        "merge_rows": _ids(diagram.death_pair, ids),
        "basin_rows": ids[found.basin_rows],
        "basin_offsets": found.basin_offsets,
        "into": found.into,
    }
    return arrays, summarise(diagram) | {"excluded": [int(row) for row in rows[~finite]]}


def of_rips(rips: Rips, rows: np.ndarray) -> Stored:
    """H0 as its merging edges, H1 with the pairs that give birth and death, and the loops, in the unit of the distances given."""
    h0, h1 = rips.h0, rips.h1
    arrays = {
        "h0_death": h0.death[1:],
        "h0_rows": rows[h0.death_pair[1:]],
        "h1_birth": h1.birth,
        "h1_death": h1.death,
        "h1_birth_rows": rows[h1.birth_pair],
        "h1_death_rows": _ids(h1.death_pair, rows),
        "h1_censored": h1.censored.astype(np.uint8),
        "h1_cycle_rows": rows[rips.cycle_rows],
        "h1_cycle_offsets": rips.cycle_offsets,
    }
    found = summarise(h1)
    meta = {
        "threshold": rips.threshold,
        "longest_h1": found["longest"],
        "censored_h1": found["censored"],
        "bars_h1": found["bars"],
        "total_persistence_h1": found["total_persistence"],
        "total_persistence_h0": summarise(h0)["total_persistence"],
        "note": NOT_TESTED,
        "snapshots": len(rows),
        "points": len(rips.points),
        "radius": rips.radius,
        "error": rips.error,
    }
    return arrays, meta


def _ids(positions: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Canonical ids of `positions`, −1 where there is none."""
    return np.where(positions < 0, -1, rows[np.maximum(positions, 0)])
