"""Principal components of the snapshots, from their distances: no second pass over the weights."""

from __future__ import annotations

from landscape_app.analysis.embedding import Embedding
from landscape_app.analysis.methods import without_meaning
from landscape_app.analysis.space import Space
from landscape_app.errors import AnalysisError


def embed(space: Space, *, dims: int) -> Embedding:
    """Scores (m, dims) on the first principal axes; meta "explained": share of the variance of
    each. Raises AnalysisError for distances that are not Euclidean.
    """
    why = without_meaning("pca", space.spec.distance)
    if why is not None:
        raise AnalysisError(why)
    coordinates, shares = space.principal
    return Embedding(
        coordinates[:, :dims],
        space.distances,
        False,
        {"explained": [float(share) for share in shares[:dims]]},
    )
