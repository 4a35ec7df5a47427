"""A tiny study that is done."""

from __future__ import annotations

import pytest

from landscape_app.jobs.session import session
from landscape_app.pipeline import studies
from tests.pipeline.tiny_study import spec


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """(runs folder, table, report) of the finished study."""
    runs = tmp_path_factory.mktemp("runs")
    return runs, *studies.run(runs, spec(), session=session)
