"""The topology of one run: filtrations over the potential's graph, their significance, Rips
persistence, and persistence over the picture.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from landscape_app.analysis.topology import rips
from landscape_app.errors import AnalysisError
from landscape_app.pipeline import significance
from landscape_app.pipeline import topology_arrays as arrays
from landscape_app.pipeline.analysed_run import KERNEL, AnalysedRun
from landscape_app.pipeline.arrays import Stored
from landscape_app.pipeline.spaces import kernel
from landscape_app.protocol import NORM_UNIT, SETTINGS
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
def run(analysed: AnalysedRun, progress: Progress) -> None:
    """Bars and profile of every filtration over the potential's graph, their significance, Rips,
    and bars over the picture.
    """
    progress.phase("persistence", 2 * len(FILTRATIONS) + 2, "diagrams")
    for name in FILTRATIONS:
        with analysed.cache.attempt():
            _over_graph(analysed, name)
        progress.advance()
    with analysed.cache.attempt():
        _significance(analysed)
    progress.advance()
    with analysed.cache.attempt():
        over_distances(analysed)
    progress.advance()
    for name in FILTRATIONS:
        with analysed.cache.attempt():
            _over_picture(analysed, name)
        progress.advance()


def _graph(analysed: AnalysedRun) -> tuple[dict[str, Any], derived.Result]:
    """(what the graph depends on, the stored graph)."""
    at = {"t": analysed.t(KERNEL), "graph_k": analysed.spec.graph_k, **kernel(analysed.spec)}

    def compute() -> Stored:
        return arrays.of_neighbours(
            analysed.potential, analysed.distinct_rows, k=analysed.spec.graph_k
        )

    return at, analysed.cache.result("neighbours", at, compute)


def _over_graph(analysed: AnalysedRun, filtration: str) -> None:
    at, graph = _graph(analysed)
    entry, rows = FILTRATIONS[filtration], analysed.distinct_rows
    values, left_out = arrays.filtered(filtration, analysed.columns)
    about = {"label": entry.label, **({"left_out": left_out} if left_out else {})}
    if arrays.too_few(values):
        for name in ("sublevel", "profile"):
            analysed.cache.result(
                name,
                {"filtration": filtration, **at},
                lambda: _with(arrays.absent(values, rows, left_out), **about),
            )
        return
    diagram: list[Any] = []

    def bars() -> tuple[Any, ...]:
        if not diagram:  # once for both, and not at all where both are stored
            finite, edges = arrays.of_finite(
                values, graph.arrays["edges"], lambda: analysed.potential, k=analysed.spec.graph_k
            )
            diagram.extend((arrays.bars_of(values, edges, finite), values, rows, finite))
        return tuple(diagram)

    for name, of in (("sublevel", arrays.of_sublevel), ("profile", arrays.of_profile)):
        made = lambda of=of: _with(of(*bars()), **about)  # noqa: E731
        analysed.cache.result(name, {"filtration": filtration, **at}, made)


def _significance(analysed: AnalysedRun) -> None:
    at, graph = _graph(analysed)
    spec = analysed.spec

    def compute() -> Stored:
        return significance.of(
            analysed,
            graph.arrays["edges"],
            analysed.space.distances / _norm(analysed),
            parameters=_width(analysed),
        )

    parameters = {
        **at,
        "quantile": spec.rips_quantile,
        "repeats": spec.null_repeats,
        "seed": spec.seed,
    }
    analysed.cache.result("significance", parameters | {"loss_repeats": spec.loss_repeats}, compute)


def _norm(analysed: AnalysedRun) -> float:
    """‖θo‖, the unit of distances between weights, which makes runs comparable; 1 for other
    distances.
    """
    normed = DISTANCES[analysed.spec.distance].settings.get("normed")
    return float(analysed.run.facts().get("weight_norm") or 1.0) if normed else 1.0


def over_distances(analysed: AnalysedRun) -> None:
    """Rips persistence of the distinct snapshots: duplicates would only add bars of length 0. These
    bars are not tested; see `significance.of`.
    """
    spec, norm = analysed.spec, _norm(analysed)
    given = {name: getattr(spec, setting) for name, setting in SETTINGS["rips"].items()}
    parameters = {**given, "distance": spec.distance}

    def compute() -> Stored:
        diagrams = rips.persistence(
            analysed.space.distances / norm,
            quantile=spec.rips_quantile,
            dimension=spec.rips_dimension,
        )
        unit = NORM_UNIT if DISTANCES[spec.distance].settings.get("normed") else ""
        return _with(
            arrays.of_rips(diagrams, analysed.distinct_rows),
            unit=unit,
            weight_norm=norm,
            note=NOT_TESTED,
        )

    analysed.cache.result("rips", parameters, compute)


def loops(analysed: AnalysedRun) -> None:
    """The test of the longest loop, stored as "loops": for a space without a graph for the loss."""
    spec = analysed.spec
    parameters = {"distance": spec.distance, "repeats": spec.null_repeats, "seed": spec.seed}

    def compute() -> Stored:
        distances = analysed.space.distances / _norm(analysed)
        stored, test = significance.of_loops(analysed, distances, parameters=_width(analysed))
        return stored, {"rips_h1": test}

    analysed.cache.result("loops", parameters, compute)


def _width(analysed: AnalysedRun) -> int | None:
    """The number of weights. None for a distance that is not between weights: noise in R^d is noise
    of the weights, so there only the order of the steps can be tested.
    """
    width = int(analysed.snapshots.delta.shape[1])
    return width if analysed.spec.distance == "euclidean" else None


def _over_picture(analysed: AnalysedRun, filtration: str) -> None:
    """Persistence over the triangulated picture. Nothing where the embedding was not requested, or
    too few snapshots have a value of the filtration.
    """
    spec, entry = analysed.spec, FILTRATIONS[filtration]
    values, left_out = arrays.filtered(filtration, analysed.columns)
    if PICTURE not in spec.methods or np.isfinite(values).sum() < min(CORNERS, len(values)):
        return
    at = {"method": PICTURE, "dims": 2, "t": analysed.t(KERNEL), **kernel(spec), "seed": spec.seed}
    drawn = derived.find(analysed.run.path, "embedding", **at)
    if drawn is None or drawn.inputs != analysed.cache.inputs:
        raise AnalysisError(f"There is no embedding '{PICTURE}' in two dimensions to triangulate.")

    def compute() -> Stored:
        points = _places(drawn, analysed.distinct_rows)
        stored = arrays.of_triangulation(points, values, analysed.distinct_rows)
        return _with(stored, label=ON_PICTURE, filtration_label=entry.label)

    try:
        analysed.cache.result("triangulation", {"filtration": filtration, **at}, compute)
    except AnalysisError:
        # else the few that have a value lie on a line, and why they are few is said with the bars
        if not left_out:
            raise


def _places(embedding: derived.Result, rows: np.ndarray) -> np.ndarray:
    """(m, 2): the coordinates of the snapshots `rows` (m,) in the picture."""
    place = look_up(embedding.arrays["rows"], rows)
    if place.missing:
        raise AnalysisError(
            f"The embedding '{PICTURE}' in two dimensions has no place for {count(place.missing)}."
        )
    return np.asarray(embedding.arrays["coordinates"][place.at])


def _with(stored: Stored, **more: Any) -> Stored:
    return stored[0], stored[1] | more
