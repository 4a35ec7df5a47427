"""The page Study as a person meets it: a row of the ranking is clicked, networks are picked and
opened in Explore, a reload restores.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from landscape_app.dashboard.study import ids
from tests.browser.conftest import Server
from tests.dashboard.study.conftest import whole
from tests.patience import patience

pytestmark = pytest.mark.browser


@pytest.fixture
def judged(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of a small study."""
    server = Server(Path(shutil.copytree(whole(tmp_path_factory), tmp_path / "runs")))
    yield server
    server.stop()


def row(page: Page, at: int) -> tuple[str, float, float]:
    """(the measure in a row of the ranking, where its label is on the screen)."""
    found = page.evaluate(
        """(at) => {
            const gd = document.querySelector("#study-ranking .js-plotly-plot");
            const box = gd.getBoundingClientRect();
            const axis = gd._fullLayout.yaxis;
            return [gd.layout.meta.names[at], box.left + 60, box.top + axis._offset + axis.d2p(at)];
        }""",
        at,
    )
    return found[0], found[1], found[2]


def until(page: Page, text: str) -> None:
    """Wait for the address line; polled, as the page's policy allows no evaluated strings."""
    end = time.monotonic() + patience(20)
    while text not in page.url:
        assert time.monotonic() < end, page.url
        page.wait_for_timeout(50)


def test_a_row_is_chosen_networks_are_picked_and_opened_and_a_reload_restores(
    judged: Server, page: Page
) -> None:
    page.goto(f"{judged.url}/study")
    expect(page.locator("#study-table-place tbody tr").first).to_be_visible()
    expect(page.locator("#study-ranking .js-plotly-plot")).to_be_visible()
    name, x, y = row(page, 2)
    page.mouse.move(x, y)
    expect(page.locator("#tip.ls-on")).to_be_visible()  # its definition
    page.mouse.click(x, y)
    until(page, f"measure={name.replace('[', '%5B').replace(']', '%5D')}")
    expect(page.locator("#study-table-place tr.ls-lit")).to_have_attribute("data-key", name)

    page.locator("[data-ranking]").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#study-table-place tr.ls-lit")).to_have_attribute(
        "data-key", row(page, 1)[0]
    )

    page.locator(f"#{ids.SCATTER} .js-plotly-plot").focus()
    page.keyboard.press("Enter")
    status = page.locator("body > [role=status]")
    expect(status).to_contain_text("seed")
    leftmost = status.inner_text()
    page.keyboard.press("ArrowRight")
    expect(status).not_to_have_text(leftmost)
    page.keyboard.press("Enter")
    picked = status.inner_text().partition(",")[0]
    expect(page.locator(f"#{ids.TRAY_LIST}")).to_contain_text(picked)
    page.keyboard.press("Enter")  # and takes it back
    expect(page.locator(f"#{ids.TRAY_LIST}")).not_to_contain_text(picked)

    page.locator(f"#{ids.BELOW}").get_by_text("Networks").click()
    rows = page.locator("#study-table-place [data-pick=run]")
    expect(rows).to_have_count(6)
    first = str(rows.first.get_attribute("data-key"))
    rows.first.click()
    expect(page.locator(f"#{ids.TRAY_LIST}")).to_contain_text(first)
    rows.nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#study-open")).to_have_text("Open 2 in Explore")

    page.reload()
    expect(page.locator("#study-table-place tr.ls-lit")).to_have_count(2)
    expect(page.locator("#study-open")).to_have_text("Open 2 in Explore")
    page.locator("#study-open").click()
    until(page, f"/?runs={first}")
    expect(page.locator("#explore")).to_be_visible()


def test_on_a_telephone_its_figures_have_room_and_words_have_a_line(
    judged: Server, page: Page
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{judged.url}/study")
    for id in (ids.RANKING, ids.SCATTER):
        figure = page.locator(f"#{id} .js-plotly-plot")
        expect(figure).to_be_visible()
        assert figure.bounding_box()["height"] >= 200
    for words in page.locator(".ls-study .ls-view-words").all():
        assert words.bounding_box()["width"] > 150
    # the grey place of a figure to come is Explore's: here figures come with their page
    grey = "element => getComputedStyle(element, '::before').content"
    for body in page.locator(".ls-study .ls-view-body").all():
        assert body.evaluate(grey) == "none"
