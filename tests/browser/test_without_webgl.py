"""In a browser that draws no WebGL every figure is in the plane, 3-D cannot be chosen, and the page
says why; no error is in the console.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserType, Page, expect

from landscape_app.cli.main import main
from landscape_app.dashboard.appearance import FLAT
from landscape_app.dashboard.explore import ids
from tests.browser.conftest import HEIGHT, WIDTH, Server, started, watched
from tests.browser.scenes import ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SPATIAL = ".js-plotly-plot .gl-container canvas"
DRAWN = ".js-plotly-plot .main-svg .scatterlayer .trace"


@pytest.fixture
def flat(chromium: BrowserType) -> Iterator[Page]:
    """A page of a browser without WebGL."""
    browser = started(chromium, "--disable-3d-apis")
    with watched(browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})) as page:
        yield page
    browser.close()


def test_explore_is_in_the_plane_whatever_the_address_says(flat: Page, explored: Server) -> None:
    flat.goto(f"{explored.url}/?dims=3")
    ready(flat)
    expect(flat.get_by_text(FLAT)).to_be_visible()
    spatial = flat.locator(f"#{ids.DIMS} input[value='3']")
    expect(spatial).to_be_disabled()
    expect(flat.locator(f"#{ids.DIMS} [title='{FLAT}']")).to_be_visible()
    for view in ("scene-0", "scene-1", "scene-2", "joint"):
        assert flat.locator(f"[data-view={view}] {DRAWN}").count() > 1, view
    flat.locator(f"#{ids.COLOUR}").click()
    flat.get_by_role("option", name="retraining epoch", exact=True).click()
    expect(flat.locator(f"#{ids.LEGEND}")).to_contain_text("retraining epoch")
    expect(flat.locator(SPATIAL)).to_have_count(0)
    assert "dims" not in flat.url  # a link from here is in 3-D where 3-D can be drawn


def test_surface_shows_contours_alone(flat: Page, explored: Server, finished: Path) -> None:
    run = "quickstart-good"
    assert main(["surface", run, "--runs", str(finished), "--points", "5", "--quiet"]) == 0
    flat.goto(f"{explored.url}/surface?runs={run}")
    expect(flat.locator("#surface .contourlayer .contour").first).to_be_visible()
    expect(flat.locator("#surface .js-plotly-plot")).to_have_count(1)
    expect(flat.locator("#surface .ls-view")).to_contain_text("good")
    expect(flat.locator("#surface .ls-rail")).to_contain_text(FLAT)


def test_a_report_opens_in_the_plane(flat: Page, finished: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert main(["report", "quickstart", "--to", str(file), "--runs", str(finished)]) == 0
    flat.expected_faults = ("leaves the machine: file:",)  # type: ignore[attr-defined]
    flat.goto(file.as_uri())
    ready(flat)
    for view in ("scene-0", "scene-1", "scene-2", "joint"):
        assert flat.locator(f"[data-view={view}] {DRAWN}").count() > 1, view
    expect(flat.locator(SPATIAL)).to_have_count(0)
    expect(flat.locator(".ls-rail")).to_contain_text(FLAT)
