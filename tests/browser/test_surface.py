"""The page Surface as a person uses it: reliefs turn together, keep their camera, and go home."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from landscape_app.cli.main import main
from landscape_app.dashboard.surface import ids
from tests.browser.conftest import Server
from tests.patience import until

pytestmark = pytest.mark.browser
RUNS = ("quickstart-good", "quickstart-poor")
RELIEFS = "#surface .js-plotly-plot:has(.gl-container canvas)"
CAMERAS = (
    "(selector) => [...document.querySelectorAll(selector)].map((gd) =>"
    " { const c = gd._fullLayout.scene._scene.getCamera();"
    " return [c.eye, c.center, c.up].flatMap((p) => [p.x, p.y, p.z]); })"
)


@pytest.fixture
def surface(page: Page, explored: Server, finished: Path) -> Page:
    """The page with the reliefs of two runs."""
    for run in RUNS:
        assert main(["surface", run, "--runs", str(finished), "--points", "5", "--quiet"]) == 0
    page.goto(f"{explored.url}/surface?runs={','.join(RUNS)}")
    page.wait_for_selector(RELIEFS)
    until(lambda: len(cameras(page)) == 2)
    return page


def cameras(page: Page) -> np.ndarray:
    """(reliefs, 9)"""
    return np.array(page.evaluate(CAMERAS, RELIEFS))


def agree(page: Page, camera: np.ndarray) -> bool:
    page.wait_for_timeout(50)  # the page's events need their turn
    return bool(np.abs(cameras(page) - camera).max() < 1e-6)


def test_reliefs_turn_together_keep_their_camera_and_go_home(surface: Page) -> None:
    (home, other) = cameras(surface)
    np.testing.assert_allclose(home, other, atol=1e-6)
    box = surface.locator(RELIEFS).first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.7
    surface.mouse.move(x, y)
    surface.mouse.down()
    surface.mouse.move(x + 80, y + 20, steps=8)
    surface.mouse.up()
    turned = cameras(surface)[0]
    assert np.abs(turned - home).max() > 0.05
    until(lambda: agree(surface, turned))
    surface.locator(f"#{ids.HEIGHTS}").get_by_text("linear").click()
    until(lambda: "heights=linear" in surface.url and agree(surface, turned))
    surface.mouse.dblclick(x, y)
    until(lambda: agree(surface, home))
    expect(surface.locator(RELIEFS)).to_have_count(2)
