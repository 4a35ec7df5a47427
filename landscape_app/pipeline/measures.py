"""The stored measures of a run's snapshots. Distances that are already known are not computed
again.
"""

from __future__ import annotations

from landscape_app.analysis.measures.cloud import GEOMETRY
from landscape_app.analysis.measures.listing import measure_all
from landscape_app.analysis.measures.motion import ANCHOR_WEIGHTS
from landscape_app.analysis.measures.published import PUBLISHED_GEOMETRY
from landscape_app.pipeline import arrays
from landscape_app.pipeline.analysed_run import AnalysedRun

# whatever distance the analysis is built on: a measure means the same in every analysis
BETWEEN_WEIGHTS = "euclidean"
PUBLISHED = "phate-published"  # the embedding whose distances the paper's statistic shares


def run(analysed: AnalysedRun) -> None:
    """Every measure that needs no network, of all snapshots."""
    analysed.cache.result("measures", {}, lambda: _measured(analysed))


def _measured(analysed: AnalysedRun) -> arrays.Stored:
    spec = analysed.spec.model_copy(update={"distance": BETWEEN_WEIGHTS})
    same = analysed if analysed.spec.distance == BETWEEN_WEIGHTS else analysed.by(spec)
    facts = {
        **analysed.run.facts(),
        GEOMETRY: lambda: same.geometry,
        ANCHOR_WEIGHTS: lambda: analysed.anchor,
        PUBLISHED_GEOMETRY: lambda: analysed.cloud(PUBLISHED).geometry,
    }
    return {}, {"measures": measure_all(analysed.weights, facts)}
