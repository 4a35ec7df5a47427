"""Classical (Torgerson) scaling of whatever distance the cloud has; of Euclidean distances it is
the same picture as PCA.
"""

from __future__ import annotations

from landscape_app.analysis.embedding import Embedding
from landscape_app.analysis.space import Space


def embed(space: Space, *, dims: int) -> Embedding:
    """Coordinates (m, dims) in units of the distance; meta "explained": share of each axis'
    eigenvalue in the trace.
    """
    coordinates, shares = space.principal
    return Embedding(
        coordinates[:, :dims],
        space.distances,
        True,
        {"explained": [float(share) for share in shares[:dims]]},
    )
