"""Figures come after the page, card by card: what is there can be used, what fails says so in its
place, and what a person changes meanwhile is what comes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from landscape_app.bench.browser import choose
from landscape_app.dashboard.explore import ids
from tests.browser.conftest import Server
from tests.browser.scenes import VIEWS, ink, ready, settle
from tests.patience import until

pytestmark = pytest.mark.browser
FIGURES = "**/figures?*"
FAULT = "This figure cannot be drawn today."
DRAWN = """() => [...document.querySelectorAll("#explore [data-bound=true]")].map((gd) =>
  gd.closest("[data-view]").dataset.view)"""
TOPS = """() => ["scene-0", "scene-1", "scene-2"].map((name) => {
  const gd = document.querySelector(`[data-view=${name}] .js-plotly-plot`);
  const base = gd.layout.meta.base.map(({ trace }) => landscape.internals.trace(gd, trace));
  const colours = base.flatMap((trace) => [trace.marker?.color, trace.line?.color]);
  return Math.max(...colours.filter((c) => c && typeof c === "object").map((c) => Math.max(...c)));
})"""
BACKGROUNDS = """() => landscape.graphs().map((gd) => gd.layout.template.layout.font.color)"""


def lines(route: Route) -> list[dict[str, Any]]:
    """What the server answers, a line a card."""
    return [json.loads(line) for line in route.fetch().text().splitlines()]


def answer(route: Route, of: list[dict[str, Any]]) -> None:
    body = "".join(f"{json.dumps(line)}\n" for line in of)
    route.fulfill(status=200, content_type="application/x-ndjson", body=body)


def fault(name: str) -> dict[str, Any]:
    """The line of a card that failed."""
    words = {"children": FAULT, "className": "ls-state ls-failed"}
    return {
        "name": name,
        "children": {"namespace": "dash_html_components", "type": "Div", "props": words},
    }


@pytest.fixture
def held(page: Page, explored: Server) -> Iterator[tuple[Page, list[Route]]]:
    """Explore, whose figures do not come before a test lets them."""
    routes: list[Route] = []
    page.route(FIGURES, lambda route: routes.append(route))
    page.goto(explored.url)
    expect(page.locator("#card-scene-2 h2")).to_be_visible()
    until(lambda: _waited(page, routes), 30)
    yield page, routes
    page.unroute_all(behavior="ignoreErrors")


def _waited(page: Page, routes: list[Route]) -> bool:
    page.wait_for_timeout(50)
    return bool(routes)


def test_a_card_that_fails_leaves_the_others_and_comes_with_the_next_change(
    page: Page, explored: Server
) -> None:
    failed: list[str] = []

    def one_fails(route: Route) -> None:
        failed.append(route.request.url)
        whole = lines(route)
        answer(route, [fault("scene-1") if line["name"] == "scene-1" else line for line in whole])

    page.route(FIGURES, one_fails, times=1)
    page.goto(explored.url)
    ready(page, len(VIEWS) - 1)
    expect(page.locator("#card-scene-1")).to_contain_text(FAULT)
    assert "scene-1" not in page.evaluate(DRAWN)
    # the others are linked as ever
    page.locator("#card-curves .js-plotly-plot").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#explore")).to_have_attribute("data-picked", "trajectory")
    expect(page.locator(f"#{ids.DETAILS}")).to_contain_text("seed")
    choose(page, ids.COLOUR, "retraining epoch")
    ready(page)
    assert ink(page, "scene-1") > 0.002
    assert len(failed) == 1


def test_cards_come_one_by_one_and_what_is_there_is_drawn(
    held: tuple[Page, list[Route]],
) -> None:
    page, routes = held
    whole = lines(routes[0])
    assert whole[0]["name"] == "joint"
    answer(routes[0], whole[:2])  # and then the answer breaks off
    ready(page, 2)
    assert set(page.evaluate(DRAWN)) == {line["name"] for line in whole[:2]}
    for line in whole[2:]:
        expect(page.locator(f"#card-{line['name']}")).to_contain_text("did not come")
    assert ink(page, "joint") > 0.002


def test_a_control_that_changes_meanwhile_is_what_comes(held: tuple[Page, list[Route]]) -> None:
    page, routes = held
    choose(page, ids.COLOUR, "retraining epoch")
    until(lambda: _more(page, routes), 30)
    assert "colour=epoch" in routes[1].request.url
    routes[1].continue_()
    ready(page)
    expect(page.locator(f"#{ids.LEGEND}")).to_contain_text("retraining epoch")
    assert page.evaluate("landscape.known.value.label") == "retraining epoch"
    tops = {round(top) for top in page.evaluate(TOPS)}
    assert tops == {12}  # epochs of the small study: no scene is coloured by a loss
    assert len(routes) == 2


def _more(page: Page, routes: list[Route]) -> bool:
    page.wait_for_timeout(50)
    return len(routes) > 1


def test_a_control_that_is_put_back_before_it_was_answered_loses_no_figure(
    held: tuple[Page, list[Route]],
) -> None:
    page, routes = held
    page.evaluate("landscape.cards.hold()")  # a change to which the server has nothing to say
    until(lambda: _more(page, routes), 30)
    routes[1].continue_()
    ready(page)


def test_the_dark_scheme_of_meanwhile_is_that_of_every_figure(
    held: tuple[Page, list[Route]],
) -> None:
    page, routes = held
    whole = lines(routes[0])
    page.get_by_label("Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    answer(routes[0], whole)
    ready(page)
    until(lambda: _in_one_colour(page), 20)
    page.get_by_label("Light or dark").click()


def _in_one_colour(page: Page) -> bool:
    settle(page, 60)
    shown = page.evaluate(BACKGROUNDS)
    wanted = page.evaluate("landscape.known.templates.dark.layout.font.color")
    return set(shown) == {wanted}


def test_a_control_asks_once_and_for_no_figure_that_is_there(page: Page, explored: Server) -> None:
    page.goto(explored.url)
    ready(page)
    settle(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    choose(page, ids.COLOUR, "retraining epoch")
    settle(page)
    assert not [url for url in asked if "/figures" in url]
    choose(page, ids.COLOUR, "train loss")
    settle(page)
    assert not [url for url in asked if "/figures" in url]
