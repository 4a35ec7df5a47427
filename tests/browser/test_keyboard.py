"""The page without a pointer: the focus stays where it was put while jobs go on, every figure has a
first pick, what is picked is said, and who wants no motion has none.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from landscape_app.dashboard.common import ids
from landscape_app.dashboard.explore import ids as explore_ids
from tests.browser.conftest import Server
from tests.browser.scenes import picked, ready
from tests.browser.test_job_life import only_run, row_of, selector
from tests.patience import until

pytestmark = pytest.mark.browser
FOCUSED = "document.activeElement.id"


def tab_to(page: Page, id: dict[str, str]) -> None:
    """Press Tab until the element with a pattern id has the focus."""
    expect(page.locator(selector(id))).to_be_visible()
    target = page.locator(selector(id)).get_attribute("id")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == target:
            return
    raise AssertionError(f"{id} is not reached by Tab")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "place"), [("/", "strip"), pytest.param("/jobs", "jobs", marks=pytest.mark.exhaustive)]
)
def test_cancel_keeps_the_focus_while_the_job_goes_on(
    working: Server, page: Page, path: str, place: str
) -> None:
    page.goto(f"{working.url}/new")
    field = page.locator(selector(ids.field("train_epochs")))
    field.fill("4000")
    field.blur()
    page.locator(f"#{ids.FORM_LAUNCH}").click()
    run = only_run(working.runs)
    expect(row_of(page, run)).to_contain_text("running")
    page.goto(f"{working.url}{path}")
    tab_to(page, ids.action("cancel", run, place))
    page.evaluate("document.activeElement.dataset.same = 'yes'")
    bar = page.locator(".ls-strip-row, .ls-job").locator("[role=progressbar]").first
    before = bar.get_attribute("aria-valuenow")
    page.wait_for_timeout(3_000)
    until(lambda: bar.get_attribute("aria-valuenow") != before)  # the words have changed …
    assert page.evaluate("document.activeElement.dataset.same") == "yes"  # … and no button
    page.keyboard.press("Enter")
    resume = selector(ids.action("resume", run, place))
    expect(page.locator(resume)).to_be_focused()  # it stands where Cancel stood


def test_every_figure_has_a_first_pick_steps_and_says_what_is_picked(
    page: Page, explored: Server
) -> None:
    page.goto(explored.url)
    ready(page)
    status = page.locator("body > [role=status]")
    for figure in page.locator("#explore .js-plotly-plot").all():
        name = figure.locator("xpath=ancestor::*[@data-view]").get_attribute("aria-label")
        expect(figure).to_have_attribute("aria-label", re.compile(f"^{name}"))
        figure.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#explore")).to_have_attribute("data-picked", re.compile("."))
        expect(status).to_have_text(re.compile(r"^(Good|Plain|Poor|quickstart-\w+), "))
        first = status.inner_text()
        page.keyboard.press("ArrowRight")
        expect(status).not_to_have_text(first)
        page.keyboard.press("Escape")
        assert picked(page) == ""
        expect(status).to_have_text("Nothing is picked.")
    page.locator("[data-view=scene-0] .js-plotly-plot").focus()
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(status).to_have_text(re.compile(r"seed 0, step 0\S*, epoch 3, train loss \S+$"))
    table = page.locator("[data-view=scene-0] button[id*='twin-open']")
    named = page.locator("[data-view=scene-0]").get_attribute("aria-label")
    expect(table).to_have_attribute("aria-label", f"Show {named} as a table")


def test_the_player_goes_by_hand_for_who_wants_no_motion(page: Page, explored: Server) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(explored.url)
    ready(page)
    play, shown = page.locator(f"#{explore_ids.PLAY}"), page.locator(f"#{explore_ids.EPOCHS_SHOWN}")
    expect(play).to_have_attribute("aria-label", "Show the next epoch")
    for epochs in ("0", "0–1", "0–2"):
        play.focus()
        page.keyboard.press("Enter")
        expect(shown).to_have_text(epochs)
    page.wait_for_timeout(500)
    expect(shown).to_have_text("0–2")
