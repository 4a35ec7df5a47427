"""Laws of threads: torch has one in every phase, also where work ends in an error, and afterwards
as many as before.
"""

from __future__ import annotations

import pytest
import torch
from threadpoolctl import threadpool_info

from landscape_app.errors import Cancelled
from landscape_app.pipeline import analyse, compare, verify
from landscape_app.pipeline.climbs import climbs
from landscape_app.pipeline.curvature import curvature
from landscape_app.pipeline.run import execute
from landscape_app.pipeline.static_sampling import sample
from landscape_app.pipeline.surface import surface
from landscape_app.pipeline.threads import one_thread
from landscape_app.records.progress import Silent
from landscape_app.settings import (
    AnalysisSpec,
    CurvatureSpec,
    RunSpec,
    SampleSpec,
    SurfaceSpec,
    parse,
)
from landscape_app.store.run import RunFolder
from tests.pipeline.tiny_study import FEW
from tests.sampling.problems import TINY

pytestmark = pytest.mark.slow

ANALYSIS = AnalysisSpec(methods=("pca",), null_repeats=5)


class Counting(Silent):
    """The numbers of torch's threads in every phase, by its name; it may cancel in one."""

    def __init__(self, cancel=""):
        self.threads, self.now, self.cancel = {}, "", cancel

    def phase(self, name, total=0, unit=""):
        self.now = name
        self.check()

    def advance(self, steps=1):
        self.check()

    def check(self):
        self.threads.setdefault(self.now, set()).add(torch.get_num_threads())
        if self.now == self.cancel:
            raise Cancelled


@pytest.fixture
def two():
    """Two threads of torch, as on a machine of two cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.slow
def test_every_phase_has_one_thread(two, tmp_path):
    run = RunFolder.create(tmp_path, "one", parse(RunSpec, TINY))
    other = RunFolder.create(tmp_path, "other", parse(RunSpec, {**TINY, "seed": 1}))
    study = compare.open_study(tmp_path, ("one", "other"), ANALYSIS, "both")
    done = Counting()
    for work in (
        lambda: execute(run, done),
        lambda: execute(other, done),
        lambda: analyse.run(run, ANALYSIS, done),
        lambda: climbs(run, done),
        lambda: curvature(run, parse(CurvatureSpec, FEW | {"eigenvalues": 2}), done),
        lambda: surface(run, SurfaceSpec(kind="hessian", points=3), done),
        lambda: sample(run, SampleSpec(directions=2), done),
        lambda: verify.verify(run, progress=done),
        lambda: compare.run(study, tmp_path, ANALYSIS, done),
    ):
        done.now = "before its first phase"
        work()
        assert torch.get_num_threads() == 2
    assert {
        name: threads
        for name, threads in done.threads.items()
        if threads != {1} and name != "before its first phase"
    } == {}
    assert {
        "preparing",
        "training",
        "sampling",
        "distances",
        "joint embedding",
        "trace",
        "surface",
        "naive sampling",
        "verifying",
    } <= set(done.threads)


def test_a_cancel_gives_the_threads_back(two, tmp_path):
    run = RunFolder.create(tmp_path, "one", parse(RunSpec, TINY))
    with pytest.raises(Cancelled):
        execute(run, Counting(cancel="training"))
    assert torch.get_num_threads() == 2


def test_products_of_numpy_have_one_too_where_they_are_small():
    def counts():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    before = counts()
    with one_thread():
        assert counts() == {1}
    assert counts() == before
    with one_thread(blas=False):
        assert counts() == before
