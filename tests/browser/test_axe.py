"""axe-core finds nothing serious on any page, in light and in dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from landscape_app.cli.main import main
from landscape_app.dashboard.common import ids
from landscape_app.dashboard.page_table import PAGES
from tests.browser.conftest import HEIGHT, WIDTH, Server, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SERIOUS = ("serious", "critical")
RUN = "quickstart-good"


def faults(page: Page) -> list[str]:
    """What axe-core calls serious or critical: the rule, the element, and why."""
    violations: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{page.url} {violation['id']}: {node['html'][:120]} {node['failureSummary']}"
        for violation in violations
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


def settle(page: Page) -> None:
    """Wait until the page is there and its callbacks have answered once."""
    page.wait_for_selector(f"#{ids.PAGE} > *")
    page.wait_for_timeout(1_500)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_on_any_page(
    browser: Browser,
    explored: Server,
    working: Server,
    finished: Path,
    scheme: Literal["light", "dark"],
) -> None:
    assert main(["surface", RUN, "--runs", str(finished), "--points", "5", "--quiet"]) == 0
    size = {"width": WIDTH, "height": HEIGHT}
    found: list[str] = []
    with watched(browser.new_context(viewport=size, color_scheme=scheme)) as page:
        for path in (*PAGES, f"/jobs?show={RUN}", f"/surface?runs={RUN}", "/nowhere"):
            page.goto(explored.url + path)
            settle(page)
            found += faults(page)
        page.goto(explored.url)
        settle(page)
        for button in page.locator("button[id*='twin-open']").all():
            button.click()  # every figure is a table
        settle(page)
        found += faults(page)
        page.goto(working.url)  # the page without runs
        settle(page)
        found += faults(page)
    assert found == []
