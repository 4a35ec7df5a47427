"""The samplings of a run as pictures: PHATE as in the paper of jump and retrain and of each static
sampling, stored as results "cloud" of the run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from landscape_app.analysis.distances import euclidean
from landscape_app.analysis.embedding import embed
from landscape_app.analysis.geometry import measure
from landscape_app.analysis.published_distance import K, nearest_to_anchor, published
from landscape_app.analysis.space import Space
from landscape_app.errors import AnalysisError
from landscape_app.number_text import duration
from landscape_app.pipeline import arrays, experiment_samples
from landscape_app.pipeline.analysed_run import AnalysedRun
from landscape_app.pipeline.experiment_samples import EQUAL_COST, JUMPS, NAIVE
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.protocol import CLOUD, PAPER_METHOD
from landscape_app.records.progress import Progress
from landscape_app.records.rows import look_up
from landscape_app.records.snapshots import Matrix, Snapshots
from landscape_app.settings import AnalysisSpec
from landscape_app.store import derived
from landscape_app.store.run import RunFolder

log = logging.getLogger("landscape")

# what is known of a point, beside its place
COLUMNS = (
    *("trajectory", "seed", "step_size", "epoch", "distance"),
    *("train_loss", "test_loss", "train_accuracy", "test_accuracy"),
)
SPEC = AnalysisSpec(stability=0)
SECONDS = 3.0  # of a picture of 640 points, measured on a core; it grows with the cube of them


def make(run: RunFolder, progress: Progress) -> None:
    """The pictures of jump and retrain and of every static sampling of the run, whose lock is held;
    current ones are reused. One that has no meaning is told in the log.
    """
    cache = ResultCache(run.path, run.digest())
    wanted: dict[str, dict[str, Any]] = {}
    points = []  # of each picture that is to be made
    for kind in experiment_samples.READERS:
        result = _of(run, kind)
        if result is None and kind != JUMPS:
            continue
        of = cache.inputs if result is None else result.sha256
        at = {"kind": kind, "method": PAPER_METHOD, "dims": 2, "seed": SPEC.seed, "of": of}
        if derived.current(run.path, CLOUD, at, cache.inputs) is None:
            wanted[kind] = at
            points.append(run.spec.snapshots if result is None else len(result.arrays["seeds"]))
    if not wanted:
        return
    seconds = SECONDS * sum((count / 640) ** 3 for count in points)
    log.info("forecast: pictures of the samplings in about %s", duration(seconds))
    progress.phase("pictures of the samplings", len(wanted), "pictures")
    for kind, at in wanted.items():
        with cache.attempt():
            cache.result(CLOUD, at, partial(_cloud, run, kind))
        progress.advance()


def _cloud(run: RunFolder, kind: str) -> arrays.Stored:
    """rows (n,) of the points with a place, coordinates (n, 2), COLUMNS (n,) of what they record;
    meta as of an embedding.
    """
    sampled = with_weights(run, kind)
    stored, meta, place = embedded(sampled, PAPER_METHOD, SPEC)
    recorded = {name: sampled.column(name)[place].astype(np.float64) for name in COLUMNS}
    return {**{name: stored[name] for name in ("rows", "coordinates")}, **recorded}, meta


def embedded(
    sampled: Snapshots, method: str, spec: AnalysisSpec
) -> tuple[dict[str, np.ndarray], dict[str, Any], np.ndarray]:
    """(arrays of the embedding in two dimensions, its meta, the positions (n,) of its points in
    `sampled`). As in the paper the meta has `anchor`: the middle of the points nearest to the
    anchor, which has no place of its own.
    """
    as_published = method == PAPER_METHOD
    # the others have their own distance, between the same points
    points = sampled.select(np.flatnonzero(sampled.column("row") > 0))
    geometry = measure(sampled, published) if as_published else measure(points, euclidean)
    place = look_up(sampled.column("row"), geometry.rows).at
    columns = {name: sampled.column(name)[place] for name in ("trajectory", "epoch", "seed")}
    space = Space.of(geometry, columns, spec)
    stored, meta = arrays.of_embedding(embed(space, method, dims=2), geometry)
    if as_published:
        nearest = nearest_to_anchor(sampled, place, K)
        meta["anchor"] = stored["coordinates"][nearest].mean(axis=0).tolist()
    return stored, meta, place


def _of(run: RunFolder, kind: str) -> derived.Result | None:
    """The static sampling of this kind; None where there is none, and of jump and retrain."""
    if kind == JUMPS:
        return None
    if kind == EQUAL_COST:
        directions = experiment_samples.equal_cost(run).directions
        return derived.find(run.path, "sampling", kind=NAIVE, directions=directions)
    return derived.find(run.path, "sampling", kind=kind, **experiment_samples.own(kind))


def with_weights(run: RunFolder, kind: str) -> Snapshots:
    """The anchor and the points of a sampling of `run`, with their weights. Those of a static
    sampling are not stored: they are made again from the directions' seeds.
    """
    sampled = experiment_samples.READERS[kind](run)
    if kind == JUMPS:
        return sampled
    result, anchor = _of(run, kind), AnalysedRun(run, AnalysisSpec()).anchor
    if result is None or anchor is None:
        raise AnalysisError(f"run {run.id} does not record the order of its weights")
    delta = np.zeros((len(sampled), len(anchor)), np.float32)
    seeds, coefficients = result.arrays["seeds"], result.arrays["coefficients"]
    for axis in range(seeds.shape[1]):
        for seed, direction in _directions(run, anchor, np.unique(seeds[:, axis]).tolist()):
            rows = np.flatnonzero(seeds[:, axis] == seed)
            delta[1 + rows] += coefficients[rows, axis, None].astype(np.float32) * direction
    return replace(sampled, delta=Matrix.of(delta))


def _directions(
    run: RunFolder, anchor: np.ndarray, seeds: list[int]
) -> Iterator[tuple[int, np.ndarray]]:
    """The filter-normalised direction (parameter,) of each seed."""
    import torch

    from landscape_app.directions import of_spec
    from landscape_app.weights.layout import Layout, Slot

    facts = (run.prepared() or {})["tensors"]
    slots = tuple(
        Slot(str(fact["key"]), tuple(fact["shape"]), int(fact["start"]), int(fact["stop"]))
        for fact in sorted(facts, key=lambda fact: int(fact["start"]))
    )
    layout, weights = Layout(slots, (), ()), torch.from_numpy(anchor)
    for seed in seeds:
        yield seed, of_spec(weights, layout, run.spec, seed).numpy()
