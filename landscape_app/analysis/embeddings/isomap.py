"""Isomap (Tenenbaum, de Silva & Langford 2000): classical scaling of the distances along the graph
of nearest neighbours.
"""

from __future__ import annotations

from landscape_app.analysis.embedding import Embedding
from landscape_app.analysis.mds import classical
from landscape_app.analysis.paths import pieces, shortest_paths
from landscape_app.analysis.space import Space


def embed(space: Space, *, dims: int, neighbours: int) -> Embedding:
    """Coordinates (m, dims) in units of the distance. Where the graph falls apart, the minimum
    spanning tree, in it anyway, joins it.

    meta: neighbours as used; components, 1; joined_edges, how many edges of the tree that took.
    Stress is that of the path lengths.
    """
    used = min(neighbours, len(space.distances) - 1)
    lengths = shortest_paths(space.distances, used)
    meta = {"neighbours": used, "components": 1, "joined_edges": pieces(space.distances, used) - 1}
    return Embedding(classical(lengths, dims=dims)[0], lengths, True, meta)
