"""The law of whole samples: nothing is computed of a damaged one, as it would still be called
current when the sample is whole again.
"""

from __future__ import annotations

import pytest

from landscape_app.errors import AnalysisError
from landscape_app.pipeline import analyse, compare
from landscape_app.pipeline.curvature import curvature
from landscape_app.pipeline.static_sampling import sample
from landscape_app.pipeline.surface import surface
from landscape_app.pipeline.whole import check_whole
from landscape_app.records.progress import Silent
from landscape_app.settings import AnalysisSpec, CurvatureSpec, SampleSpec, SurfaceSpec, parse
from landscape_app.store.run import RunFolder
from tests.store import samples

WORK = {
    "analyse": lambda run: analyse.run(run, AnalysisSpec(), Silent()),
    "knee": lambda run: analyse.knee(run, AnalysisSpec(), Silent()),
    "surface": lambda run: surface(
        run, parse(SurfaceSpec, {"kind": "random", "points": 5}), Silent()
    ),
    "sample": lambda run: sample(run, SampleSpec(directions=2), Silent()),
    "curvature": lambda run: curvature(run, CurvatureSpec(), Silent()),
}


@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("file", ["chunks/000-00006-00007.safetensors", samples.ANCHOR])
def test_nothing_is_computed_of_a_damaged_sample(tmp_path, work: str, file: str) -> None:
    run = samples.full_run(tmp_path)
    samples.flip(run.path / file, 300)
    with pytest.raises(AnalysisError, match="landscape resume run"):
        WORK[work](run)
    assert not list(run.path.glob("derived/*"))


def test_no_study_is_compared_while_one_of_its_runs_is_damaged(tmp_path) -> None:
    runs = [samples.full_run(tmp_path, id) for id in ("one", "two")]
    study = compare.open_study(tmp_path, ("one", "two"), AnalysisSpec(), "both")
    samples.flip(runs[1].path / samples.ANCHOR, 300)
    with pytest.raises(AnalysisError, match=r"Run two .* the anchor"):
        compare.run(study, tmp_path, AnalysisSpec(), Silent())
    assert not list(study.path.glob("derived/*"))


def test_what_is_not_sampled_yet_is_not_damaged(tmp_path) -> None:
    run = RunFolder.create(tmp_path, "run", samples.spec())
    run.commit("anchor", samples.ANCHOR, samples.anchor(), weight_norm=6.0)
    samples.commit_chunk(run, [0, 1], 0, 5)
    check_whole(run)
