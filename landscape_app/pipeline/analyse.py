"""One run, analysed: distances, embeddings, the loss over them, Rips persistence, measures, checks. What is current is reused."""

from __future__ import annotations

from typing import Any

from landscape_app.analysis.embedding import embed
from landscape_app.analysis.measures.measure import measure_all
from landscape_app.analysis.topology import rips
from landscape_app.errors import AnalysisError
from landscape_app.pipeline import arrays, verify
from landscape_app.pipeline.subject import DISTANCE, KERNEL, Subject, facts, kernel
from landscape_app.records.progress import Progress
from landscape_app.registries import EMBEDDINGS, FILTRATIONS
from landscape_app.settings import AnalysisSpec
from landscape_app.store import derived
from landscape_app.store.run import RunFolder

DIMS = (2, 3)


def run(run: RunFolder, spec: AnalysisSpec, progress: Progress) -> None:
    """Every analysis of `run` at `spec`'s t, or at the knee, stored in its folder.

    An analysis that has no meaning for these snapshots raises its AnalysisError after all the others are done.
    """
    subject = Subject(run, spec)
    progress.phase("distances")
    with subject.keeper.attempt():
        _ = subject.geometry
    _embeddings(subject, progress)
    _topology(subject, progress)
    progress.phase("measures")
    with subject.keeper.attempt():
        subject.keeper.result("measures", {}, lambda: ({}, {"measures": measure_all(subject.weights, facts(run))}))
    progress.phase("checks")
    _checks(subject)
    subject.keeper.close()


def knee(run: RunFolder, spec: AnalysisSpec, progress: Progress) -> int:
    """The diffusion time at the knee of the run's own entropy, whatever t `spec` asks for."""
    progress.phase("distances")
    return int(Subject(run, spec).diffusion(KERNEL).meta["knee"])


def _embeddings(subject: Subject, progress: Progress) -> None:
    """Every method in the table in two and three dimensions; one that diffuses has its t among the parameters."""
    progress.phase("embedding", len(EMBEDDINGS) * len(DIMS), "embeddings")
    for method, entry in EMBEDDINGS.items():
        for dims in DIMS:
            with subject.keeper.attempt():
                _embedding(subject, method, dims, entry.settings.get("kernel"))
            progress.advance()


def _embedding(subject: Subject, method: str, dims: int, diffuses: str | None) -> None:
    t = subject.t(diffuses) if diffuses else None
    parameters = {"method": method, "dims": dims, "t": t, **kernel(subject.spec), "seed": subject.spec.seed}
    subject.keeper.result("embedding", parameters, lambda: arrays.of_embedding(embed(subject.space, method, dims=dims), subject.geometry))


def _topology(subject: Subject, progress: Progress) -> None:
    """The filtrations over the potential's graph, and Rips persistence of the weights."""
    progress.phase("persistence", len(FILTRATIONS) + 1, "diagrams")
    for name in FILTRATIONS:
        with subject.keeper.attempt():
            _sublevel(subject, name)
        progress.advance()
    with subject.keeper.attempt():
        parameters = {"quantile": subject.spec.rips_quantile, "distance": DISTANCE}
        subject.keeper.result("rips", parameters, lambda: _rips(subject))
    progress.advance()


def _sublevel(subject: Subject, filtration: str) -> None:
    spec, entry = subject.spec, FILTRATIONS[filtration]
    at = {"t": subject.t(KERNEL), "graph_k": spec.graph_k, **kernel(spec)}
    graph = subject.keeper.result("neighbours", at, lambda: arrays.of_neighbours(subject.potential, subject.distinct_rows, k=spec.graph_k))

    def compute() -> arrays.Stored:
        values, edges = entry.load()(subject.columns), graph.arrays["edges"]
        stored, meta = arrays.of_sublevel(values, subject.potential, subject.distinct_rows, edges=edges, k=spec.graph_k)
        return stored, meta | {"label": entry.label}

    subject.keeper.result("sublevel", {"filtration": filtration, **at}, compute)


def _rips(subject: Subject) -> arrays.Stored:
    """In units of ‖θo‖, so that runs compare; of the distinct snapshots, as duplicates only add bars of length 0."""
    norm = float(facts(subject.run).get("weight_norm") or 1.0)
    found = rips.persistence(subject.space.distances / norm, quantile=subject.spec.rips_quantile)
    stored, meta = arrays.of_rips(found, subject.distinct_rows)
    return stored, meta | {"unit": "‖θo‖", "weight_norm": norm}


def _checks(subject: Subject) -> None:
    try:
        at: dict[str, Any] = {"t": subject.t(KERNEL), **kernel(subject.spec)}
    except AnalysisError:  # said already; the other checks do not need an embedding
        at = {"t": None, **kernel(subject.spec)}
    if derived.current(subject.run.path, "checks", at, subject.keeper.inputs) is None:
        verify.store(subject.run, inputs=subject.keeper.inputs, parameters=at)
