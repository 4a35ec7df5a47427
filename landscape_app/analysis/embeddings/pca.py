"""Principal components of the snapshots, from their distances: no second pass over the weights."""

from __future__ import annotations

from landscape_app.analysis.embedding import Embedding
from landscape_app.analysis.space import Space


def embed(space: Space, *, dims: int) -> Embedding:
    """Scores (m, dims) on the first principal axes; meta "explained": share of the variance of each. Needs Euclidean distances."""
    coordinates, shares = space.principal
    return Embedding(coordinates[:, :dims], space.distances, False, {"explained": [float(share) for share in shares[:dims]]})
