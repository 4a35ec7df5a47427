"""Whether the settings of a run give enough snapshots for an analysis. This is checked before
anything is sampled.
"""

from __future__ import annotations

from importlib.util import find_spec

from landscape_app.errors import SpecError
from landscape_app.settings import AnalysisSpec, RunSpec

SHAPE = 3  # snapshots that an embedding needs
OTHERWISE = (
    "or sample without the analysis (--no-analyse, analyse=False) and analyse with a lower k"
)


def distinct(spec: RunSpec, distance: str = "euclidean") -> int:
    """The most snapshots of a run that `distance` can distinguish. Controls begin at the anchor.
    For the angle "cosine" the anchor has no place, and the jumps of one seed have the same place.
    """
    retrained = len(spec.trajectories) * spec.epochs
    jumps = spec.seeds if distance == "cosine" else spec.seeds * len(spec.step_sizes)
    return retrained + jumps + (distance != "cosine")


def check(spec: RunSpec, analysis: AnalysisSpec, *, otherwise: str = OTHERWISE) -> None:
    """Raise SpecError where `analysis` must fail whatever is sampled. otherwise: what the user can
    do besides sampling more.
    """
    most, needed = distinct(spec, analysis.distance), max(analysis.k + 1, SHAPE)
    if most < needed:
        epochs = next(
            n
            for n in range(1, needed + 1)
            if distinct(spec.model_copy(update={"epochs": n}), analysis.distance) >= needed
        )
        raise SpecError(
            f"epochs: only {most} distinct snapshots at most for k = {analysis.k}, which needs"
            f" {needed}. Use epochs={epochs} or more, more seeds or step sizes, {otherwise}."
        )
    if "umap" in analysis.methods and find_spec("umap") is None:
        raise SpecError(
            "The embedding 'umap' needs a package that is not installed: pip install"
            " 'landscape-app[umap]'. Or leave it out."
        )
