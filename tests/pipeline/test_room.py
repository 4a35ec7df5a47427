"""An analysis that has no room is refused before it takes any, in words that say how much there
would have to be.
"""

from __future__ import annotations

import numpy as np
import pytest

from landscape_app import memory
from landscape_app.errors import AnalysisError
from landscape_app.pipeline import room
from landscape_app.pipeline.analysed_run import AnalysedRun
from landscape_app.records.snapshots import COLUMNS, Matrix, Snapshots
from landscape_app.settings import AnalysisSpec, parse


@pytest.mark.parametrize("free", [10**8, 10**9, 10**10, 10**12])
def test_what_fits_is_what_is_let_in(monkeypatch, free):
    monkeypatch.setattr(room, "free_memory", lambda: free)
    fit = room.most(free)
    assert memory.of_analysis(fit) <= free < memory.of_analysis(fit + 1)
    room.check("run", fit)
    with pytest.raises(
        AnalysisError, match=f"{fit + 1:,} snapshots needs about .* enough for {fit:,}"
    ):
        room.check("run", fit + 1)


def test_small_runs_are_analysed_whatever_is_free(monkeypatch):
    monkeypatch.setattr(room, "free_memory", lambda: 0)
    room.check("run", room.SMALL)


def test_no_distance_is_measured_of_too_many_snapshots(monkeypatch):
    monkeypatch.setattr(room, "free_memory", lambda: 2**30)
    n = 20_001
    columns = {name: np.zeros(n, dtype=kind) for name, (kind, _) in COLUMNS.items()}

    class Run:
        id = "large"

    subject = AnalysedRun(Run(), parse(AnalysisSpec, {}))
    vars(subject)["snapshots"] = Snapshots(
        "large", columns, Matrix((n, 100), lambda start, stop: pytest.fail("weights are read"))
    )
    with pytest.raises(AnalysisError, match=r"Run large: .*20,001.*37\.3 GiB.*1\.0 GiB"):
        _ = subject.geometry
