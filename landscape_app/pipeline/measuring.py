"""The measures of a run's snapshots, stored: distances that are known already are not computed
again.
"""

from __future__ import annotations

from landscape_app.analysis.measures.cloud import GEOMETRY
from landscape_app.analysis.measures.listing import measure_all
from landscape_app.pipeline import arrays
from landscape_app.pipeline.subject import Subject, facts

# whatever distance the analysis is built on: a measure means the same in every analysis
BETWEEN_WEIGHTS = "euclidean"


def run(subject: Subject) -> None:
    """Every measure that needs no network, of all snapshots."""
    subject.keeper.result("measures", {}, lambda: _measured(subject))


def _measured(subject: Subject) -> arrays.Stored:
    spec = subject.spec.model_copy(update={"distance": BETWEEN_WEIGHTS})
    same = subject if subject.spec.distance == BETWEEN_WEIGHTS else Subject(subject.run, spec)
    return {}, {
        "measures": measure_all(
            subject.weights, {**facts(subject.run), GEOMETRY: lambda: same.geometry}
        )
    }
