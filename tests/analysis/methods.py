"""Every embedding of the table in two and three dimensions, and a cloud that each is quick on."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from landscape_app.analysis.space import Space
from landscape_app.records.snapshots import Snapshots
from landscape_app.registries import EMBEDDINGS
from tests.analysis.clouds import rays, space

# thousands of small steps, which make any difference in the last digit a large one
CHAOTIC = ("tsne", "umap", "phate-published-mds")
NEEDS_UMAP = pytest.mark.skipif(
    find_spec("umap") is None, reason="umap-learn, an optional extra, is not installed"
)
NAMES = [pytest.param(name, marks=NEEDS_UMAP) if name == "umap" else name for name in EMBEDDINGS]
EVERY = [
    pytest.param(name, dims, marks=[NEEDS_UMAP] if name == "umap" else [])
    for name in EMBEDDINGS
    for dims in (2, 3)
]
STEADY = [(name, dims) for name in EMBEDDINGS if name not in CHAOTIC for dims in (2, 3)]


def cloud_for(method: str) -> Snapshots:
    """Of 25 snapshots where a method takes its time, of 149 else."""
    return rays(seeds=2, steps=(0.5, 1.0), epochs=5) if method in CHAOTIC else rays()


def space_for(method: str, **settings) -> Space:
    """The space of that cloud, its stability judged from one start."""
    return space(cloud_for(method), **{"stability": 1, **settings})
