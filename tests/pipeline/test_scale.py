"""Law of scale: weights are written as they come and analysed block by block, so memory stays far
below what is stored.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from landscape_app.settings import RunSpec, parse
from landscape_app.store.run import RunFolder

WIDE = {
    "data": "digits",
    "network": "mlp",
    "width": 500,
    "regime": "plain",
    "train_rows": 100,
    "train_epochs": 1,
    "train_batch": 100,
}
WIDE |= {"seeds": 2, "step_sizes": (0.5, 1.0), "epochs": 48, "batch": 100, "workers": 1}

WORK = """
import json, resource, sys
from pathlib import Path
from landscape_app.pipeline import analyse
from landscape_app.pipeline.run import execute
from landscape_app.records.progress import Silent
from landscape_app.settings import AnalysisSpec
from landscape_app.store.run import RunFolder
import sklearn.datasets, scipy.optimize, torch
from landscape_app.sampling import planner
planner.CHUNK_BYTES = 2**23  # in proportion to a run as small as this one
run = RunFolder.open(Path(sys.argv[1]), "wide")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with run.lock():
    if sys.argv[2] == "sample":
        execute(run, Silent())
    else:
        analyse.run(run, AnalysisSpec(), Silent())
print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))
"""


def growth(runs, what) -> float:
    """MiB by which the largest memory of a process of its own grows while it does `what`."""
    done = subprocess.run(
        [sys.executable, "-c", WORK, str(runs), what], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout) / 1024


# a gigabyte of weights: less would be lost in what the libraries themselves need
@pytest.mark.exhaustive
def test_sampling_and_analysis_need_a_fraction_of_what_they_store(tmp_path):
    run = RunFolder.create(tmp_path, "wide", parse(RunSpec, WIDE))
    sampling = growth(tmp_path, "sample")
    weights = sum(line["bytes"] for line in run.committed("chunk")) / 2**20
    analysing = growth(tmp_path, "analyse")
    assert run.finished
    assert weights > 300
    assert sampling < 0.6 * weights, (sampling, weights)
    assert analysing < 0.35 * weights, (analysing, weights)
