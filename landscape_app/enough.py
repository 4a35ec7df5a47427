"""Whether a run's settings make enough snapshots for an analysis: known, and said, before any of them is sampled."""

from __future__ import annotations

from importlib.util import find_spec

from landscape_app.errors import SpecError
from landscape_app.settings import AnalysisSpec, RunSpec

SHAPE = 3  # snapshots that an embedding needs
OTHERWISE = "or sample without the analysis (--no-analyse, analyse=False) and analyse with a lower {name}"
IN_A_STUDY = "or lower {name} in the study's analysis"


def distinct(spec: RunSpec, distance: str = "euclidean") -> int:
    """The most snapshots of a run that `distance` can tell apart.

    Controls begin at the anchor. The angle "cosine" has no place for the anchor, and the jumps of one seed are one place.
    """
    retrained = len(spec.trajectories) * spec.epochs
    jumps = spec.seeds if distance == "cosine" else spec.seeds * len(spec.step_sizes)
    return retrained + jumps + (distance != "cosine")


def check(spec: RunSpec, analysis: AnalysisSpec, *, otherwise: str = OTHERWISE) -> None:
    """Raise SpecError where `analysis` must fail whatever is sampled; otherwise: what else can be done, with a place for the setting."""
    most = distinct(spec, analysis.distance)
    name = "graph_k" if analysis.graph_k >= analysis.k else "k"
    needed = max(getattr(analysis, name) + 1, SHAPE)
    if most < needed:
        epochs = next(
            epochs for epochs in range(1, needed + 1) if distinct(spec.model_copy(update={"epochs": epochs}), analysis.distance) >= needed
        )
        raise SpecError(
            f"epochs: the analysis needs {needed} distinct snapshots ({name} = {getattr(analysis, name)} neighbours), but these settings make {most} "
            f"at most. Use epochs={epochs} or more, more seeds or step sizes, {otherwise.format(name=name)}."
        )
    if "umap" in analysis.methods and find_spec("umap") is None:
        raise SpecError("The embedding 'umap' needs a package that is not installed: pip install 'landscape-app[umap]'. Or leave it out.")
