"""What the page lets a person take away: pictures, data and a report are saved, and are what they
say; a refusal is said in words.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from playwright.sync_api import Download, Locator, Page, expect

from tests.browser.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RUNS = ("quickstart-good", "quickstart-poor")
SCENE = "[data-view=scene-1] .js-plotly-plot:has(.gl-container canvas)"
INCH = 25.4  # mm
CAMERA = f"() => window.landscape.camera.read(document.querySelector('{SCENE}'))"


@pytest.fixture
def explore(page: Page, explored: Server) -> Page:
    """Explore with two runs, coloured by epoch, its scenes drawn."""
    page.goto(f"{explored.url}/?runs={','.join(RUNS)}&colour=epoch")
    page.wait_for_selector(SCENE)
    return page


def saved(page: Page, button: Locator, entry: str, *, nth: int = 0) -> Download:
    """The file that an entry of a menu saves; the page says that it is being made, and its name."""
    button.click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=entry).nth(nth).click()
    name = download.value.suggested_filename
    expect(page.get_by_text(f"Saved: {name}").last).to_be_visible()
    expect(button).to_have_attribute("aria-busy", "false")
    return download.value


def content(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def save_button(page: Page, view: str) -> Locator:
    return page.locator(f"[data-view={view}]").get_by_role("button", name=re.compile("^Save "))


@pytest.mark.parametrize(
    ("nth", "width_mm"), [(0, 89), pytest.param(1, 183, marks=pytest.mark.exhaustive)]
)
def test_a_scene_is_saved_as_a_picture_of_the_chosen_width(
    explore: Page, nth: int, width_mm: int
) -> None:
    download = saved(explore, save_button(explore, "scene-1"), "PNG", nth=nth)
    picture = content(download)
    assert download.suggested_filename == f"scene-{RUNS[1]}.png"
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture[16:24])
    assert width == pytest.approx(width_mm / INCH * 300, abs=5)
    assert height > 300


def test_the_picture_of_a_scene_stands_in_the_camera_that_is_seen(explore: Page) -> None:
    box = explore.locator(SCENE).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = explore.evaluate(CAMERA)
    explore.mouse.move(x, y)
    explore.mouse.down()
    explore.mouse.move(x + 60, y + 20, steps=5)
    explore.mouse.up()
    explore.wait_for_function(f"(before) => ({CAMERA})().eye.x !== before.eye.x", arg=before)
    with explore.expect_request("**/take/figure/scene.csv*") as asked:
        saved(explore, save_button(explore, "scene-1"), "CSV")
    address = asked.value.url
    seen = explore.evaluate(CAMERA)
    drawn = explore.request.get(address.replace("scene.csv", "scene.json")).json()["layout"]
    for part in ("eye", "center", "up"):
        assert drawn["scene"]["camera"][part] == pytest.approx(seen[part], abs=1e-6)
    assert drawn["meta"]["runs"] == [RUNS[1]]
    assert "colour=epoch" in address


def test_curves_are_saved_as_vectors_and_as_data(explore: Page) -> None:
    button = save_button(explore, "curves")
    picture = content(saved(explore, button, "SVG"))
    assert picture.lstrip().startswith(b"<svg")
    assert b"<path" in picture
    lines = content(saved(explore, button, "CSV")).decode().splitlines()
    assert lines[0].startswith("#")
    assert {"run", "epoch", "y"} <= set(lines[1].split(","))


def test_a_card_of_topology_saves_the_part_that_it_shows(explore: Page) -> None:
    explore.locator("[data-view=diagrams-0] [data-part=diagrams]").click()
    explore.wait_for_function("() => location.search.includes('part=diagrams')")
    download = saved(explore, save_button(explore, "diagrams-0"), "CSV")
    assert download.suggested_filename == f"diagram-{RUNS[0]}.csv"
