"""The first paint: cards with titles and words at once, grey places until plotly has drawn."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Server
from tests.browser.scenes import ready

pytestmark = pytest.mark.browser

# The grey place of a card: its colour, its height and its animation; null where there is none.
PLACE = """() => [...document.querySelectorAll("#explore section:has(.ls-twin)")].map((card) => {
  const look = getComputedStyle(card.querySelector(".ls-view-body"), "::before");
  return look.content === "none" ? null
    : [look.backgroundColor, parseFloat(look.height), look.animationName];
})"""


@pytest.fixture
def held(page: Page, explored: Server) -> tuple[Page, list[Route]]:
    """Explore, whose library of figures does not come."""
    routes: list[Route] = []
    page.route("**/plotly*.js", lambda route: routes.append(route))
    page.goto(explored.url, wait_until="commit")
    expect(page.locator("#card-scene-2 h2")).to_be_visible()
    return page, routes


def test_titles_words_and_grey_places_are_there_before_any_figure(
    held: tuple[Page, list[Route]],
) -> None:
    page, routes = held
    assert page.locator("#explore .js-plotly-plot .main-svg").count() == 0
    assert page.locator("#explore [data-bound=true]").count() == 0
    expect(page.locator("#card-scene-0")).to_contain_text("gap")
    expect(page.locator("#card-measures")).to_contain_text("test accuracy")
    places = page.evaluate(PLACE)
    assert len(places) == 8
    for place in places:
        assert place is not None
        colour, height, animation = place
        assert height > 60
        assert animation == "ls-waits"
        assert colour not in ("rgba(0, 0, 0, 0)", "rgb(255, 255, 255)")
    page.emulate_media(reduced_motion="reduce")
    assert {place[2] for place in page.evaluate(PLACE)} == {"none"}
    page.emulate_media(reduced_motion="no-preference")
    for route in routes:
        route.continue_()
    ready(page)
    assert page.evaluate(PLACE) == [None] * 8
