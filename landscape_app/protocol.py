"""Facts that the pipeline writes and the page reads, each defined once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

# what a kernel depends on beside its distance: stored with every result that diffuses
KERNEL = ("k", "k_cross", "decay")

# the last epoch of the paper's sample: its release writes epochs 0-40 and reads 0-39
LAST_EPOCH = 39

# the unit of distances between weights, where they are divided by the anchor's norm
NORM_UNIT = "‖θo‖"

# {distance: what joint results call the space in which networks have a common place}
JOINT_SPACES: Mapping[str, str] = {
    "softmax": "function space (softmax)",
    "outputs": "function space (outputs)",
    "losses": "function space (losses)",
}

# what every analysis also makes of function space, whatever its distance is: PHATE, and the
# distances themselves on one scale for all runs
FUNCTION_METHODS = ("phate", "metric-mds")

# {stored result: {its parameter: the setting of an analysis that it was given by}}
SETTINGS: Mapping[str, Mapping[str, str]] = {
    "sublevel": {**{name: name for name in KERNEL}, "graph_k": "graph_k", "t": "t"},
    "rips": {"quantile": "rips_quantile", "dimension": "rips_dimension"},
    "significance": {"repeats": "null_repeats", "loss_repeats": "loss_repeats"},
}


def function_kernel(snapshots: int, *, least: int = 5) -> dict[str, Any]:
    """{"k", "k_cross", "decay"} of PHATE in function space, for a run of so many snapshots; k is no
    smaller than `least`.

    Wider than between weights: there the snapshots are curves, here they are a cloud. Chosen by
    DEMaP on three digits runs among 30 kernels (docs/decisions/kernel.md); smaller clouds get fewer
    neighbours.
    """
    k = max(min(5, least), min(30, snapshots // 20))
    return {"k": k, "k_cross": (k + 1) // 2, "decay": 10.0}


def study_inputs(digests: Iterable[tuple[str, str]]) -> str:
    """The digest under which results of several runs are stored, from (id, digest) of each run in
    order.
    """
    text = "\n".join(f"{id} {digest}" for id, digest in digests)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


# The figures of the paper: stored results of a study, the embedding of Fig. 2, and those of Fig. 1
PAPER_EMBEDDING, PAPER_DIAGRAM = "paper_embedding", "paper_diagram"
PAPER = "paper"  # which labels of Table 1 have no experiment, and why
PAPER_METHOD = "phate-published"
CLOUD = "cloud"  # a stored result of a run: a sampling of it, embedded as in the paper
PAPER_METHODS = (PAPER_METHOD, "tsne", "umap", "pca")
