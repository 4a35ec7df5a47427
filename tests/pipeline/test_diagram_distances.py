"""Laws of the distances between compared runs' diagrams: those of the stored bars, nothing for a
run without them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from landscape_app.analysis.topology.matching import bottleneck, wasserstein
from landscape_app.pipeline import diagram_distances
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.pipeline.spaces import common
from landscape_app.registries import FILTRATIONS
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.analysis.topology.test_summaries import diagram
from tests.sampling.problems import TINY

SPEC = AnalysisSpec(t=7)
BARS = {"one": ([0.0, 1.0, 2.0], [np.inf, 3.0, 2.5]), "two": ([0.5, 1.0], [np.inf, 2.5])}


@pytest.fixture
def compared(tmp_path) -> tuple[ResultCache, list[RunFolder]]:
    """Three runs with made-up results: the third has none."""
    folders = [
        RunFolder.create(tmp_path, id, parse(RunSpec, TINY)) for id in ("one", "two", "three")
    ]
    over = {"t": 7, "graph_k": SPEC.graph_k, **diagram_distances.kernel(SPEC)}
    for folder in folders[:2]:
        birth, death = (np.array(values) for values in BARS[folder.id])
        for name in FILTRATIONS:
            derived.write(
                folder.path,
                "sublevel",
                {"filtration": name, **over},
                {"birth": birth, "death": death},
                {},
                "",
            )
        h1 = {"h1_birth": birth, "h1_death": death, "h1_censored": np.isinf(death).astype(np.uint8)}
        derived.write(
            folder.path,
            "rips",
            {"quantile": 0.25, "distance": "euclidean", "dimension": 1},
            h1,
            {"threshold": 1.0},
            "",
        )
    return ResultCache(
        StudyFolder.create(tmp_path, "all", [f.id for f in folders], SPEC).path, "inputs"
    ), folders


def found(cache: ResultCache, diagram: str) -> derived.Result:
    stored = derived.find(Path(cache.folder), "diagram_distances", diagram=diagram)
    assert stored is not None
    return stored


def test_distances_are_those_of_the_stored_bars(compared):
    cache, folders = compared
    diagram_distances.diagram_distances(cache, folders, SPEC)
    one, two = (diagram(*BARS[id]) for id in ("one", "two"))
    for name in FILTRATIONS:
        stored = found(cache, name)
        assert stored.meta["runs"] == ["one", "two", "three"]
        assert stored.meta["missing"] == ["three"]
        for kind, distance in (("bottleneck", bottleneck), ("wasserstein", wasserstein)):
            matrix = stored.arrays[kind]
            assert matrix[0, 1] == matrix[1, 0] == distance(one, two) > 0
            assert np.diagonal(matrix)[:2].tolist() == [0, 0]
            assert np.isnan(matrix[2]).all()
            assert np.isnan(matrix[:, 2]).all()
    # the essential bars, 0 and 0.5
    assert found(cache, "train_loss").arrays["bottleneck"][0, 1] == 0.5
    # censored bars have no part
    assert found(cache, "rips_h1").arrays["wasserstein"][0, 1] == pytest.approx(0.5 + 0.25)


def test_a_diagram_that_comes_later_is_taken_in(compared):
    cache, folders = compared
    diagram_distances.diagram_distances(cache, folders, SPEC)
    before = found(cache, "train_loss").created
    diagram_distances.diagram_distances(cache, folders, SPEC)
    assert found(cache, "train_loss").created == before
    over = {"t": 7, "graph_k": SPEC.graph_k, **diagram_distances.kernel(SPEC)}
    bars = {"birth": np.array([0.0]), "death": np.array([np.inf])}
    derived.write(folders[2].path, "sublevel", {"filtration": "train_loss", **over}, bars, {}, "")
    diagram_distances.diagram_distances(cache, folders, SPEC)
    assert found(cache, "train_loss").meta["missing"] == []
    assert np.isfinite(found(cache, "train_loss").arrays["bottleneck"]).all()


def test_bars_too_many_to_match_are_left_out_and_counted(compared, monkeypatch):
    cache, folders = compared
    monkeypatch.setattr(diagram_distances, "LONGEST", 2)
    diagram_distances.diagram_distances(cache, folders, SPEC)
    assert found(cache, "train_loss").meta["left_out"] == [0.5, 0.0, 0.0]


def test_loops_are_compared_in_function_space_too_where_a_run_has_it(compared):
    cache, folders = compared
    diagram_distances.diagram_distances(cache, folders, SPEC)
    space = common(SPEC, folders)
    assert space != SPEC.distance
    assert derived.find(Path(cache.folder), "diagram_distances", distance=space) is None
    bars = {"one": ([0.0], [4.0]), "three": ([0.0], [1.0])}
    for folder in (folders[0], folders[2]):
        birth, death = (np.array(values) for values in bars[folder.id])
        h1 = {"h1_birth": birth, "h1_death": death, "h1_censored": np.zeros(1, np.uint8)}
        at = {"quantile": 0.25, "distance": space, "dimension": 1}
        derived.write(folder.path, "rips", at, h1, {"threshold": 1.0}, "")
    diagram_distances.diagram_distances(cache, folders, SPEC)
    stored = derived.find(Path(cache.folder), "diagram_distances", distance=space)
    assert stored is not None
    assert stored.meta["missing"] == ["two"]
    assert stored.arrays["bottleneck"][0, 2] == 2.0  # the longer bar to the diagonal
    weights = derived.find(Path(cache.folder), "diagram_distances", distance=SPEC.distance)
    assert weights.meta["missing"] == ["three"]
