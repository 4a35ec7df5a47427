"""The runs and the study of tests/dashboard/explore, opened for export."""

from __future__ import annotations

from pathlib import Path

import pytest

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.export import opened
from tests.dashboard.explore.conftest import RUNS, sampled, surfaced

__all__ = ["sampled", "surfaced"]


@pytest.fixture
def context(surfaced: Path) -> Context:
    """The runs folder as the pages are given it."""
    return opened.context(surfaced)


@pytest.fixture
def comparison(context: Context) -> Comparison:
    """Both runs as Explore compares them."""
    return opened.compared(context, RUNS, opened.view_of({}))
