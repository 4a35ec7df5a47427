"""Explore in a browser: its views, what is seen in them, and the hand that drags and picks."""

from __future__ import annotations

import io
import time

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from tests.patience import patience

VIEWS = [
    "scene-0",
    "scene-1",
    "scene-2",
    "joint",
    "diagrams-0",
    "diagrams-1",
    "diagrams-2",
    "curves",
]
SCENES = VIEWS[:4]
SPATIAL = "joint_dims=3&part=diagrams"
# No card is waited for (clocks ask all the time), and the page has had time to spare, for so long.
SETTLED = """async ([quiet, most]) => {
    const end = performance.now() + most;
    let since = performance.now();
    while (performance.now() < end && performance.now() - since < quiet) {
        await new Promise((done) => requestIdleCallback(done, { timeout: 2000 }));
        await new Promise((done) => setTimeout(done, 20));
        if (document.querySelector("[data-view] [data-dash-is-loading]")) since = performance.now();
    }
}"""
GRAPH = "const gd = document.querySelector(`[data-view=${view}] .js-plotly-plot`);"
SELECTED = np.array([0xD5, 0x5E, 0x00])
CAMERA = (
    f"(view) => {{ {GRAPH} const c = gd._fullLayout.scene._scene.getCamera(); return [c.eye,"
    " c.center, c.up].flatMap((p) => [p.x, p.y, p.z]); }"
)
BARS = (
    f"(view) => {{ {GRAPH} return gd.layout.meta.bars.map((group) => [group.kind,"
    " group.bar.length]); }"
)


def settle(page: Page, quiet: int = 400) -> None:
    """Wait until no card is waited for and the browser has had time to spare for `quiet` ms: as
    long as this machine needs, and no longer.
    """
    page.evaluate(SETTLED, [quiet, 1000 * patience(5)])


def ready(page: Page, count: int = len(VIEWS)) -> None:
    """Wait until `count` figures are drawn and bound (the page's policy forbids to evaluate a
    condition in it).
    """
    until = time.monotonic() + patience(30)
    while page.locator("[data-bound=true]").count() < count:
        assert time.monotonic() < until, page.locator("[data-bound=true]").count()
        page.wait_for_timeout(50)


def view(page: Page, name: str):
    return page.locator(f"[data-view={name}] .js-plotly-plot")


def pixels(page: Page, name: str) -> np.ndarray:
    """The figure as it is seen, (height, width, 3)."""
    return np.asarray(Image.open(io.BytesIO(view(page, name).screenshot())).convert("RGB")).astype(
        int
    )


def ink(page: Page, name: str) -> float:
    """The share of pixels that are not the card's background."""
    seen = pixels(page, name)
    background = np.median(seen.reshape(-1, 3), axis=0)
    return float((np.abs(seen - background).max(-1) > 24).mean())


def lit(page: Page, name: str) -> int:
    """Pixels in the colour of the selection, which nothing else has."""
    return int((np.abs(pixels(page, name) - SELECTED).max(-1) < 45).sum())


def camera(page: Page, name: str) -> np.ndarray:
    return np.array(page.evaluate(CAMERA, name))


def drag(page: Page, name: str, by: tuple[int, int], steps: int = 12) -> None:
    box = view(page, name).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0], y + by[1], steps=steps)
    page.mouse.up()
    settle(page, 200)


def picked(page: Page) -> str | None:
    return page.locator("#explore").get_attribute("data-picked")


def click_a_bar(page: Page, name: str = "diagrams-1") -> None:
    """Click the first sublevel bar of a diagram that dies."""
    kinds = page.evaluate(BARS, name)
    assert any(kind == "sublevel" and count for kind, count in kinds), kinds
    points = view(page, name).locator(".scatterlayer .trace .points path.point")
    for index in range(points.count()):
        box = points.nth(index).bounding_box()
        if box is None:
            continue
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        settle(page, 60)
        page.mouse.down()
        page.mouse.up()
        settle(page, 100)
        if picked(page) == "sublevel":
            return
    raise AssertionError("no bar could be picked")


def tap_something(page: Page, name: str) -> None:
    """Tap where a point of the scene is under the pointer."""
    box = view(page, name).bounding_box()
    assert box is not None
    seen = pixels(page, name)
    background = np.median(seen.reshape(-1, 3), axis=0)
    colourful = np.argwhere((np.abs(seen - background).max(-1) > 60) & (np.ptp(seen, axis=-1) > 40))
    for y, x in colourful[:: max(1, len(colourful) // 25)]:
        page.mouse.move(box["x"] + int(x), box["y"] + int(y))
        settle(page, 60)
        page.mouse.down()
        page.mouse.up()
        settle(page, 60)
        if picked(page):
            return
    raise AssertionError("nothing could be tapped")
