"""What results are told apart by: the kernel they are built on, and the function space in which
several runs have a common place.
"""

from __future__ import annotations

from typing import Any

from landscape_app.analysis.methods import function_space
from landscape_app.settings import AnalysisSpec

EUCLIDEAN = "euclidean"  # the distance that is meant where none is named
SPACES = {"softmax": "function space (softmax)", "losses": "function space (losses)"}


def kernel(spec: AnalysisSpec) -> dict[str, Any]:
    """The settings on which a kernel, and with it all that diffuses, depends."""
    return {"distance": spec.distance, "k": spec.k, "k_cross": spec.k_cross, "decay": spec.decay}


def common(spec: AnalysisSpec) -> str:
    """The function space that joint results of `spec` lie in, by the name they are stored under."""
    return SPACES[function_space(spec)]
