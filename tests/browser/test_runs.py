"""The library of runs as a person uses it: under the page's policy, from this machine alone, and
quick with a thousand runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from landscape_app.settings import RunSpec, parse
from landscape_app.store import notes
from landscape_app.store.run import RunFolder
from tests.browser.conftest import Server
from tests.dashboard.conftest import TINY
from tests.patience import until

pytestmark = pytest.mark.browser
RUNS = 1000
API = "dash_ag_grid.getApi('library-grid')"
SORT = f"""async () => {{
    const begun = performance.now();
    {API}.applyColumnState({{state: [{{colId: "test_accuracy", sort: "asc"}}]}});
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - begun;
}}"""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of a folder with a thousand runs, of which a few are sampled."""
    runs = tmp_path_factory.mktemp("shelf")
    for number in range(RUNS):
        run = RunFolder.create(runs, f"run-{number:04}", parse(RunSpec, {**TINY, "seed": number}))
        if number < 6:
            _sample(run, 0.9 - 0.1 * number)
    server = Server(runs)
    yield server
    server.stop()


def _sample(run: RunFolder, accuracy: float) -> None:
    """Commit a whole sample with this test accuracy; nothing looks inside."""
    scores = {"train_accuracy": 1.0, "test_accuracy": accuracy, "train_loss": 0.1, "test_loss": 1.0}
    every = {"trajectories": list(range(len(run.spec.trajectories))), "last": run.spec.epochs}
    with run.lock():
        tensors = {f"scores.{name}": np.full((1, 1), value) for name, value in scores.items()}
        run.commit("anchor", "anchor.safetensors", tensors)
        bytes_of_each = {"none": np.zeros(run.spec.snapshots)}
        run.commit("chunk", "chunks/0.safetensors", bytes_of_each, bundle=0, first=0, **every)
        run.mark("finished")


def _opened(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/runs")
    page.wait_for_selector("#library-grid .ag-row [col-id=id] a")


def _row(id: str) -> str:
    """The selector of the cells of a run: it may stand in two parts of the grid."""
    return f"#library-grid .ag-row[row-id='{id}']"


def _find(page: Page, text: str, rows: int) -> None:
    page.fill("#library-search", text)
    until(lambda: page.evaluate(f"{API}.getDisplayedRowCount()") == rows)


def test_a_thousand_runs_are_searched_sorted_labelled_compared_and_deleted(
    page: Page, shelf: Server
) -> None:
    _opened(page, shelf)
    assert page.evaluate(f"{API}.getDisplayedRowCount()") == RUNS
    assert page.locator("#library-grid .ag-center-cols-container .ag-row").count() < 100
    page.click(".ag-header-cell[col-id=test_accuracy] .ag-header-cell-label")
    first = page.locator("#library-grid .ag-center-cols-container .ag-row[row-index='0']")
    expect(first).to_have_attribute("row-id", "run-0005")
    assert page.evaluate(SORT) < 5000  # ms, on a machine that does other things as well

    _find(page, "run-0003", 1)
    page.dblclick(f"{_row('run-0003')} [col-id=label]")
    page.keyboard.type("<b>Best</b> of all")
    page.keyboard.press("Enter")
    stored = shelf.runs / "run-0003"
    until(lambda: notes.read(stored).label == "<b>Best</b> of all")
    _find(page, "<b>best", 1)
    expect(page.locator(f"{_row('run-0003')} [col-id=label]")).to_have_text("<b>Best</b> of all")

    _find(page, "run-000", 10)
    compare = page.locator("#library-compare")
    for id in ("run-0003", "run-0001"):
        page.click(f"{_row(id)} input[type=checkbox]")
    expect(compare).to_have_text("Compare 2 runs")
    compare.click()
    page.wait_for_url(re.compile(r"/\?runs=run-000[13],run-000[13]"))


def test_many_runs_are_deleted_at_once_and_the_grid_follows(page: Page, shelf: Server) -> None:
    _opened(page, shelf)
    _find(page, "run-099", 10)
    page.click("#library-grid .ag-header-select-all input[type=checkbox]")
    page.click("#library-delete")
    asked = page.locator("#delete-text")
    expect(asked).to_contain_text("10: run-099")
    page.click("#delete-yes")
    until(lambda: page.evaluate(f"{API}.getDisplayedRowCount()") == 0)
    assert not (shelf.runs / "run-0995").exists()
    assert (shelf.runs / "run-0989").exists()
    expect(page.locator("#library-count")).to_contain_text("990 runs")


def test_studies_stand_together_and_only_this_page_loads_the_grid(
    page: Page, explored: Server
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{explored.url}/jobs")
    page.wait_for_selector(".ls-job")
    assert not [url for url in asked if "ag_grid" in url]
    page.click(".ls-nav-link >> text=Runs")
    page.wait_for_selector("#library-grid .ag-row [col-id=id] a")
    assert [url for url in asked if "ag_grid" in url and "community" in url]
    assert not [url for url in asked if "enterprise" in url]
    page.click(".ls-library-head .mantine-Switch-root")
    study = page.locator(".ag-header-cell[col-id=study]")
    expect(study).to_have_attribute("aria-sort", "ascending")
    page.click(".ag-header-cell[col-id=gap_loss] .ag-header-cell-label")
    expect(page.locator(".ag-header-cell[col-id=gap_loss]")).to_have_attribute(
        "aria-sort", "ascending"
    )
    expect(study).to_have_attribute("aria-sort", "ascending")
