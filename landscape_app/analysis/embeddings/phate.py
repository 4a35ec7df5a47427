"""PHATE: metric scaling of the diffusion potential, on our kernel or the paper's (SCIENCE §5)."""

from __future__ import annotations

from landscape_app.analysis.embedding import Embedding
from landscape_app.analysis.mds import metric
from landscape_app.analysis.space import Space


def embed(space: Space, *, dims: int, kernel: str) -> Embedding:
    """`kernel`: "trajectory" or "paper". The diffusion time is the settings' t, else the knee. meta: t, knee, components, joined_edges.

    arrays: entropy (100,), whose entry j the phate package labels t = j. Coordinates are in units of the potential.
    """
    diffusion = space.diffusion(kernel)
    t = diffusion.knee if space.spec.t is None else space.spec.t
    potential = diffusion.potential(t)
    meta = {"t": t, "knee": diffusion.knee, "components": diffusion.components, "joined_edges": diffusion.joined_edges, "kernel": kernel}
    return Embedding(
        metric(potential.distances, potential.start[:, :dims]), potential.distances, True, meta, {"entropy": diffusion.entropy}
    )
