"""Names of spaces that distinguish results: the kernel that they use, and the function space that
several runs share.
"""

from __future__ import annotations

from typing import Any

from landscape_app.analysis.methods import function_space
from landscape_app.protocol import JOINT_SPACES, KERNEL
from landscape_app.settings import AnalysisSpec

EUCLIDEAN = "euclidean"  # the distance that is meant where none is named


def kernel(spec: AnalysisSpec) -> dict[str, Any]:
    """The settings on which a kernel depends, and with it all diffusion."""
    return {"distance": spec.distance, **{name: getattr(spec, name) for name in KERNEL}}


def common(spec: AnalysisSpec) -> str:
    """The name of the function space of joint results with `spec`; they are stored under it."""
    return JOINT_SPACES[function_space(spec)]
