"""Names of spaces that distinguish results: the kernel that they use, and the function space that
several runs share.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from landscape_app.analysis.methods import function_space
from landscape_app.protocol import FUNCTION_METHODS, KERNEL, function_kernel
from landscape_app.settings import AnalysisSpec
from landscape_app.store.run import RunFolder

EUCLIDEAN = "euclidean"  # the distance that is meant where none is named


def kernel(spec: AnalysisSpec) -> dict[str, Any]:
    """The settings on which a kernel depends, and with it all diffusion."""
    return {"distance": spec.distance, **{name: getattr(spec, name) for name in KERNEL}}


def own_function_space(run: RunFolder) -> str:
    """The distance between what the network of `run` computes: "softmax" for a classification,
    otherwise "outputs".
    """
    return "softmax" if (run.prepared() or {}).get("classes") else "outputs"


def of_function_space(spec: AnalysisSpec, distance: str, snapshots: int) -> AnalysisSpec:
    """`spec` for the function space of a run of so many snapshots: its own distance, kernel and
    methods, and the knee of its own entropy.
    """
    own = {"distance": distance, "methods": FUNCTION_METHODS, "t": None}
    return spec.model_copy(update=own | function_kernel(snapshots, least=spec.k))


def common(spec: AnalysisSpec, runs: Sequence[RunFolder]) -> str:
    """The distance of the function space that `runs` share, a key of JOINT_SPACES: the distance of
    the settings, otherwise the one between what all of them compute.
    """
    distance = function_space(spec)
    if distance == spec.distance:
        return distance
    own = {own_function_space(run) for run in runs}
    return own.pop() if len(own) == 1 else distance
