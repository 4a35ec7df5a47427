"""Topology as it is stored: graphs, bars and loops as arrays by name, with snapshots named by their
canonical ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from landscape_app.analysis.topology import triangulation
from landscape_app.analysis.topology.filtrations import FEWEST, left_out
from landscape_app.analysis.topology.graph import nearest_neighbour_graph
from landscape_app.analysis.topology.mergetree import leaf_heights, smad
from landscape_app.analysis.topology.profile import profile
from landscape_app.analysis.topology.rips import Rips
from landscape_app.analysis.topology.sublevel import Sublevel, persistence
from landscape_app.analysis.topology.summaries import summarise
from landscape_app.pipeline.arrays import Stored
from landscape_app.records.diagram import Diagram
from landscape_app.registries import FILTRATIONS

Arrays = dict[str, np.ndarray]
ABSENT = "absent"  # in the meta of a diagram: why this filtration has none


def filtered(name: str, columns: Mapping[str, np.ndarray]) -> tuple[np.ndarray, str]:
    """(the values (m,) of a filtration, why some of them are not finite, in words)."""
    entry = FILTRATIONS[name]
    values, under = entry.load()(columns), entry.settings.get("log_of")
    return values, left_out(
        values, loss=None if under is None else np.asarray(columns[str(under)], dtype=np.float64)
    )


def too_few(values: np.ndarray) -> bool:
    """Whether values are missing and those that are left have no graph between them."""
    finite = int(np.isfinite(values).sum())
    return finite < min(FEWEST, len(values))


def absent(values: np.ndarray, rows: np.ndarray, why: str) -> Stored:
    """A diagram, or profile, that does not exist: no bars and no summaries; meta: `absent`, the
    reason, and `excluded`.
    """
    none, some = np.empty(0, dtype=np.int64), np.empty(0)
    arrays = {
        "rows": rows,
        "values": values.astype(np.float64),
        **dict.fromkeys(("birth", "death", "leaf_heights"), some),
        **dict.fromkeys(("birth_row", "basin_rows", "into"), none),
        "merge_rows": none.reshape(0, 2),
        "basin_offsets": np.zeros(1, dtype=np.int64),
    }
    return arrays, {ABSENT: why, "excluded": rows[~np.isfinite(values)].tolist()}


def of_neighbours(distances: np.ndarray, rows: np.ndarray, *, k: int) -> Stored:
    """rows (m,), edges (e, 2) positions into rows, lengths (e,). With no more than k snapshots
    every one is a neighbour of all.
    """
    nearest = min(k, len(rows) - 1)
    graph = nearest_neighbour_graph(distances, nearest)
    return {"rows": rows, "edges": graph.edges, "lengths": graph.lengths}, {
        "edges": len(graph.edges),
        "k": nearest,
    }


def of_finite(
    values: np.ndarray, edges: np.ndarray, distances: Callable[[], np.ndarray], *, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """(mask (m,) of the finite `values`, the edges among them): a graph of its own, so that leaving
    snapshots out does not cut it.
    """
    finite = np.isfinite(values)
    if not finite.all():
        inside = np.flatnonzero(finite)
        edges = nearest_neighbour_graph(
            distances()[np.ix_(inside, inside)], min(k, len(inside) - 1)
        ).edges
    return finite, edges


def bars_of(values: np.ndarray, edges: np.ndarray, finite: np.ndarray) -> Sublevel:
    """The bars of the finite `values` (m,) over the graph that `of_finite` gave."""
    return persistence(edges, values[finite])


def of_sublevel(
    sublevel: Sublevel, values: np.ndarray, rows: np.ndarray, finite: np.ndarray
) -> Stored:
    """The bars of `values` (m,); snapshots without a finite value stay in `values`, out of the
    bars.

    rows, values (m,), birth, death (b,), birth_row (b,), merge_rows (b, 2), basin_rows with
    basin_offsets (b + 1,), into (b,), leaf_heights (b,): from each minimum to the first saddle
    above it. meta: the summaries, smad, leaves (minima with a saddle).
    """
    diagram, ids = sublevel.diagram, rows[finite]
    heights = leaf_heights(sublevel)
    arrays = {
        "rows": rows,
        "values": values.astype(np.float64),
        "birth": diagram.birth,
        "death": diagram.death,
        "birth_row": ids[diagram.birth_pair[:, 0]],
        "merge_rows": _ids(diagram.death_pair, ids),
        "basin_rows": ids[sublevel.basin_rows],
        "basin_offsets": sublevel.basin_offsets,
        "into": sublevel.into,
        "leaf_heights": heights,
    }
    meta = {
        "smad": smad(sublevel),
        "leaves": int(np.isfinite(heights).sum()),
        "excluded": rows[~finite].tolist(),
    }
    return arrays, summarise(diagram) | meta


def of_profile(
    sublevel: Sublevel, values: np.ndarray, rows: np.ndarray, finite: np.ndarray
) -> Stored:
    """The profile of the merge tree: x_left, x_right, bottom, top, level, parent, row (a,) per arc;
    order_rows, heights (m,) per place; wall_places, wall_heights (w,).

    The line through `heights`, one place for each snapshot, which rises to wall_heights between
    wall_places − 1 and wall_places, is the profile: its sublevel sets are the valleys.
    """
    ids, heights = rows[finite], values[finite].astype(np.float64)
    line = profile(sublevel, heights)
    arrays = {
        "x_left": line.left,
        "x_right": line.right,
        "bottom": line.bottom,
        "top": line.top,
        "level": line.level,
        "parent": line.parent,
        "row": ids[line.vertex],
        "order_rows": ids[line.order],
        "heights": heights[line.order],
        "wall_places": line.walls[0],
        "wall_heights": line.walls[1],
    }
    return arrays, {"arcs": len(line.left), "width": len(ids), "excluded": rows[~finite].tolist()}


def of_triangulation(points: np.ndarray, values: np.ndarray, rows: np.ndarray) -> Stored:
    """H0 and H1 of `values` (m,) over the triangulation of `points` (m, 2), over the finite values
    alone.

    rows, values (m,), triangles (T, 3), h0_birth, h0_death, h0_birth_row, h0_merge_rows (b, 2),
    h1_birth, h1_death, h1_birth_rows (c, 2), h1_death_rows (c, 3): snapshots. meta h0, h1: their
    summaries; merged: snapshots at the place of another.
    """
    finite = np.isfinite(values)
    ids = rows[finite]
    diagrams = triangulation.persistence(points[finite], values[finite])
    arrays = {
        "rows": rows,
        "values": values.astype(np.float64),
        "triangles": ids[diagrams.triangles],
        "h0_birth": diagrams.h0.birth,
        "h0_death": diagrams.h0.death,
        "h0_birth_row": ids[diagrams.h0.birth_pair[:, 0]],
        "h0_merge_rows": _ids(diagrams.h0.death_pair, ids),
        "h1_birth": diagrams.h1.birth,
        "h1_death": diagrams.h1.death,
        "h1_birth_rows": ids[diagrams.h1.birth_pair],
        "h1_death_rows": ids[diagrams.death_triangles],
    }
    meta = {
        "h0": summarise(diagrams.h0),
        "h1": summarise(diagrams.h1),
        "merged": len(ids) - len(diagrams.vertices),
    }
    return arrays, meta | {"excluded": rows[~finite].tolist()}


def of_rips(rips: Rips, rows: np.ndarray) -> Stored:
    """H0 as its merging edges, H1 (and H2) with the pairs that give birth and death, and the loops,
    in the unit of the distances.
    """
    h0 = rips.h0
    arrays: Arrays = {"h0_death": h0.death[1:], "h0_rows": rows[h0.death_pair[1:]]}
    arrays |= of_loops(rips, rows)
    meta = {
        "threshold": rips.threshold,
        "total_persistence_h0": summarise(h0)["total_persistence"],
        "snapshots": len(rows),
        "points": len(rips.points),
        "radius": rips.radius,
        "error": rips.error,
        **_counted(rips.h1),
    }
    if rips.h2 is not None:
        arrays |= _located(rips.h2, rows)
        meta |= _counted(rips.h2) | {
            "points_h2": len(rips.void_points),
            "radius_h2": rips.void_radius,
            "error_h2": rips.void_error,
        }
    return arrays, meta


def of_loops(rips: Rips, rows: np.ndarray) -> Arrays:
    """H1 alone: h1_birth, h1_death, h1_birth_rows, h1_death_rows, h1_censored, h1_cycle_rows,
    h1_cycle_offsets.
    """
    return _located(rips.h1, rows) | {
        "h1_cycle_rows": rows[rips.cycle_rows],
        "h1_cycle_offsets": rips.cycle_offsets,
    }


def _located(diagram: Diagram, rows: np.ndarray) -> Arrays:
    """birth, death, birth_rows, death_rows (b, 2), censored of H1 or H2."""
    h = f"h{diagram.dimension}"
    return {
        f"{h}_birth": diagram.birth,
        f"{h}_death": diagram.death,
        f"{h}_birth_rows": rows[diagram.birth_pair],
        f"{h}_death_rows": _ids(diagram.death_pair, rows),
        f"{h}_censored": diagram.censored.astype(np.uint8),
    }


def _counted(diagram: Diagram) -> dict[str, Any]:
    summaries, h = summarise(diagram), f"h{diagram.dimension}"
    return {
        f"{name}_{h}": summaries[name]
        for name in ("longest", "censored", "bars", "total_persistence")
    }


def _ids(positions: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Canonical ids of `positions`, −1 where there is none."""
    return np.where(positions < 0, -1, rows[np.maximum(positions, 0)])
