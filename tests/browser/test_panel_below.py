"""A panel below all others, as the recipe of CONTRIBUTING adds it: the other cards keep the size
that they have without it, and the page scrolls.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import HEIGHT, Server

pytestmark = pytest.mark.browser

# four runs, the last of which is not there
RUNS = "quickstart-good,quickstart-poor,quickstart-shuffled,nobody"
PLACES = (
    "Array.from(document.querySelectorAll('section.ls-view')).map((card) => {"
    " const box = card.getBoundingClientRect();"
    " return [card.dataset.view, box.top, box.height]; })"
)


class WithBirths(Server):
    """A server whose table of panels begins with one that is below all others."""

    program = (
        "-c",
        "import sys\n"
        "from landscape_app.cli.main import main\n"
        "from landscape_app.dashboard.explore.panels import PANELS\n"
        "others = dict(PANELS)\n"
        "PANELS.clear()\n"
        "PANELS['births'] = 'tests.dashboard.explore.toy_panels:PANEL'\n"
        "PANELS.update(others)\n"
        "sys.exit(main(sys.argv[1:]))",
    )


@pytest.fixture
def births(finished: Path) -> Iterator[Server]:
    """The server of the finished study, with the panel."""
    server = WithBirths(finished)
    yield server
    server.stop()


def places(page: Page) -> dict[str, tuple[float, float]]:
    """{card: (top, height)} in px, in the order of the document."""
    return {name: (top, height) for name, top, height in page.evaluate(PLACES)}


def opened(page: Page, server: Server) -> dict[str, tuple[float, float]]:
    """The places of the cards when the page opens."""
    page.goto(f"{server.url}/?runs={RUNS}")
    page.locator("section.ls-view-measures").wait_for()
    return places(page)


def test_the_other_cards_keep_their_size_and_the_page_scrolls(
    births: Server, page: Page, explored: Server
) -> None:
    without = opened(page, explored)
    assert len(without) == 4 + 1 + 4 + 1 + 1
    shown = opened(page, births)
    below = [f"births-{slot}" for slot in range(4)]
    assert {name: shown[name][1] for name in without} == {
        name: height for name, (_, height) in without.items()
    }
    assert [shown[name][1] for name in below] == [260] * 4
    foot = max(top + height for top, height in without.values())
    assert min(shown[name][0] for name in below) > foot
    last = page.locator(f"[data-view={below[-1]}]")
    last.scroll_into_view_if_needed()
    box = last.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= HEIGHT

    page.set_viewport_size({"width": 390, "height": 844})  # a phone: the order of the document
    narrow = {name: place for name, place in places(page).items() if place[1]}  # one scene is shown
    assert list(narrow)[-4:] == below
    tops = [top for top, _ in narrow.values()]
    assert tops == sorted(tops)
    lines = {"joint"}  # these runs are not compared: a line says so
    assert min(height for name, (_, height) in narrow.items() if name not in lines) >= 260
    assert page.evaluate("document.documentElement.scrollWidth") == 390
