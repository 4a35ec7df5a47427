"""Laws of the menus with which a person takes something away: every entry is a file that the server
makes, and every card has a menu.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component
from flask.testing import FlaskClient

from landscape_app.dashboard import explore, factory, surface
from landscape_app.dashboard.common import taking
from landscape_app.dashboard.explore import share
from landscape_app.dashboard.export import opened
from tests.dashboard.explore.conftest import sampled, surfaced

__all__ = ["sampled", "surfaced"]
QUERY = {"runs": "good,poor"}


@pytest.fixture
def client(surfaced: Path) -> FlaskClient:
    """The routes, on the sampled runs."""
    return factory.create(surfaced).server.test_client()


def paths(content: Any) -> Iterator[str]:
    """The files that the menus and buttons of a page name."""
    for part in content._traverse() if isinstance(content, Component) else ():
        path = getattr(part, "data-take", None) if isinstance(part, Component) else None
        if path is not None:
            yield path


def test_every_card_of_explore_saves_a_figure_that_there_is(
    client: FlaskClient, surfaced: Path
) -> None:
    page = explore.layout(opened.context(surfaced), QUERY)
    named = sorted(paths(page))
    cards = {path.partition("&width")[0].rpartition(".")[0] for path in named}
    assert len(cards) == 5  # scene, joint, diagrams, curves, measures
    assert len(named) == (2 + 1 + 2 + 1 + 1) * 7  # pictures in two widths, and data
    for path in (path for path in named if ".csv?" in path):
        answer = client.get(path)
        assert answer.status_code in (200, 422), path
        assert "Did you mean" not in answer.text, path  # a figure that there is


def test_every_card_of_surface_saves_its_own_figure(client: FlaskClient, surfaced: Path) -> None:
    page = surface.layout(opened.context(surfaced), QUERY)
    data = {path for path in paths(page) if ".csv?" in path}
    assert {path.partition("&run=")[2] for path in data} == {"good&dims=3", "good&dims=2"}
    assert all(client.get(path).status_code == 200 for path in data)


def test_what_is_shown_and_the_report_are_there(client: FlaskClient) -> None:
    named = list(paths(share.menu(taking.shown_entries(["good", "poor"]))))
    assert [client.get(path).mimetype for path in named] == [
        "text/csv",
        "application/zip",
        "text/html",
    ]


def test_a_card_of_topology_saves_the_part_of_the_view(client: FlaskClient) -> None:
    path = "/take/figure/diagrams.csv?runs=good,poor&run=poor"
    for query, name in (("&part=barcode", "barcode"), ("&part=diagrams", "diagram")):
        answer = client.get(path + query)
        assert f'"{name}-poor.csv"' in answer.headers["Content-Disposition"]


def test_a_browser_without_webgl_takes_away_what_it_sees(client: FlaskClient) -> None:
    path = "/take/figure/scene.json?runs=good,poor&run=poor"
    assert "scatter3d" in client.get(path).text
    client.set_cookie("landscape-webgl", "none")
    assert "scatter3d" not in client.get(path).text
