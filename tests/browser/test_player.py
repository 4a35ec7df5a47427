"""The player: scenes follow epoch by epoch, everything else often, and what it stops at is shown
exactly in every figure.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import Page

from landscape_app.bench.browser import asks
from landscape_app.dashboard.explore import ids
from tests.browser.conftest import Server
from tests.browser.scenes import ready, settle
from tests.patience import patience

pytestmark = pytest.mark.browser

# What each figure shows, and what the filter says: of every trace that shows snapshots how many
# points there are and how many are hidden, in the arrays of a figure in the plane or among the
# corners of a line in WebGL.
SHOWN = """() => landscape.graphs().flatMap((gd) => (gd.layout.meta.base || []).map((base) => {
  const { filter, known, filters, internals, strip } = landscape;
  const full = internals.trace(gd, base.trace);
  const mask = filters.mask(filter, known.runs[base.run], base.rows);
  const group = gd.querySelector(`.trace${full.uid}`);
  const finite = (i) => Number.isFinite(full.x[i]) && Number.isFinite(full.y[i]);
  const there = base.rows.map((row, i) => row >= 0 && (finite(i) || !mask[i]));
  const wanted = there.filter((known, i) => known && mask[i]).length;
  const seen = [...(group?.querySelectorAll(".points .point") || [])];
  return {
    view: gd.layout.meta.view, flat: !internals.scene(gd), hidden: mask.some((one) => !one), wanted,
    drawn: base.rows.filter((row, i) => row >= 0 && finite(i)).length,
    markers: seen.length ? seen.filter((node) => node.style.display !== "none").length : null,
    corners: internals.scene(gd) && full.mode === "lines"
      ? internals.drawing(gd, base.trace).linePlot.vertexCount : null,
    // lines alone, or with the corners that plotly adds where the pen is lifted at the end
    expected: internals.scene(gd) && full.mode === "lines"
      ? [strip.runs(strip.of(full).starts, mask).count,
         mask.every(Boolean) ? strip.of(full).floats / 12 : -1] : [],
  };
}))"""
# Pauses at epoch 4 by the button, between two frames: a click from here may come too late.
PAUSE = f"""() => {{
  const {{ scenes }} = landscape.paint;
  landscape.paint.scenes = () => {{
    scenes();
    if (landscape.filter.high !== 4) return;
    landscape.paint.scenes = scenes;
    setTimeout(() => document.getElementById("{ids.PLAY}").click());
  }};
}}"""
COUNT = """() => {
  const seen = (window.seen = { scenes: 0, curves: 0 });
  const { scenes } = landscape.paint;
  landscape.paint.scenes = () => { seen.scenes += 1; scenes(); };
  const curves = landscape.graphs().find((gd) => gd.layout.meta.view === "curves");
  curves.on("plotly_restyle", () => { seen.curves += 1; });
}"""


@pytest.fixture(
    params=["joint_dims=3", pytest.param("dims=2", marks=pytest.mark.exhaustive)],
)
def explore(request: pytest.FixtureRequest, page: Page, explored: Server) -> Page:
    """Explore with its scenes in space, or in the plane."""
    page.goto(f"{explored.url}/?{request.param}")
    ready(page)
    return page


def epoch(page: Page) -> int:
    """The last epoch that the page says it shows."""
    text = page.locator(f"#{ids.EPOCHS_SHOWN}").text_content() or ""
    return int(text.split("–")[-1])


def thumb(page: Page) -> str | None:
    return page.locator(f"#{ids.EPOCHS} [role=slider]").last.get_attribute("aria-valuenow")


def wait_until_still(page: Page) -> None:
    until = time.monotonic() + patience(60)
    while page.locator(f"#{ids.PLAY}").get_attribute("aria-pressed") == "true":
        assert time.monotonic() < until
        page.wait_for_timeout(20)
    settle(page)


def faults(page: Page) -> list[dict[str, Any]]:
    """What of the figures is not as the filter says."""
    return [
        part
        for part in page.evaluate(SHOWN)
        if (part["flat"] and part["drawn"] != part["wanted"])
        or (part["markers"] is not None and part["markers"] != part["wanted"])
        or (part["corners"] is not None and part["corners"] not in part["expected"])
    ]


def test_what_is_paused_is_shown_exactly_and_goes_on(explore: Page) -> None:
    asked: list[str] = []
    explore.on("request", lambda request: asked.append(request.url) if asks(request) else None)
    play = explore.locator(f"#{ids.PLAY}")
    explore.evaluate(PAUSE)
    play.click()
    wait_until_still(explore)
    paused = epoch(explore)
    assert 4 <= paused < 12
    assert thumb(explore) == str(paused)
    assert explore.evaluate("landscape.filter.high") == paused
    assert any(part["hidden"] for part in explore.evaluate(SHOWN))
    assert faults(explore) == []
    explore.evaluate("""() => {
      const { scenes } = landscape.paint;
      window.first = null;
      landscape.paint.scenes = () => { window.first ??= landscape.filter.high; scenes(); };
    }""")
    play.click()
    wait_until_still(explore)
    assert explore.evaluate("window.first ?? 12") == paused + 1
    assert (epoch(explore), explore.evaluate("landscape.filter")) == (12, None)
    assert faults(explore) == []
    assert asked == []  # nothing of it needs the server


def test_a_filter_moves_no_figure(explore: Page) -> None:
    """That filters do not act on a card is said where nothing stands: no figure is sized anew."""
    boxes = """() => [...document.querySelectorAll(".ls-top, .ls-place, .ls-measures")].map(
      (part) => JSON.stringify(part.getBoundingClientRect()))"""
    before = explore.evaluate(boxes)
    explore.locator(".ls-choices .mantine-Chip-label").first.click()
    explore.wait_for_selector(".ls-filtering")
    for said in explore.locator(".ls-view-body > .ls-unfiltered").all():
        assert said.is_visible()
    assert explore.locator(".ls-finding > .ls-unfiltered").is_visible()
    assert explore.evaluate(boxes) == before


def test_while_it_plays_scenes_follow_each_epoch_and_curves_often(explore: Page) -> None:
    explore.evaluate(COUNT)
    explore.locator(f"#{ids.PLAY}").click()
    wait_until_still(explore)
    seen = explore.evaluate("window.seen")
    assert seen["scenes"] == 12  # all but the last, which is drawn with everything
    assert seen["curves"] >= 2  # at least every 0.4 s, where an epoch takes no longer


def test_a_hand_on_the_slider_stops_it(explore: Page) -> None:
    explore.locator(f"#{ids.PLAY}").click()
    explore.evaluate(f"window.dash_clientside.set_props('{ids.EPOCHS}', {{ value: [1, 5] }})")
    wait_until_still(explore)
    assert explore.locator(f"#{ids.EPOCHS_SHOWN}").text_content() == "1–5"
    assert explore.evaluate("[landscape.filter.low, landscape.filter.high]") == [1, 5]
    assert faults(explore) == []
