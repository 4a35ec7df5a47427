"""Laws of the figures of a study that are taken away: they are the page's own, and their data what
they are drawn from.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from landscape_app.dashboard import factory, study
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.export import opened, study_figures
from landscape_app.dashboard.export.study_figures import study_figure
from landscape_app.dashboard.study import choice, definitions, ranking, scatter, view
from landscape_app.errors import AnalysisError, FigureError, UnknownNameError
from tests.dashboard.common.test_taking import paths
from tests.dashboard.study.conftest import GRID, made

pytestmark = pytest.mark.slow

__all__ = ["made"]
STUDY = GRID["name"]
QUERY = {"id": STUDY, "measure": "weight_norm", "colour": "train_rate"}


@pytest.fixture
def context(made: Path) -> Context:
    """The runs folder of the studies, as the pages are given it."""
    return opened.context(made)


@pytest.fixture
def client(made: Path) -> FlaskClient:
    """The routes, on the studies."""
    return factory.create(made).server.test_client()


def rows(content: bytes) -> tuple[dict, list[dict[str, str]]]:
    first, _, rest = content.decode().partition("\n")
    return json.loads(first[2:]), list(csv.DictReader(io.StringIO(rest)))


def test_the_scatter_is_that_of_the_page_and_its_data_are_the_points(context: Context) -> None:
    drawn = study_figure(context, "scatter", QUERY)
    shown = view.read(context, choice.of_query(QUERY, "light"))
    assert drawn.figure == scatter.figure(shown, definitions.known(context, shown))
    facts, networks = rows(drawn.file("csv"))
    assert facts["settings"]["measure"] == "weight_norm"
    assert facts["study"] == STUDY
    points = {
        id: float(x)
        for trace in drawn.figure.data
        for id, x in zip(trace.customdata or (), trace.x, strict=bool(trace.customdata))
        if x is not None
    }
    known = {row["id"]: float(row["weight_norm"]) for row in networks if row["weight_norm"]}
    assert known == pytest.approx(points, rel=1e-6)
    assert "train_rate" in networks[0]


def test_the_ranking_is_that_of_the_page_or_says_why_not(context: Context) -> None:
    shown = view.read(context, choice.of_query(QUERY, "light"))
    if not shown.ranked:
        with pytest.raises(AnalysisError) as error:
            study_figure(context, "ranking", QUERY)
        assert str(error.value) == ranking.why_none(shown)
        return
    drawn = study_figure(context, "ranking", QUERY)
    assert drawn.figure == ranking.figure(shown, definitions.known(context, shown))
    _, measures = rows(drawn.file("csv"))
    assert [row["measure"] for row in measures] == [measure.name for measure in shown.ranked]


def test_what_cannot_be_drawn_says_why(context: Context) -> None:
    for query, error, words in (
        ({"id": "begun"}, AnalysisError, "no table yet"),
        ({"id": "never-was"}, AnalysisError, "no study called"),
    ):
        with pytest.raises(error, match=words):
            study_figure(context, "scatter", query)
    with pytest.raises(UnknownNameError, match="Choose from"):
        study_figure(context, "scater", QUERY)
    with pytest.raises(FigureError, match="no format"):
        study_figure(context, "scatter", QUERY).file("gif")


def test_every_card_with_a_figure_saves_it(client: FlaskClient, context: Context) -> None:
    named = list(paths(study.layout(context, {"id": STUDY})))
    saved = [path for path in named if path.startswith("/take/study/")]
    cards = {path.partition("?")[0].rpartition(".")[0].rpartition("/")[2] for path in saved}
    assert cards == set(study_figures.NAMES)
    assert len(saved) == len(cards) * 7  # pictures in two widths, and data
    for path in (path for path in saved if ".csv?" in path):
        answer = client.get(path)
        assert answer.status_code in (200, 422)
        assert "Did you mean" not in answer.text
    assert client.get(f"/take/study/scatter.csv?id={STUDY}").status_code == 200
