"""The embeddings and persistence diagrams of the page Paper, stored as results of the study: of one
network its three samplings and several methods, of others jump and retrain.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from landscape_app.analysis.distances import euclidean
from landscape_app.analysis.embedding import embed
from landscape_app.analysis.geometry import measure
from landscape_app.analysis.measures.published import published_sample
from landscape_app.analysis.published_distance import K, nearest_to_anchor, published
from landscape_app.analysis.space import Space
from landscape_app.analysis.topology.sublevel import persistence
from landscape_app.errors import AnalysisError, LandscapeError
from landscape_app.finding.paper_networks import GOOD, examples, rising
from landscape_app.pipeline import arrays, experiment_samples
from landscape_app.pipeline.analysed_run import AnalysedRun
from landscape_app.pipeline.experiment_samples import GRID, JUMPS, NAIVE
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.protocol import PAPER_DIAGRAM, PAPER_EMBEDDING, PAPER_METHOD, PAPER_METHODS
from landscape_app.records.progress import Progress
from landscape_app.records.rows import look_up
from landscape_app.records.snapshots import Matrix, Snapshots
from landscape_app.records.study_table import StudyTable
from landscape_app.settings import AnalysisSpec
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder

log = logging.getLogger("landscape")

TEST_LOSS = "test_loss"
SAMPLINGS = (JUMPS, NAIVE, GRID)
# how each point of a picture is coloured and marked
COLUMNS = ("train_loss", "test_loss", "seed", "step_size", "epoch", "trajectory")


class Picture(NamedTuple):
    """An embedding of one sampling of a run by one method."""

    run: str
    kind: str
    method: str


def pictures(table: StudyTable) -> list[Picture]:
    """The embeddings of Fig. 1 and Fig. 2, each once; UMAP only where it is installed."""
    networks = examples(table)
    good = networks.get(GOOD)
    methods = [name for name in PAPER_METHODS if name != "umap" or importlib.util.find_spec(name)]
    first = [] if good is None else [Picture(good, JUMPS, method) for method in methods]
    second = [] if good is None else [Picture(good, kind, PAPER_METHOD) for kind in SAMPLINGS]
    third = [Picture(id, JUMPS, PAPER_METHOD) for id in networks.values()]
    return list(dict.fromkeys([*first, *second, *third]))


def make(runs: Path, folder: StudyFolder, table: StudyTable, progress: Progress) -> dict[str, str]:
    """Compute and store what is not current of the pictures and diagrams, in the study's folder,
    whose lock is held. Returns {picture: why there is none}.
    """
    asked, diagrams = pictures(table), rising(table)
    progress.phase("figures of the paper", len(asked) + len(diagrams), "figures")
    absent = {}
    for picture in asked:
        try:
            _embedded(runs, folder, picture)
        except LandscapeError as error:
            log.warning("%s: %s", " ".join(picture), error)
            absent[" ".join(picture)] = str(error)
        progress.advance()
    for id in diagrams:
        try:
            _diagram(runs, folder, id)
        except LandscapeError as error:
            log.warning("%s: %s", id, error)
            absent[id] = str(error)
        progress.advance()
    return absent


def _embedded(runs: Path, folder: StudyFolder, picture: Picture) -> derived.Result:
    run = RunFolder.open(runs, picture.run)
    spec = folder.analysis.model_copy(update={"stability": 0})
    parameters = {**picture._asdict(), "dims": 2, "seed": spec.seed}
    cache = ResultCache(folder.path, _inputs(run))
    return cache.result(PAPER_EMBEDDING, parameters, lambda: _picture(run, picture, spec))


def _inputs(run: RunFolder) -> str:
    """A hash of the run's snapshots and samplings."""
    samplings = sorted(result.sha256 for result in derived.all(run.path, "sampling"))
    return hashlib.sha256(" ".join([run.digest(), *samplings]).encode()).hexdigest()[:32]


def _picture(run: RunFolder, picture: Picture, spec: AnalysisSpec) -> arrays.Stored:
    """coordinates (n, 2) of the points with a place, and COLUMNS (n,); meta of the embedding, and
    `anchor`: the middle of the points nearest to the anchor, which has no place of its own.
    """
    sampled = with_weights(run, picture.kind)
    as_published = picture.method == PAPER_METHOD
    if not as_published:  # the others have their own distance, between the same points
        sampled = sampled.select(np.flatnonzero(sampled.column("row") > 0))
    geometry = measure(sampled, published if as_published else euclidean)
    place = look_up(sampled.column("row"), geometry.rows).at
    columns = {name: sampled.column(name)[place] for name in ("trajectory", "epoch", "seed")}
    space = Space.of(geometry, columns, spec)
    stored, meta = arrays.of_embedding(embed(space, picture.method, dims=2), geometry)
    shown = {name: sampled.column(name)[place].astype(np.float64) for name in COLUMNS}
    if as_published:
        nearest = nearest_to_anchor(sampled, place, K)
        meta["anchor"] = stored["coordinates"][nearest].mean(axis=0).tolist()
    return {"coordinates": stored["coordinates"], **shown}, meta


def with_weights(run: RunFolder, kind: str) -> Snapshots:
    """The anchor and the points of a sampling of `run`, with their weights. Those of a static
    sampling are not stored: they are made again from the directions' seeds.
    """
    sampled = experiment_samples.READERS[kind](run)
    if kind == JUMPS:
        return sampled
    result = derived.find(run.path, "sampling", kind=kind, **experiment_samples.own(kind))
    anchor = AnalysedRun(run, AnalysisSpec()).anchor
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


def _diagram(runs: Path, folder: StudyFolder, id: str) -> derived.Result:
    """D0 of the test loss over the paper's graph, what never dies closed at the greatest loss."""
    run = RunFolder.open(runs, id)

    def compute() -> arrays.Stored:
        sampled = experiment_samples.READERS[JUMPS](run)
        sample = published_sample(sampled)
        values = sampled.column(TEST_LOSS)[sample.at]
        if not np.isfinite(values).all():
            raise AnalysisError("a test loss of the sample is not finite")
        diagram = persistence(sample.edges(False), values).diagram
        never = np.isinf(diagram.death)
        death = np.where(never, values.max(), diagram.death)
        totals = sample.totals(TEST_LOSS, False)
        meta = {
            "total": totals.d0,
            "share": totals.share,
            "range": float(np.ptp(values)) ** 2,
            "components": totals.components,
            "bars": totals.bars,
        }
        return {"birth": diagram.birth, "death": death, "never": never.astype(np.uint8)}, meta

    cache = ResultCache(folder.path, _inputs(run))
    return cache.result(PAPER_DIAGRAM, {"run": id, "loss": TEST_LOSS}, compute)
