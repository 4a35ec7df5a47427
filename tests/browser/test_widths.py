"""Windows of all widths: no text lies on another, the rail is a drawer where it has no column, a
telephone shows one scene at a time, and a presentation is larger. A page is resized, not loaded
anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from landscape_app.cli.main import main
from landscape_app.dashboard.common import ids
from landscape_app.dashboard.page_table import PAGES
from tests.browser.conftest import HEIGHT, WIDTH, Server
from tests.browser.scenes import ready
from tests.browser.test_axe import faults, settle
from tests.patience import until

pytestmark = pytest.mark.browser
WIDTHS = (1920, 1440, 1280, 1279, 1100, 1099, 900, 768, 600, 390, 320)
SOME = (1440, 1279, 1099, 768, 390)
QUICK = ("quickstart-good", "quickstart-plain", "quickstart-poor")
LONG = "a-run-with-a-rather-long-name-of-my-own-2026"
RUNS = (*QUICK, LONG)
# Names of runs in the joint picture that an edge of it cuts.
CUT = """() => {
  const { left, right } = document.getElementById("card-joint").getBoundingClientRect();
  return [...document.querySelectorAll("#card-joint .textpoint text")].filter((name) => {
    const box = name.getBoundingClientRect();
    return box.left < left || box.right > right;
  }).map((name) => name.textContent);
}"""
# Texts that are seen, each with its box as far as its ancestors show it: [[words, l, t, r, b], …]
TEXTS = """() => {
  const seen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !parent.checkVisibility({ visibilityProperty: true }) ||
        parent.closest("script, style, svg, .ls-unseen, .ls-skip, .ls-twin, .js-plotly-plot") ||
        !parent.closest(".ls-header, .ls-page")) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    for (const { left, top, right, bottom } of range.getClientRects()) {
      const box = [left, top, right, bottom];
      for (let around = parent; around !== document.body; around = around.parentElement) {
        const { overflowX, clipPath } = getComputedStyle(around);
        if (clipPath !== "none") box[2] = box[0];
        if (overflowX === "visible") continue;
        const clip = around.getBoundingClientRect();
        for (const [i, side] of [clip.left, clip.top].entries()) box[i] = Math.max(box[i], side);
        for (const [i, side] of [clip.right, clip.bottom].entries()) {
          box[i + 2] = Math.min(box[i + 2], side);
        }
      }
      if (box[2] - box[0] > 1 && box[3] - box[1] > 1) {
        seen.push([walker.currentNode.data.trim().slice(0, 40), ...box, stuck(parent)]);
      }
    }
  }
  // what stays in sight while the rest scrolls lies over it, on a background of its own
  function stuck(element) {
    for (let at = element; at !== document.body; at = at.parentElement) {
      const { position, backgroundColor } = getComputedStyle(at);
      const solid = backgroundColor !== "rgba(0, 0, 0, 0)";
      if (solid && position !== "static" && position !== "relative") {
        return at.className || at.tagName;
      }
    }
    return "";
  }
  return seen;
}"""
WIDER = "document.documentElement.scrollWidth - window.innerWidth"
SCROLLS = """[document.documentElement, ...document.querySelectorAll(".ls-page, .ls-main")]
  .map((element) => element.scrollHeight - element.clientHeight)"""
SIZES = """() => {
  const graph = document.querySelector("[data-view=joint] .js-plotly-plot");
  const size = (name) => parseFloat(getComputedStyle(document.querySelector(name)).fontSize);
  const markers = graph.data.map((trace) => trace.marker?.size || 0);
  return [".ls-finding > p", ".ls-chip", ".ls-view-title h2", ".ls-view-foot", "#rail input"]
    .map(size)
    .concat(graph.layout.template.layout.font.size, Math.max(...markers))
    .concat(parseFloat(graph.querySelector(".textpoint text").style.fontSize));
}"""
Box = tuple[str, float, float, float, float, str]


@pytest.fixture(scope="module")
def four(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of the study and of a run with a long name."""
    runs = tmp_path_factory.mktemp("four") / "runs"
    shutil.copytree(finished, runs)
    small = ["--data", "blobs", "--network", "mlp-small", "--train-epochs", "5", "--epochs", "4"]
    more = ["--seeds", "2", "--no-analyse", "--quiet", "--id", LONG, "--runs", str(runs)]
    assert main(["run", *small, *more]) == 0
    assert main(["surface", QUICK[0], "--runs", str(runs), "--points", "5", "--quiet"]) == 0
    server = Server(runs)
    yield server
    server.stop()


def resize(page: Page, width: int, height: int = HEIGHT) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(150)


def overlaps(boxes: list[Box]) -> list[str]:
    """Pairs of texts that lie on each other by more than the rounding of letters."""
    return [
        f"{a[0]!r} on {b[0]!r}"
        for i, a in enumerate(boxes)
        for b in boxes[i + 1 :]
        if min(a[3], b[3]) - max(a[1], b[1]) > 2
        and min(a[4], b[4]) - max(a[2], b[2]) > 4
        and a[0] != b[0]
        and a[5] == b[5]
    ]


def wrong(page: Page, width: int, runs: tuple[str, ...] = ()) -> list[str]:
    """What a window of this width shows badly."""
    resize(page, width)
    boxes = [(*box,) for box in page.evaluate(TEXTS)]
    assert boxes, page.url
    told = [f"the page is {more} px wider" for more in [page.evaluate(WIDER)] if more > 0]
    told += overlaps(boxes)
    for run in runs:
        chip = page.locator(f"[data-run={run}]")
        words = chip.inner_text().replace("\n", "")
        box = chip.bounding_box()
        assert box is not None
        if box["x"] < 0 or box["x"] + box["width"] > width:
            told.append(f"the chip of {run} leaves the window")
        start = chip.locator(".ls-name-start")
        if start.count() and start.evaluate("element => element.clientWidth") < 16:
            told.append(f"the beginning of {words!r} is cut")
    return [f"{page.url} at {width}: {fault}" for fault in told]


@pytest.mark.slow
@pytest.mark.parametrize("widths", [SOME, pytest.param(WIDTHS, marks=pytest.mark.exhaustive)])
def test_no_page_scrolls_sideways_and_no_text_lies_on_another(
    four: Server, page: Page, widths: tuple[int, ...]
) -> None:
    told: list[str] = []
    more = (f"/?runs={','.join(RUNS)}", "/?sampling=all", f"/surface?runs={QUICK[0]},{QUICK[1]}")
    for path in (*PAGES, *more):
        page.goto(four.url + path)
        settle(page)
        for width in widths:
            told += wrong(page, width, RUNS if path.startswith("/?runs") else ())
        resize(page, WIDTH)
        page.wait_for_timeout(600)  # Dash 4.4.1 throws where one leaves Explore just after a change
    assert told == []


def test_explore_fits_the_window_with_one_to_four_runs_and_has_two_columns_below(
    four: Server, page: Page
) -> None:
    for count in (4, 3, 2, 1):
        resize(page, WIDTH)
        page.goto(f"{four.url}/?runs={','.join(RUNS[:count])}")
        settle(page)
        assert max(page.evaluate(SCROLLS)) <= 0, count
        assert page.locator("#card-measures").bounding_box()["height"] > 100
        resize(page, 1024)
        lefts = {round(card.bounding_box()["x"]) for card in page.locator(".ls-view").all()}
        assert len(lefts) == 2, count
    resize(page, WIDTH)


def test_the_rail_is_a_drawer_that_the_keyboard_opens_and_leaves(four: Server, page: Page) -> None:
    resize(page, 1024)
    page.goto(four.url)
    ready(page, 1)
    opener, rail = page.locator(f"#{ids.RAIL_OPEN}"), page.locator(f"#{ids.RAIL}")
    expect(rail).to_be_hidden()
    for _ in range(60):  # nothing of the shut drawer takes the focus
        page.keyboard.press("Tab")
        assert not page.evaluate("document.activeElement.closest('#rail') !== null")
    opener.focus()
    page.keyboard.press("Enter")
    expect(rail).to_be_visible()
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(page.locator(f"#{ids.RAIL_FOLD}")).to_be_focused()
    page.wait_for_timeout(400)
    assert faults(page) == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#rail') !== null")
    resize(page, WIDTH)  # a column of its own: nothing is behind it
    expect(page.locator(".ls-main")).not_to_have_attribute("inert", "")
    resize(page, 1024)  # open as it was left
    expect(page.locator(".ls-main")).to_have_attribute("inert", "")
    page.keyboard.press("Escape")
    expect(rail).to_be_hidden()
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")
    opener.click()
    expect(rail).to_be_visible()
    page.mouse.click(900, 500)
    expect(rail).to_be_hidden()
    resize(page, WIDTH)
    page.locator(f"#{ids.RAIL_FOLD}").click()
    resize(page, 1024)
    resize(page, WIDTH)
    expect(page.locator(f"#{ids.RAIL_FOLD}")).to_have_attribute("aria-expanded", "false")
    assert rail.bounding_box()["width"] < 40


def test_a_telephone_shows_one_scene_at_a_time_and_a_list_of_pages(
    four: Server, page: Page
) -> None:
    resize(page, 390, 844)
    page.goto(f"{four.url}/?runs={','.join(QUICK)}")
    ready(page, 1)
    scenes = page.locator(":is(.ls-view-scene, .ls-view-joint)").filter(visible=True)
    expect(scenes).to_have_count(1)
    expect(page.locator("#card-joint")).to_be_visible()
    until(lambda: page.locator("#card-joint .textpoint text").count() == len(QUICK))
    assert page.evaluate(CUT) == []
    spatial = "document.querySelectorAll('.js-plotly-plot canvas').length > 0"
    assert not page.evaluate(spatial)  # hidden scenes cost no WebGL context
    page.get_by_role("group", name="Scene shown").get_by_role("button", name="Poor").click()
    expect(scenes).to_have_count(1)
    expect(page.locator("#card-scene-2")).to_be_visible()
    until(lambda: page.evaluate(spatial))
    drawn, card = page.locator("#card-scene-2 canvas").first, page.locator("#card-scene-2")
    until(lambda: abs(drawn.bounding_box()["width"] - card.bounding_box()["width"]) < 4)
    assert faults(page) == []
    pages = page.locator(f"#{ids.NAV_OPEN}")
    expect(page.get_by_role("link", name="Checks")).to_be_hidden()
    pages.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Checks")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Checks")).to_be_hidden()
    expect(pages).to_be_focused()
    resize(page, WIDTH)  # every scene again
    expect(scenes).to_have_count(4)
    until(lambda: page.locator(".ls-view-scene canvas").count() >= 3)


def test_a_presentation_is_larger_by_two_fifths_and_is_remembered(four: Server, page: Page) -> None:
    resize(page, 1920, 1080)
    page.goto(f"{four.url}/?runs={','.join(QUICK)}")
    ready(page, 8)
    before = page.evaluate(SIZES)
    page.get_by_label("Larger, for a presentation").click()
    until(lambda: page.evaluate(SIZES)[-1] > before[-1])
    assert page.evaluate(SIZES) == pytest.approx([1.4 * size for size in before], rel=0.02)
    assert max(page.evaluate(SCROLLS)) <= 0
    boxes = [(*box,) for box in page.evaluate(TEXTS)]
    assert overlaps(boxes) == []
    page.reload()
    ready(page, 8)
    assert page.evaluate(SIZES) == pytest.approx([1.4 * size for size in before], rel=0.02)
    page.get_by_label("Larger, for a presentation").click()
    until(lambda: page.evaluate(SIZES)[-1] == pytest.approx(before[-1]))
    resize(page, WIDTH)


@pytest.mark.parametrize("path", ["/surface", "/study?id=quickstart"])
def test_where_the_rail_is_a_drawer_its_column_is_no_gap(
    page: Page, explored: Server, path: str
) -> None:
    page.goto(explored.url + path)
    page.wait_for_selector(".ls-main")
    for width in (1099, 700, 390):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        box = page.locator(".ls-main").bounding_box()
        assert box is not None
        assert (box["x"], box["width"]) == (0, width)


def test_the_cards_of_jobs_end_with_the_window(page: Page, explored: Server) -> None:
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(f"{explored.url}/jobs")
    page.wait_for_selector(".ls-job-name")
    for card in page.locator(".ls-jobs > .ls-card").all():
        box = card.bounding_box()
        assert box["y"] + box["height"] == pytest.approx(HEIGHT - 8, abs=1)


def test_the_six_key_measures_of_three_runs_are_seen_whole(page: Page, explored: Server) -> None:
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(f"{explored.url}/?runs={','.join(QUICK)}")
    rows = page.locator(".ls-measures-key > tr")
    expect(rows).to_have_count(6)
    last, card = rows.last.bounding_box(), page.locator("#card-measures").bounding_box()
    assert last["y"] + last["height"] <= card["y"] + card["height"] + 1
    share = page.locator(".ls-explore-bar > :last-child").bounding_box()
    assert share["x"] + share["width"] == pytest.approx(WIDTH - 12, abs=1)  # as the tools above
