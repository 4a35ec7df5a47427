"""Laws of the report of a study: its ranking, its first measure against the gap, and every network
of its table.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from landscape_app.dashboard.export import opened, report, report_more
from landscape_app.dashboard.study import ids as study_ids
from landscape_app.dashboard.study import ranking, view
from landscape_app.dashboard.study.choice import StudyChoice
from tests.dashboard.study.conftest import GRID, made

__all__ = ["made"]
STUDY = GRID["name"]


@pytest.mark.slow
def test_a_study_with_statistics_has_them_in_its_report(made: Path) -> None:
    context = opened.context(made)
    study = view.read(context, StudyChoice(id=STUDY))
    assert study.table is not None
    text, figures = report_more.study(context, STUDY)
    assert set(figures) == {study_ids.RANKING, study_ids.SCATTER}
    assert ranking.foot(study) in text
    for network in study.table.ids:
        assert f"<td>{network}</td>" in text
    assert "<td>nan</td>" not in text
    page = report.report(context, [STUDY], opened.view_of({}))
    data = json.loads(re.search(r'id="report-data">(.*?)</script>', page, re.S)[1])
    shown = set(data["known"]["runs"])
    assert len(shown) == min(4, len(study.entry.runs))
    left = [run for run in study.entry.runs if run not in shown]
    assert ("Left out: " + ", ".join(left) in page) == bool(left)
    assert set(figures) <= set(data["figures"])


def test_a_study_without_a_table_adds_nothing(context) -> None:
    assert report_more.study(context, "both") == ("", {})
