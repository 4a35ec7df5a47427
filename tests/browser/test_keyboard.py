"""The page without a pointer: the focus stays where it was put while jobs go on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from landscape_app.dashboard.common import ids
from tests.browser.conftest import Server
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
@pytest.mark.parametrize(("path", "place"), [("/", "strip"), ("/jobs", "jobs")])
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
