"""Which embeddings have a meaning in which distance, and in which several networks have a common
place.
"""

from __future__ import annotations

from collections.abc import Sequence

from landscape_app.errors import AnalysisError
from landscape_app.registries import DISTANCES, EMBEDDINGS
from landscape_app.settings import AnalysisSpec


def function_space(spec: AnalysisSpec) -> str:
    """The distance in which several networks are one cloud: "losses" where `spec` asks for it, else
    "softmax".
    """
    return str(DISTANCES[spec.distance].facts["joint"])


def without_meaning(method: str, distance: str) -> str | None:
    """Why the embedding `method` has no meaning in `distance`, in words for the reader; None where
    it has one.
    """
    if method != "pca" or DISTANCES[distance].settings.get("axes"):
        return None
    fitting = ", ".join(name for name, entry in DISTANCES.items() if entry.settings.get("axes"))
    return (
        f"pca: the distance '{distance}' is not one between points on axes ({fitting} are)."
        " Classical MDS (mds) is its counterpart."
    )


def without_common_place(method: str) -> str | None:
    """Why several networks have no joint picture by the embedding `method`; None if they have."""
    if "distances" not in EMBEDDINGS[method].facts:
        return None
    return (
        f"{EMBEDDINGS[method].label} compares the weights of one network with each other. The"
        " weights of two networks have no common place, so there is no joint picture."
    )


def meaningful(methods: Sequence[str], distance: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """(those of `methods` that have a meaning in `distance`, {the others: why}). Raises
    AnalysisError if none is left.
    """
    others = {
        method: why for method in methods if (why := without_meaning(method, distance)) is not None
    }
    if len(others) == len(methods):
        raise AnalysisError(" ".join(others.values()))
    return tuple(method for method in methods if method not in others), others
