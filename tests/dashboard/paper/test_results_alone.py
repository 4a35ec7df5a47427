"""Law of results without runs: the pages Study and Paper say of them what they say of the study
that they were taken from, and compute nothing.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from landscape_app.dashboard import shell
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.export import opened
from landscape_app.dashboard.paper import cards, figures, view
from landscape_app.dashboard.paper.figures import FIGURES
from landscape_app.dashboard.study import choice, measure_table
from landscape_app.dashboard.study import view as studies
from landscape_app.store import packing, unpacking
from tests.dashboard.paper.conftest import STUDY
from tests.store.archived import content

pytestmark = pytest.mark.slow


@pytest.fixture
def whole(made: Path) -> Context:
    return opened.context(made)


@pytest.fixture
def alone(made: Path, tmp_path: Path) -> Context:
    """The results of the study, without its runs, in another folder."""
    packing.write(made, STUDY, tmp_path / "it.zip", results_only=True)
    unpacking.unpack(tmp_path / "it.zip", tmp_path / "alone")
    return opened.context(tmp_path / "alone")


def test_paper_says_the_same(whole: Context, alone: Context) -> None:
    before, after = (view.read(context, STUDY, "light") for context in (whole, alone))
    assert before.stored.experiments
    assert before.stored.pictures
    for claim in range(1, 5):
        pairs = zip(before.verdicts(claim), after.verdicts(claim), strict=True)
        for shown, verdict in pairs:
            assert verdict == shown or (verdict.word is shown.word is None)
            assert "landscape " not in verdict.sentence, "nothing can be computed"
    assert str(cards.table(after)) == str(cards.table(before))
    for name in FIGURES:
        assert bool(figures.missing(after, name)) == bool(figures.missing(before, name))
        assert "landscape " not in figures.missing(after, name)
        assert figures.caption(after, name) == figures.caption(before, name)
        columns = figures.columns(after, name)
        for key, values in figures.columns(before, name).items():
            np.testing.assert_array_equal(columns[key], values)


def test_study_says_the_same(whole: Context, alone: Context) -> None:
    asked = choice.of_values({"id": STUDY})
    before, after = (studies.read(context, asked) for context in (whole, alone))
    assert before.ranked
    assert after.reports == before.reports
    assert after.choice == before.choice
    assert before.table is not None
    assert after.table is not None
    assert after.table.ids == before.table.ids
    for name, values in before.table.columns.items():
        np.testing.assert_array_equal(after.table.columns[name], values)
    tables = [str(measure_table.table(study, {})) for study in (before, after)]
    assert tables[0] == tables[1]


def test_no_page_writes_anything_for_them(alone: Context) -> None:
    before = content(alone.runs)
    for path in ("/study", "/paper", "/runs", "/jobs", "/"):
        shell.render(alone, path, f"?id={STUDY}")
    assert content(alone.runs) == before
