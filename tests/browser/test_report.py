"""A report opened from disk: its figures are linked as on the page, in light and dark, and it asks
nobody for anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from landscape_app.cli.main import main
from tests.patience import patience

pytestmark = [pytest.mark.browser, pytest.mark.slow]
GOOD = "quickstart-good"
LIT = "() => Object.keys(window.landscape.lit).sort()"
CAMERA = (
    "(name) => { const gd = document.querySelector(`[data-figure='${name}']`);"
    " return window.landscape.camera.read(gd).eye; }"
)


@pytest.fixture(scope="module")
def file(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the small quickstart, written by the command."""
    target = tmp_path_factory.mktemp("report") / "report.html"
    assert main(["report", "quickstart", "--to", str(target), "--runs", str(finished)]) == 0
    return target


@pytest.fixture
def report(context: BrowserContext, file: Path) -> Iterator[Page]:
    """The report in a browser: no request but for the file itself, no error in the console."""
    opened = context.new_page()
    faults: list[str] = []
    opened.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on(
        "request",
        lambda request: (
            None if request.url.startswith(("data:", "blob:")) else faults.append(request.url)
        ),
    )
    opened.set_default_timeout(1000 * patience(30))
    expect.set_options(timeout=1000 * patience(20))
    opened.goto(file.as_uri())
    opened.wait_for_selector("html[data-ready]", state="attached")
    expect(opened.locator("#explore [data-bound]")).to_have_count(8)
    yield opened
    opened.close()
    assert faults == [file.as_uri()]


def bars(page: Page) -> int:
    return page.locator("[data-view^=diagrams] .ls-over *").count()


def test_a_click_on_a_curve_lights_the_trajectory_in_every_figure(report: Page) -> None:
    place = report.evaluate(
        "() => { const gd = document.querySelector('[data-figure=curves]');"
        " const { trace, pixel } = window.landscape.internals;"
        " const [x, y] = pixel(gd, 6, trace(gd, 0).y[6]);"
        " const box = gd.getBoundingClientRect(); return [box.left + x, box.top + y]; }"
    )
    report.mouse.move(place[0] - 3, place[1])
    report.mouse.move(*place)
    report.mouse.click(*place)
    expect(report.locator("#explore[data-picked=trajectory]")).to_have_count(1)
    assert len(report.evaluate(LIT)) == 3  # the same trajectory of every run
    expect(report.locator("[data-view=curves] .ls-over .ls-focus")).to_have_count(3)
    expect(report.locator("[data-view=joint] .ls-over .ls-focus")).to_have_count(3)  # in the plane
    for scene in ("scene-0", "scene-1", "scene-2"):
        filled = report.evaluate(
            "(name) => { const gd = document.querySelector(`[data-figure='${name}']`);"
            " const path = gd.layout.meta.overlay.path;"
            " return window.landscape.internals.drawing(gd, path) !== undefined; }",
            scene,
        )
        assert filled, scene
    expect(report.locator("#explore-details")).to_contain_text("epoch 6")
    expect(report.locator("#explore-details")).to_contain_text("test accuracy")
    report.keyboard.press("ArrowUp")
    expect(report.locator("#explore-details .ls-picked-name")).to_contain_text("epoch")
    report.keyboard.press("Escape")
    assert report.evaluate(LIT) == []


def test_a_row_of_a_table_lights_its_trajectory(report: Page) -> None:
    report.locator("[data-view=scene-0] button", has_text="▤").click()
    row = report.locator("[data-view=scene-0] .ls-twin .ls-pickable").nth(2)
    row.click()
    expect(row).to_have_class("ls-pickable ls-lit")
    expect(report.locator("[data-view=curves] .ls-over .ls-focus")).to_have_count(3)


def test_a_bar_says_what_it_is_and_lights_its_snapshots(report: Page) -> None:
    report.evaluate(f"window.landscape.choose({{kind: 'sublevel', run: '{GOOD}', bar: 0}})")
    expect(report.locator("#explore-details")).to_contain_text("birth")
    assert report.evaluate(LIT) == [GOOD]
    assert bars(report) > 0


@pytest.mark.parametrize("part", ["barcode", "tree", "profile"])
def test_the_switch_shows_another_part_and_keeps_what_is_picked(report: Page, part: str) -> None:
    report.evaluate(f"window.landscape.choose({{kind: 'trajectory', run: '{GOOD}', focus: 20}})")
    report.locator(f"[data-view=diagrams-0] [data-part={part}]").click()
    expect(report.locator(f"#explore [data-part={part}][aria-pressed=true]")).to_have_count(3)
    stays = "() => document.querySelector('[data-figure=diagrams-0]').layout.meta.runs[0]"
    if part != "tree":  # whose curvature the small quickstart does not have
        assert report.evaluate(stays) == GOOD
    assert len(report.evaluate(LIT)) == 3


def test_scenes_turn_together(report: Page) -> None:
    before = report.evaluate(CAMERA, "scene-1")
    box = report.locator("[data-figure=scene-0]").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    report.mouse.move(x, y)
    report.mouse.down()
    report.mouse.move(x + 60, y + 20, steps=5)
    report.mouse.up()
    turned = f"(before) => {{ const now = ({CAMERA})('scene-1');"
    turned += " return Math.hypot(now.x - before.x, now.y - before.y, now.z - before.z) > 0.05; }"
    report.wait_for_function(turned, arg=before)
    eyes = [report.evaluate(CAMERA, name) for name in ("scene-0", "scene-1", "scene-2")]
    assert all(abs(eye[axis] - eyes[0][axis]) < 1e-6 for eye in eyes for axis in "xyz")


def test_filters_hide_snapshots(report: Page) -> None:
    shown = (
        "() => [...window.landscape.internals.trace("
        "document.querySelector('[data-figure=curves]'), 0).y].filter(Number.isFinite)"
    )
    before = len(report.evaluate(shown))
    report.locator("#report-filters input[name=seeds]").first.uncheck()
    report.wait_for_function(f"(before) => ({shown})().length < before", arg=before)
    report.locator("#report-filters input[name=seeds]").first.check()
    report.wait_for_function(f"(before) => ({shown})().length === before", arg=before)


def test_dark_and_light(report: Page) -> None:
    colour = "() => document.querySelector('[data-figure=curves]').data[0].line.color"
    light = report.evaluate(colour)
    report.locator("#report-scheme").click()
    expect(report.locator("html[data-mantine-color-scheme=dark]")).to_have_count(1)
    report.wait_for_function(f"(light) => ({colour})() !== light", arg=light)
    report.evaluate(f"window.landscape.choose({{kind: 'trajectory', run: '{GOOD}', focus: 20}})")
    expect(report.locator("[data-view=curves] .ls-over .ls-focus")).to_have_count(3)
    report.locator("#report-scheme").click()
    report.wait_for_function(f"(light) => ({colour})() === light", arg=light)


def test_it_says_where_it_comes_from(report: Page) -> None:
    more = report.locator(".ls-report-more")
    expect(more).to_contain_text("Made with Landscape")
    expect(more).to_contain_text("label_corruption")
    report.locator("summary", has_text="in full").click()
    expect(more.locator(".ls-report-facts")).to_contain_text("sublevel-")


@pytest.mark.parametrize("width", [390, 1024])
def test_in_a_narrow_window_nothing_lies_on_the_cards(report: Page, width: int) -> None:
    report.set_viewport_size({"width": width, "height": 844})
    below = report.locator(".ls-report-more").bounding_box()
    page = report.locator("#page").bounding_box()
    assert below is not None
    assert page is not None
    assert below["y"] >= page["y"] + page["height"] - 1
    if width < 600:  # all of it is seen without a scroller of its own
        for card in report.locator("#explore .ls-card:visible").all():
            box = card.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= below["y"] + 1
