"""Every page of the table is served, named and registered, also without runs; so is one that a test
adds to the table for a while.
"""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

import pytest
from dash import Dash, Input, Output, dcc, html

from landscape_app.dashboard import factory, page_table
from landscape_app.dashboard.common import ids
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.page_table import PAGES, Page
from tests.dashboard.conftest import Page as Browser
from tests.dashboard.test_factory import draw

MINE = "tests.dashboard.test_page_table"


def layout(context: Context, query: dict[str, str]) -> Any:
    """A page of a test's own."""
    button = html.Button(id="mine-button")
    return html.Div([button, html.P(id="mine-says"), f"a page for {query.get('who', 'all')}"])


def header(context: Context, query: dict[str, str]) -> Any:
    """What it puts into the header."""
    return dcc.Link("mine in the header", href="/mine")


def register(app: Dash, context: Context) -> None:
    """What its button does."""

    @app.callback(Output("mine-says", "children"), Input("mine-button", "n_clicks"))
    def say(clicks: int | None) -> str:
        return f"clicked {clicks} times in {context.runs.name}"


@pytest.fixture
def mine(monkeypatch: pytest.MonkeyPatch) -> Page:
    """The table with one line more."""
    page = Page("Mine", f"{MINE}:layout", register=f"{MINE}:register", header=f"{MINE}:header")
    monkeypatch.setitem(PAGES, "/mine", page)
    return page


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_served(page: Browser, path: str) -> None:
    drawn = draw(page, path)
    assert "There is no such page" not in drawn
    assert "This page cannot be shown" not in drawn


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_served_without_runs(tmp_path: Path, path: str) -> None:
    drawn = draw(Browser(factory.create(tmp_path / "none")), path)
    assert "There is no such page" not in drawn
    assert "This page cannot be shown" not in drawn
    assert ("Run the quickstart" in drawn) == PAGES[path].needs_runs


def test_the_titles_of_the_pages_are_told_apart_and_reach_the_browser(page: Browser) -> None:
    titles = {path: entry.title for path, entry in PAGES.items()}
    assert all(titles.values())
    assert len(set(titles.values())) == len(titles)
    stores = _with(page.client.get("/_dash-layout").get_json(), "id", ids.TITLES)
    assert [store["props"]["data"] for store in stores] == [titles]


def test_the_navigation_is_the_table_s(page: Browser) -> None:
    assert _links(page) == [path for path, entry in PAGES.items() if entry.navigation]


@pytest.mark.parametrize("path", [path for path in PAGES if PAGES[path].register])
def test_every_page_is_registered(app: Dash, runs: Path, path: str) -> None:
    alone = Dash(path.strip("/") or "explore")
    page_table.load(path, "register")(alone, factory.context_of(alone.server, runs))
    assert alone.callback_map
    assert alone.callback_map.keys() <= app.callback_map.keys()


def test_a_page_needs_a_line_in_the_table_and_no_more(mine: Page, runs: Path) -> None:
    page = Browser(factory.create(runs))
    drawn = draw(page, "/mine", "?who=me")
    assert "a page for me" in drawn
    assert "mine in the header" in drawn
    assert "/mine" in _links(page)
    said = page.call("mine-says.children", {"mine-button.n_clicks": 3}, "mine-button.n_clicks").text
    assert "clicked 3 times in runs" in said


@pytest.mark.parametrize("part", ["layout", "register", "header"])
@pytest.mark.parametrize("target", [f"{MINE}:gone", "landscape_app.dashboard.gone:layout"])
def test_a_page_whose_part_is_not_there_is_named(
    runs: Path, monkeypatch: pytest.MonkeyPatch, part: str, target: str
) -> None:
    parts = {"layout": f"{MINE}:layout", part: target}
    monkeypatch.setitem(PAGES, "/mine", Page("Mine", **parts))
    with pytest.raises(ImportError, match=f"/mine.*{part}.*{target}"):
        factory.create(runs)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_imports_another(path: str) -> None:
    packages = {entry.layout.partition(":")[0] for entry in PAGES.values()}
    own = PAGES[path].layout.partition(":")[0]
    source = Path(str(importlib.import_module(own).__file__))
    files = source.parent.rglob("*.py") if source.name == "__init__.py" else [source]
    for file in files:
        others = {
            name
            for name in _imports(file)
            for package in packages - {own}
            if name.startswith(package)
        }
        assert not others, f"{file.name} of the page {path} imports {', '.join(others)}"


def _imports(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text())))
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return whole | {
        f"{node.module}.{alias.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _links(page: Browser) -> list[str]:
    """Where the links of the navigation lead."""
    links = _with(page.client.get("/_dash-layout").get_json(), "className", "ls-nav-link")
    return [link["props"]["href"] for link in links]


def _with(layout: Any, name: str, value: str) -> list[dict[str, Any]]:
    """The components of a layout, as JSON, whose property `name` is `value`."""
    if isinstance(layout, list):
        return [component for part in layout for component in _with(part, name, value)]
    if not isinstance(layout, dict):
        return []
    props = layout.get("props", {})
    own = [layout] if props.get(name) == value else []
    return own + _with(props.get("children"), name, value)
