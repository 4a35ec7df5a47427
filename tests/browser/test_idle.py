"""A page that nobody touches asks seldom while no job is at work, draws seldom, and wakes when a
job begins elsewhere.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from landscape_app.dashboard.common import ids
from tests.browser.conftest import Server
from tests.browser.test_job_life import selector
from tests.patience import patience

pytestmark = pytest.mark.browser
QUIET = 15_000  # ms
PATHS = ("/", "/jobs", "/runs", "/checks", "/surface", "/study")
SCENES = ("/", "/surface")
COUNTED = """
window.frames_asked = 0;
const asked = window.requestAnimationFrame;
window.requestAnimationFrame = (draw) => { window.frames_asked += 1; return asked(draw); };
"""


def test_idle_pages_ask_and_draw_seldom(context: BrowserContext, explored: Server) -> None:
    asked: dict[str, list[str]] = {path: [] for path in PATHS}
    pages = {path: context.new_page() for path in PATHS}
    for path, page in pages.items():
        page.add_init_script(COUNTED)
        page.goto(f"{explored.url}{path}")
        page.locator("h1").first.wait_for(state="attached")
    page.wait_for_timeout(QUIET)
    for path, page in pages.items():
        page.on("request", lambda request, path=path: asked[path].append(request.url))
    before = {path: pages[path].evaluate("frames_asked") for path in SCENES}
    page.wait_for_timeout(10_000)
    frames = {path: pages[path].evaluate("frames_asked") - before[path] for path in SCENES}
    for page in pages.values():
        page.close()
    for path, urls in asked.items():
        assert 1 <= len(urls) <= 3, (path, urls)  # two in 10 s; one may come at either end
    # four a second for each scene; a background tab has none at all
    assert frames["/"] <= 150, frames
    assert frames["/surface"] <= 60, frames


@pytest.mark.slow
def test_a_job_of_another_tab_is_followed(working: Server, page: Page) -> None:
    page.goto(f"{working.url}/jobs")
    page.locator("h1").first.wait_for(state="attached")
    page.wait_for_timeout(QUIET)
    other = page.context.new_page()
    other.goto(f"{working.url}/new")
    field = other.locator(selector(ids.field("train_epochs")))
    field.fill("4000")
    field.blur()
    other.locator(f"#{ids.FORM_LAUNCH}").click()
    other.wait_for_url("**/jobs*")
    expect(other.locator("[role=progressbar]").first).to_be_visible()
    expect(page.locator("[role=progressbar]").first).to_be_visible(timeout=1000 * patience(5))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(5_000)
    assert len(asked) >= 3  # its own clock goes again
    other.close()
