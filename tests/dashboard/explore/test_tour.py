"""Laws of the tour: it is there for the runs of a quickstart, and nowhere else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from landscape_app.dashboard.explore import ids, tour
from landscape_app.dashboard.export import opened
from landscape_app.settings import AnalysisSpec
from landscape_app.store.study import StudyFolder
from tests.dashboard.explore.conftest import RUNS


@pytest.fixture
def with_quickstart(sampled: Path, tmp_path: Path) -> Path:
    """A copy in which a quickstart has made the run `good`; `poor` is another's."""
    runs = Path(shutil.copytree(sampled, tmp_path / "runs"))
    StudyFolder.create(runs, "quickstart", ["good"], AnalysisSpec(), made_by="quickstart")
    return runs


def steps(runs: Path, *shown: str) -> object:
    context = opened.context(runs)
    return tour.tour(context, opened.compared(context, shown, opened.view_of({})))


def test_runs_of_a_quickstart_have_a_tour(with_quickstart: Path) -> None:
    part = steps(with_quickstart, "good")
    assert part.id == ids.TOUR  # type: ignore[attr-defined]
    told = json.loads(getattr(part, "data-steps"))
    assert [step["card"] for step in told] == [card for card, *_ in tour.STEPS]


def test_other_runs_have_none(with_quickstart: Path, sampled: Path) -> None:
    assert steps(with_quickstart, "poor") is None
    assert steps(with_quickstart, *RUNS) is None  # one of them is another's
    assert steps(sampled, *RUNS) is None
