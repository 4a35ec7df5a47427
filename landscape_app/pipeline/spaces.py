"""What results are told apart by: the kernel they are built on, and the function space in which
several runs have a common place.
"""

from __future__ import annotations

from typing import Any

from landscape_app.analysis.methods import function_space
from landscape_app.protocol import JOINT_SPACES, KERNEL
from landscape_app.settings import AnalysisSpec

EUCLIDEAN = "euclidean"  # the distance that is meant where none is named


def kernel(spec: AnalysisSpec) -> dict[str, Any]:
    """The settings on which a kernel, and with it all that diffuses, depends."""
    return {"distance": spec.distance, **{name: getattr(spec, name) for name in KERNEL}}


def common(spec: AnalysisSpec) -> str:
    """The function space that joint results of `spec` lie in, by the name they are stored under."""
    return JOINT_SPACES[function_space(spec)]
