"""The measures of Explore as a person meets them: six with bars, the rest folded and found by a
search, a paragraph behind each name, all of it by keyboard.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from landscape_app.dashboard.explore import ids
from landscape_app.finding.key_measures import KEY_MEASURES
from landscape_app.registries import MEASURES
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

RUNS = "quickstart-good,quickstart-poor"
CARD = "section.ls-view-measures"
KEYS = f"{CARD} .ls-measures-key > tr"
FOLDED = f"{CARD} .ls-measures-family[aria-expanded=false]"


@pytest.fixture
def measures(page: Page, explored: Server) -> Page:
    """Explore of two runs, its measures drawn."""
    page.goto(f"{explored.url}/?runs={RUNS}")
    expect(page.locator(KEYS)).to_have_count(len(KEY_MEASURES))
    return page


def test_six_measures_have_a_bar_and_an_error_bar_a_run_and_a_mark(measures: Page) -> None:
    for number, key in enumerate(KEY_MEASURES):
        row = measures.locator(KEYS).nth(number)
        expect(row.locator(".ls-key-worse")).to_contain_text(f"{key.worse} = worse")
        expect(row.locator(".ls-key-bar")).to_have_count(2)
        expect(row.locator(".ls-key-whisker")).to_have_count(2 if key.error else 0)
        expect(row.locator(".ls-key-mark")).to_have_count(1 if key.error else 0)
    accuracy = measures.locator(KEYS).first
    longer, shorter = (accuracy.locator(".ls-key-bar").nth(at).bounding_box() for at in (0, 1))
    assert longer is not None
    assert shorter is not None
    assert longer["width"] > shorter["width"] > 10
    mark = accuracy.get_by_role("img", name="differ beyond two standard errors")
    expect(mark).to_have_text("≠")


def test_a_search_finds_a_measure_by_its_text_and_a_name_opens_its_paragraph(
    measures: Page,
) -> None:
    spread = MEASURES["end_spread"]
    assert measures.locator(FOLDED).count() > 3
    expect(measures.locator("[data-measure=end_spread]")).to_have_count(0)
    search = measures.get_by_label("Search measures")
    search.press_sequentially("orthogonal")
    expect(search).to_be_focused()
    expect(measures.locator("[data-measure]")).to_have_count(1)
    name = measures.locator("[data-measure=end_spread] .ls-measure-name")
    name.click()
    paragraph = measures.locator(".ls-measure-about")
    for words in (spread.help, f"When it misleads: {spread.misleads}", spread.load().source):
        expect(paragraph).to_contain_text(words)
    assert not measures.locator(".ls-lit").count(), "a name picks nothing"
    search.fill("nothing of this kind")
    expect(measures.get_by_text("No measure has these words.")).to_be_visible()
    search.fill("")
    expect(measures.locator(KEYS)).to_have_count(len(KEY_MEASURES))


def test_a_family_a_paragraph_and_a_pick_are_reached_by_keyboard(measures: Page) -> None:
    family = measures.locator(".ls-measures-family", has_text="Retraining")
    family.focus()
    measures.keyboard.press("Enter")
    expect(family).to_have_attribute("aria-expanded", "true")
    expect(family).to_be_focused()
    measures.keyboard.press("Tab")
    row = measures.locator("[data-measure=return_ratio]")
    expect(row).to_be_focused()
    measures.keyboard.press("Enter")
    expect(row).to_have_class("ls-pickable ls-lit")
    measures.keyboard.press("Tab")
    name = row.locator(".ls-measure-name")
    expect(name).to_be_focused()
    measures.keyboard.press("Space")
    expect(name).to_have_attribute("aria-expanded", "true")
    expect(name).to_be_focused()
    expect(measures.locator(".ls-measure-about")).to_contain_text("When it misleads")
    expect(row).to_have_class("ls-pickable ls-lit")
    # another colour of the figures draws the page again: what is open stays open
    measures.evaluate(
        f"dash_clientside.explore.measures({{...JSON.parse(JSON.stringify("
        f"window.dash_component_api.getLayout('{ids.MEASURES}').props.data)), again: 1}})"
    )
    expect(measures.locator(".ls-measure-about")).to_have_count(1)
    expect(name).to_be_focused()
