"""The page Paper as a person meets it: figures beside their verdicts, another study, a figure taken
away, and the job that computes what is missing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from landscape_app.dashboard.paper import ids
from tests.browser.conftest import Server
from tests.browser.test_axe import faults
from tests.dashboard.paper.conftest import BARE, STUDY, make
from tests.once import once

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def drawn(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of a small study with all that the page shows, and one without."""
    runs = once(tmp_path_factory, "paper", make)
    server = Server(Path(shutil.copytree(runs, tmp_path / "runs")))
    yield server
    server.stop()


def test_figures_verdicts_and_what_is_missing(drawn: Server, page: Page) -> None:
    page.goto(f"{drawn.url}/paper?id={STUDY}")
    plots = page.locator(f"#{ids.PAPER} .js-plotly-plot")
    expect(plots).not_to_have_count(0)
    expect(page.get_by_text("Around good optima trajectories return").first).to_be_visible()
    expect(page.get_by_text("39.2 ± 4.3").first).to_be_visible()  # the paper's, in the table
    assert faults(page) == []
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save B. Total persistence and test loss").click()
        page.get_by_role("menuitem", name="CSV").click()
    assert "published_d0[test_loss]" in Path(saved.value.path()).read_text()
    before = page.locator(f"#{ids.PAPER}").inner_text()
    page.get_by_role("textbox", name="Study").click()
    page.get_by_role("option", name=BARE).click()
    expect(page.locator(f"#{ids.STATE}")).to_contain_text(f"landscape paper {BARE}")
    assert f"id={BARE}" in page.url
    assert page.locator(f"#{ids.PAPER}").inner_text() != before


def test_a_click_computes_what_is_missing(drawn: Server, page: Page) -> None:
    patience = 1000 * drawn.patience(120)
    page.goto(f"{drawn.url}/paper?id={BARE}")
    expect(page.get_by_text("Its embedding is not computed yet.").first).to_be_visible()
    page.locator(f"#{ids.COMPUTE}").click()
    expect(page.locator(f"#{ids.PAPER} .js-plotly-plot").nth(2)).to_be_visible(timeout=patience)
    # it has no samplings, and too few configurations for an experiment: both are said
    expect(page.get_by_text("The network has no naive sampling.")).to_be_visible()
    expect(page.get_by_text("at least 10 configurations").first).to_be_visible(timeout=patience)
    expect(page.locator(f"#{ids.COMPUTE}")).to_be_hidden(timeout=patience)


@pytest.mark.parametrize("width", [390, 1024])
def test_nothing_is_wider_than_the_window(drawn: Server, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{drawn.url}/paper?id={STUDY}")
    expect(page.locator(f"#{ids.PAPER} .js-plotly-plot")).not_to_have_count(0)
    inside = page.evaluate("document.querySelector('.ls-page').scrollWidth")
    assert inside <= width
