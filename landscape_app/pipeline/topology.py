"""The topology of one run: each filtration over the potential's graph, and Rips persistence of its distances."""

from __future__ import annotations

from landscape_app.analysis.topology import rips
from landscape_app.pipeline import topology_arrays as arrays
from landscape_app.pipeline.arrays import Stored
from landscape_app.pipeline.subject import KERNEL, Subject, facts, kernel
from landscape_app.records.progress import Progress
from landscape_app.registries import DISTANCES, FILTRATIONS


def run(subject: Subject, progress: Progress) -> None:
    """The filtrations over the potential's graph, and Rips persistence of the weights."""
    progress.phase("persistence", len(FILTRATIONS) + 1, "diagrams")
    for name in FILTRATIONS:
        with subject.keeper.attempt():
            _sublevel(subject, name)
        progress.advance()
    with subject.keeper.attempt():
        parameters = {"quantile": subject.spec.rips_quantile, "distance": subject.spec.distance}
        subject.keeper.result("rips", parameters, lambda: _rips(subject))
    progress.advance()


def _sublevel(subject: Subject, filtration: str) -> None:
    spec, entry = subject.spec, FILTRATIONS[filtration]
    at = {"t": subject.t(KERNEL), "graph_k": spec.graph_k, **kernel(spec)}
    graph = subject.keeper.result("neighbours", at, lambda: arrays.of_neighbours(subject.potential, subject.distinct_rows, k=spec.graph_k))

    def compute() -> Stored:
        values, edges = entry.load()(subject.columns), graph.arrays["edges"]
        stored, meta = arrays.of_sublevel(values, subject.potential, subject.distinct_rows, edges=edges, k=spec.graph_k)
        return stored, meta | {"label": entry.label}

    subject.keeper.result("sublevel", {"filtration": filtration, **at}, compute)


def _rips(subject: Subject) -> Stored:
    """Of the distinct snapshots, as duplicates only add bars of length 0; distances between weights in units of ‖θo‖, so that runs compare."""
    normed = bool(DISTANCES[subject.spec.distance].settings.get("normed"))
    norm = float(facts(subject.run).get("weight_norm") or 1.0) if normed else 1.0
    found = rips.persistence(subject.space.distances / norm, quantile=subject.spec.rips_quantile)
    stored, meta = arrays.of_rips(found, subject.distinct_rows)
    return stored, meta | {"unit": "‖θo‖" if normed else "", "weight_norm": norm}
