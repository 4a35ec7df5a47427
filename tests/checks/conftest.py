"""One small run with everything in it that can be checked: sampled, analysed, with surfaces and
curvature; made once, by the real pipeline.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from landscape_app.pipeline import analyse
from landscape_app.pipeline.curvature import curvature
from landscape_app.pipeline.run import execute
from landscape_app.pipeline.surface import surface
from landscape_app.records.progress import Silent
from landscape_app.settings import AnalysisSpec, CurvatureSpec, RunSpec, SurfaceSpec, parse
from landscape_app.store.run import RunFolder
from tests.sampling.problems import TINY

ANALYSIS = AnalysisSpec(methods=("phate", "phate-paper"), stability=1, null_repeats=19)
CURVATURE = {
    "eigenvalues": 1,
    "lanczos_steps": 4,
    "probes": 2,
    "steps": 4,
    "trace_products": 6,
    "draws": 2,
    "ends": 2,
    "points": 3,
}


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the run "sound"."""
    runs = tmp_path_factory.mktemp("checked")
    run = RunFolder.create(
        runs, "sound", parse(RunSpec, {**TINY, "train_epochs": 40, "epochs": 12})
    )
    with run.lock():
        execute(run, Silent())
        for values in ({"kind": "line", "points": 5}, {"kind": "random", "points": 3}):
            surface(run, parse(SurfaceSpec, values), Silent())
        curvature(run, parse(CurvatureSpec, CURVATURE), Silent())
        analyse.run(run, ANALYSIS, Silent())
    return runs


@pytest.fixture
def run(made: Path, tmp_path: Path) -> RunFolder:
    """A copy that a test may spoil."""
    shutil.copytree(made, tmp_path / "runs")
    return RunFolder.open(tmp_path / "runs", "sound")
