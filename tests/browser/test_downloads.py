"""What the page lets a person take away: pictures, data and a report are saved, and are what they
say; a refusal is said in words.
"""

from __future__ import annotations

import io
import json
import re
import struct
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Download, Locator, Page, expect

from landscape_app.cli.main import main
from landscape_app.dashboard.explore import ids
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
    expect(page.get_by_text(f"Saved: {name}")).to_be_visible()
    expect(button).to_have_attribute("aria-busy", "false")
    return download.value


def content(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def save_button(page: Page, view: str) -> Locator:
    return page.locator(f"[data-view={view}]").get_by_role("button", name=re.compile("^Save "))


@pytest.mark.parametrize(("nth", "width_mm"), [(0, 89), (1, 183)])
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
    explore.locator("[data-view=diagrams-0] [data-part=barcode]").click()
    explore.wait_for_function("() => location.search.includes('part=barcode')")
    download = saved(explore, save_button(explore, "diagrams-0"), "CSV")
    assert download.suggested_filename == f"barcode-{RUNS[0]}.csv"


def test_what_is_shown_is_taken_away_with_its_filters(explore: Page) -> None:
    seeds = explore.locator(f"[data-control={ids.SEEDS}]")
    seeds.get_by_text("1", exact=True).click()  # hidden from now on
    explore.wait_for_function("() => window.landscape.filter?.seeds")
    button = explore.get_by_role("button", name="Share", exact=True)
    table = content(saved(explore, button, "Table (CSV)")).decode()
    assert table.startswith("#")
    assert sum(line.startswith(f"{RUNS[0]},") for line in table.splitlines()) > 20
    arrays = np.load(io.BytesIO(content(saved(explore, button, "Arrays (NPZ)"))))
    seeds_saved = set(arrays[f"{RUNS[0]}/seed"].tolist())
    assert 1 not in seeds_saved
    assert {-1, 0, 2} <= seeds_saved


def test_a_report_opens_from_disk_as_the_page_was_left(
    explore: Page, context: BrowserContext, tmp_path: Path
) -> None:
    explore.evaluate(f"window.landscape.choose({{kind: 'trajectory', run: '{RUNS[0]}', focus: 9}})")
    button = explore.get_by_role("button", name="Share", exact=True)
    button.focus()
    explore.keyboard.press("Enter")  # the menu is there for the keyboard
    expect(explore.get_by_role("menuitem", name="One HTML file")).to_be_visible()
    for _ in range(8):
        if explore.evaluate("document.activeElement.textContent") == "One HTML file":
            break
        explore.keyboard.press("ArrowDown")
    expect(explore.get_by_role("menuitem", name="One HTML file")).to_be_focused()
    with explore.expect_download() as download:
        explore.keyboard.press("Enter")
    expect(explore.get_by_text("Saved: ")).to_be_visible()
    expect(button).to_be_focused()
    file = tmp_path / "report.html"
    download.value.save_as(file)
    opened = context.new_page()
    opened.goto(file.as_uri())
    opened.wait_for_selector("html[data-ready]", state="attached")
    expect(opened.locator("#explore[data-picked=trajectory]")).to_have_count(1)
    assert opened.locator("[data-take]").count() == 0
    opened.close()


def test_a_refusal_is_said_in_words(explore: Page) -> None:
    explore.expected_faults = ("422",)  # type: ignore[attr-defined]
    save_button(explore, "scene-0").click()
    entry = explore.get_by_role("menuitem", name="CSV")
    entry.evaluate(
        "(entry) => { entry.dataset.take = entry.dataset.take.replace('scene', 'scen') }"
    )
    entry.click()
    expect(explore.get_by_text("Not saved")).to_be_visible()
    expect(explore.get_by_text("Did you mean")).to_be_visible()
    expect(save_button(explore, "scene-0")).to_have_attribute("aria-busy", "false")


def test_a_relief_is_saved(page: Page, explored: Server, finished: Path) -> None:
    assert main(["surface", RUNS[0], "--runs", str(finished), "--points", "5", "--quiet"]) == 0
    page.goto(f"{explored.url}/surface?runs={RUNS[0]}")
    with page.expect_request("**/take/figure/surface.csv*") as asked:
        download = saved(page, save_button(page, "contours-0"), "CSV")
    assert content(download).startswith(b"#")
    drawn = page.request.get(asked.value.url.replace("surface.csv", "surface.json")).json()
    assert "surface" not in json.dumps([trace["type"] for trace in drawn["data"]])
    picture = content(saved(page, save_button(page, "relief-0"), "PNG"))
    assert picture[:4] == b"\x89PNG"


def test_a_study_is_saved_as_a_report(page: Page, explored: Server) -> None:
    page.goto(f"{explored.url}/study?id=quickstart")
    button = page.get_by_role("button", name="Report (one HTML file)")
    with page.expect_download() as download:
        button.click()
    assert download.value.suggested_filename == "quickstart.html"
    expect(page.get_by_text("Saved: quickstart.html")).to_be_visible()
    assert b"Statistics" in content(download.value) or b"statistics" in content(download.value)
