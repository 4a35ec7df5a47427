"""What a person takes away, tried to the end: a report from Share opens from disk as the page was,
a refusal is said, Surface and Study save what they show.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from landscape_app.cli.main import main
from landscape_app.dashboard.explore import ids
from landscape_app.dashboard.surface import ids as surface_ids
from tests.browser.conftest import Server
from tests.browser.scenes import tap_something
from tests.browser.test_downloads import content, save_button, saved
from tests.dashboard.study.conftest import whole

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NOTE = "Filters do not act here"
EPOCHS = "Epochs do not act here"
EARLY = f"() => window.dash_clientside.set_props('{ids.EPOCHS}', {{ value: [0, 6] }})"
MEDIAN = (
    "() => { const gd = document.querySelector('[data-view=curves] .js-plotly-plot');"
    " return Array.from(gd.data[gd.layout.meta.middle[0].median].y); }"
)
STATE = "() => [window.landscape.pick.kind, window.landscape.filter.key]"


@pytest.fixture
def judged(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of a small study."""
    server = Server(Path(shutil.copytree(whole(tmp_path_factory), tmp_path / "runs")))
    yield server
    server.stop()


def share(page: Page, entry: str) -> bytes:
    return content(saved(page, page.get_by_role("button", name="Share"), entry))


def test_a_report_from_share_opens_from_disk_as_the_page_stood(
    explore: Page, tmp_path: Path
) -> None:
    every = explore.evaluate(MEDIAN)
    expect(explore.get_by_text(NOTE).first).to_be_hidden()
    explore.locator(f"[data-control={ids.SEEDS}]").get_by_text("1", exact=True).click()
    # three cards of topology, the measures, and the finding
    expect(explore.get_by_text(NOTE)).to_have_count(5)
    for note in explore.get_by_text(NOTE).all():
        expect(note).to_be_visible()
    assert explore.evaluate(MEDIAN) != every
    explore.get_by_role("button", name="Show Retraining curves as a table").click()
    rows = explore.locator("[data-view=curves] tr[data-pick]")
    expect(rows.first).to_be_visible()
    hidden = [row.locator("td").nth(1).inner_text() for row in rows.all() if row.is_visible()]
    assert set(hidden) == {"0", "2"}
    # the words give way where the card is narrow
    words = explore.locator("[data-view=curves] .ls-view-words")
    expect(words.locator(".ls-when-filtered")).to_have_css("display", "inline")
    expect(words.locator(".ls-when-whole")).to_have_css("display", "none")
    expect(explore.get_by_text(EPOCHS)).to_be_hidden()
    explore.evaluate(EARLY)
    expect(explore.get_by_text(EPOCHS)).to_be_visible()
    explore.get_by_role("button", name="Show Retraining curves as a table").click()
    shown = explore.evaluate(MEDIAN)
    tap_something(explore, "scene-0")
    state = explore.evaluate(STATE)
    file = tmp_path / "report.html"
    file.write_bytes(share(explore, "One HTML file"))
    explore.expected_faults = ("leaves the machine: file:",)  # type: ignore[attr-defined]
    explore.goto(file.as_uri())
    explore.wait_for_selector("html[data-ready]", state="attached")
    assert explore.evaluate(STATE) == state
    assert explore.evaluate(MEDIAN) == pytest.approx(shown, rel=1e-5)
    expect(explore.get_by_text(NOTE).first).to_be_visible()


def test_a_refusal_and_a_selection_that_is_too_large_are_said(page: Page, explored: Server) -> None:
    page.expected_faults = ("422",)  # type: ignore[attr-defined]
    page.goto(f"{explored.url}/?runs=quickstart-good&method=tsne")
    page.wait_for_selector("[data-view=curves] [data-bound]")
    save_button(page, "scene-0").click()
    page.get_by_role("menuitem", name="CSV").click()
    expect(page.get_by_text("Not saved")).to_be_visible()
    expect(page.get_by_text("The figure 'scene' cannot be drawn.")).to_be_visible()
    page.evaluate(
        "() => window.landscape.choose({ kind: 'lasso', run: 'quickstart-good',"
        " sets: { 'quickstart-good': Array.from({ length: 20000 }, (_, i) => i % 100) } })"
    )
    assert b"too large for a report" in share(page, "One HTML file")
    expect(page.get_by_text("nothing is picked in the file")).to_be_visible()


def test_surface_saves_the_grid_that_it_shows(page: Page, explored: Server, finished: Path) -> None:
    run = "quickstart-plain"
    for points in ("5", "3"):
        flags = ["--runs", str(finished), "--points", points, "--quiet"]
        assert main(["surface", run, *flags]) == 0
    page.goto(f"{explored.url}/surface?runs={run}")
    page.wait_for_selector("[data-view=relief-0] .js-plotly-plot")
    for points in (3, 5):
        page.locator(f"#{surface_ids.POINTS}").fill(str(points))
        page.keyboard.press("Enter")
        file = f"points={points}"
        expect(page.get_by_text(f"{points} × {points} points")).to_be_visible()
        download = saved(page, save_button(page, "relief-0"), "CSV")
        lines = content(download).decode().splitlines()
        assert len([line for line in lines if line.startswith(f"0,{run},")]) == points**2, file


def test_study_saves_its_figures_and_a_report(judged: Server, page: Page) -> None:
    page.goto(f"{judged.url}/study?id=whole")
    page.wait_for_selector("#study-scatter .js-plotly-plot")
    button = page.get_by_role("button", name="Save the measure against the gap")
    download = saved(page, button, "CSV")
    assert download.suggested_filename == "scatter-whole.csv"
    assert len(content(download).decode().splitlines()) == 2 + 6  # facts, names, networks
    picture = saved(page, button, "PNG")
    assert content(picture)[:8] == b"\x89PNG\r\n\x1a\n"
    with page.expect_download() as made:
        page.get_by_role("button", name="Report (one HTML file)").click()
    text = content(made.value)
    assert b"Study whole" in text
