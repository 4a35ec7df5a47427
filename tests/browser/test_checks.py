"""The page Checks as a person sees it: what stands in a column stays in it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Server

pytestmark = pytest.mark.browser
BEYOND = """[...document.querySelectorAll(".ls-checks-table th .ls-badge")].map((badge) =>
    badge.getBoundingClientRect().right - badge.closest("th").getBoundingClientRect().right)"""


@pytest.mark.parametrize("width", [1024, 1440])
def test_a_badge_stays_in_the_column_of_its_run(page: Page, explored: Server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(f"{explored.url}/checks?runs=quickstart-good,quickstart-plain,quickstart-poor")
    page.wait_for_selector(".ls-checks-table th .ls-badge")
    beyond = page.evaluate(BEYOND)
    assert len(beyond) == 3
    assert max(beyond) <= 0, beyond
