"""The topology of one run: filtrations over the potential's graph, what of them is chance, Rips
persistence, and the picture's own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from landscape_app.analysis.topology import rips
from landscape_app.errors import AnalysisError
from landscape_app.pipeline import significance
from landscape_app.pipeline import topology_arrays as arrays
from landscape_app.pipeline.arrays import Stored
from landscape_app.pipeline.subject import KERNEL, Subject, facts, kernel
from landscape_app.records.progress import Progress
from landscape_app.records.pulse import heard
from landscape_app.records.rows import count, look_up
from landscape_app.registries import DISTANCES, FILTRATIONS
from landscape_app.store import derived

PICTURE = "phate"  # the embedding that is triangulated, in two dimensions
CORNERS = 3  # of a triangle: fewer snapshots with a value have no triangulation
ON_PICTURE = "on the triangulated picture, not in weight space"
NOT_TESTED = (
    "bars of all snapshots, none of them tested: the test is of the loops stored in the result"
    " significance"
)


@heard
def run(subject: Subject, progress: Progress) -> None:
    """Bars and profile of every filtration over the potential's graph, their significance, Rips,
    and bars over the picture.
    """
    progress.phase("persistence", 2 * len(FILTRATIONS) + 2, "diagrams")
    for name in FILTRATIONS:
        with subject.keeper.attempt():
            _over_graph(subject, name)
        progress.advance()
    with subject.keeper.attempt():
        _significance(subject)
    progress.advance()
    with subject.keeper.attempt():
        _rips(subject)
    progress.advance()
    for name in FILTRATIONS:
        with subject.keeper.attempt():
            _over_picture(subject, name)
        progress.advance()


def _graph(subject: Subject) -> tuple[dict[str, Any], derived.Result]:
    """(what the graph depends on, the stored graph)."""
    at = {"t": subject.t(KERNEL), "graph_k": subject.spec.graph_k, **kernel(subject.spec)}

    def compute() -> Stored:
        return arrays.of_neighbours(
            subject.potential, subject.distinct_rows, k=subject.spec.graph_k
        )

    return at, subject.keeper.result("neighbours", at, compute)


def _over_graph(subject: Subject, filtration: str) -> None:
    at, graph = _graph(subject)
    entry, rows = FILTRATIONS[filtration], subject.distinct_rows
    values, left_out = arrays.filtered(filtration, subject.columns)
    about = {"label": entry.label, **({"left_out": left_out} if left_out else {})}
    if arrays.too_few(values):
        for name in ("sublevel", "profile"):
            subject.keeper.result(
                name,
                {"filtration": filtration, **at},
                lambda: _with(arrays.absent(values, rows, left_out), **about),
            )
        return
    found: list[Any] = []

    def bars() -> tuple[Any, ...]:
        if not found:  # once for both, and not at all where both are stored
            finite, edges = arrays.of_finite(
                values, graph.arrays["edges"], lambda: subject.potential, k=subject.spec.graph_k
            )
            found.extend((arrays.bars_of(values, edges, finite), values, rows, finite))
        return tuple(found)

    for name, of in (("sublevel", arrays.of_sublevel), ("profile", arrays.of_profile)):
        made = lambda of=of: _with(of(*bars()), **about)  # noqa: E731
        subject.keeper.result(name, {"filtration": filtration, **at}, made)


def _significance(subject: Subject) -> None:
    at, graph = _graph(subject)
    spec = subject.spec

    def compute() -> Stored:
        # Noise in R^d is noise of the weights: under another distance than theirs only the order of
        # the steps can be tested.
        width = subject.snapshots.delta.shape[1] if spec.distance == "euclidean" else None
        return significance.of(
            subject,
            graph.arrays["edges"],
            subject.space.distances / _norm(subject),
            parameters=width,
        )

    parameters = {
        **at,
        "quantile": spec.rips_quantile,
        "repeats": spec.null_repeats,
        "seed": spec.seed,
    }
    subject.keeper.result("significance", parameters | {"loss_repeats": spec.loss_repeats}, compute)


def _norm(subject: Subject) -> float:
    """‖θo‖, the unit of distances between weights, so that runs compare; 1 for other distances."""
    normed = DISTANCES[subject.spec.distance].settings.get("normed")
    return float(facts(subject.run).get("weight_norm") or 1.0) if normed else 1.0


def _rips(subject: Subject) -> None:
    """Of the distinct snapshots, as duplicates only add bars of length 0. None of these bars is
    tested: see `significance.of`.
    """
    spec, norm = subject.spec, _norm(subject)
    parameters = {
        "quantile": spec.rips_quantile,
        "distance": spec.distance,
        "dimension": spec.rips_dimension,
    }

    def compute() -> Stored:
        found = rips.persistence(
            subject.space.distances / norm,
            quantile=spec.rips_quantile,
            dimension=spec.rips_dimension,
        )
        unit = "‖θo‖" if DISTANCES[spec.distance].settings.get("normed") else ""
        return _with(
            arrays.of_rips(found, subject.distinct_rows),
            unit=unit,
            weight_norm=norm,
            note=NOT_TESTED,
        )

    subject.keeper.result("rips", parameters, compute)


def _over_picture(subject: Subject, filtration: str) -> None:
    """Nothing where the embedding was not asked for, or too few snapshots have a value of the
    filtration.
    """
    spec, entry = subject.spec, FILTRATIONS[filtration]
    values, left_out = arrays.filtered(filtration, subject.columns)
    if PICTURE not in spec.methods or np.isfinite(values).sum() < min(CORNERS, len(values)):
        return
    at = {"method": PICTURE, "dims": 2, "t": subject.t(KERNEL), **kernel(spec), "seed": spec.seed}
    drawn = derived.find(subject.run.path, "embedding", **at)
    if drawn is None or drawn.inputs != subject.keeper.inputs:
        raise AnalysisError(f"There is no embedding '{PICTURE}' in two dimensions to triangulate.")

    def compute() -> Stored:
        place = look_up(drawn.arrays["rows"], subject.distinct_rows)
        if place.missing:
            raise AnalysisError(
                f"The embedding '{PICTURE}' in two dimensions has no place for"
                f" {count(place.missing)}."
            )
        stored = arrays.of_triangulation(
            drawn.arrays["coordinates"][place.at], values, subject.distinct_rows
        )
        return _with(stored, label=ON_PICTURE, filtration_label=entry.label)

    try:
        subject.keeper.result("triangulation", {"filtration": filtration, **at}, compute)
    except AnalysisError:
        # else the few that have a value lie on a line, and why they are few is said with the bars
        if not left_out:
            raise


def _with(stored: Stored, **more: Any) -> Stored:
    return stored[0], stored[1] | more
