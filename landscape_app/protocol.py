"""Facts that the pipeline writes and the page reads, each defined once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

# what a kernel depends on beside its distance: stored with every result that diffuses
KERNEL = ("k", "k_cross", "decay")

# the unit of distances between weights, where they are divided by the anchor's norm
NORM_UNIT = "‖θo‖"

# {distance: what joint results call the space in which networks have a common place}
JOINT_SPACES: Mapping[str, str] = {
    "softmax": "function space (softmax)",
    "losses": "function space (losses)",
}

# {stored result: {its parameter: the setting of an analysis that it was given by}}
SETTINGS: Mapping[str, Mapping[str, str]] = {
    "sublevel": {**{name: name for name in KERNEL}, "graph_k": "graph_k", "t": "t"},
    "rips": {"quantile": "rips_quantile", "dimension": "rips_dimension"},
    "significance": {"repeats": "null_repeats", "loss_repeats": "loss_repeats"},
}


def study_inputs(digests: Iterable[tuple[str, str]]) -> str:
    """The digest under which results of several runs are stored, from (id, digest) of each run in
    order.
    """
    text = "\n".join(f"{id} {digest}" for id, digest in digests)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
