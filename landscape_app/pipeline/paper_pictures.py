"""The embeddings and persistence diagrams of the page Paper, stored as results of the study: of one
network its three samplings and several methods, of others jump and retrain.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
from pathlib import Path
from typing import NamedTuple

import numpy as np

from landscape_app.analysis.measures.published import published_sample
from landscape_app.analysis.topology.sublevel import persistence
from landscape_app.errors import AnalysisError, LandscapeError
from landscape_app.finding.paper_networks import GOOD, examples, rising
from landscape_app.pipeline import arrays, clouds, experiment_samples
from landscape_app.pipeline.experiment_samples import GRID, JUMPS, NAIVE
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.protocol import PAPER_DIAGRAM, PAPER_EMBEDDING, PAPER_METHOD, PAPER_METHODS
from landscape_app.records.progress import Progress
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
    """coordinates (n, 2) of the points with a place, and COLUMNS (n,); meta of the embedding."""
    sampled = clouds.with_weights(run, picture.kind)
    stored, meta, place = clouds.embedded(sampled, picture.method, spec)
    shown = {name: sampled.column(name)[place].astype(np.float64) for name in COLUMNS}
    return {"coordinates": stored["coordinates"], **shown}, meta


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
