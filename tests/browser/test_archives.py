"""An archive as a person carries it: chosen on the Jobs page, imported, shown; saved again; a
damaged one refused in words.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from landscape_app.dashboard.common import ids
from landscape_app.dashboard.study import ids as study_ids
from landscape_app.store import packing
from landscape_app.store.run import RunFolder
from landscape_app.study_presets import results
from tests.browser.conftest import Server
from tests.browser.test_job_life import row_of
from tests.store import samples

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_an_archive_comes_in_and_goes_out_on_the_jobs_page(
    working: Server, page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere: Path = tmp_path_factory.mktemp("elsewhere")
    samples.full_run(elsewhere, "theirs")
    packing.write(elsewhere, "theirs", elsewhere / "it.tar")
    page.goto(f"{working.url}/jobs")
    with page.expect_file_chooser() as chooser:
        page.locator(f"#{ids.JOBS_IMPORT}").click()
    chooser.value.set_files(elsewhere / "it.tar")
    expect(page.get_by_text("Imported: theirs.")).to_be_visible()
    expect(row_of(page, "theirs")).to_contain_text("finished")
    assert RunFolder.open(working.runs, "theirs").damaged() == []

    row_of(page, "theirs").locator("a.ls-job-link").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Archive", exact=True).click()
    download.value.save_as(elsewhere / "again.tar")
    assert (elsewhere / "again.tar").read_bytes() == (elsewhere / "it.tar").read_bytes()

    (elsewhere / "cut.tar").write_bytes((elsewhere / "it.tar").read_bytes()[:-512])
    page.expected_faults = ("422",)  # type: ignore[attr-defined]
    with page.expect_file_chooser() as chooser:
        page.locator(f"#{ids.JOBS_IMPORT}").click()
    chooser.value.set_files(elsewhere / "cut.tar")
    expect(page.get_by_text("The archive was not imported. It is cut")).to_be_visible()
    expect(page.locator(f"#{ids.JOBS_IMPORT}")).to_have_text("Import …")


@pytest.mark.slow
@pytest.mark.skipif(not results(), reason="no results ship")
def test_results_that_ship_open_also_where_the_page_study_is_open(
    working: Server, page: Page
) -> None:
    for name in results():
        page.goto(f"{working.url}/study")
        fold = page.get_by_text("Results that ship with Landscape")
        button = page.get_by_role("button", name=f"Open the results of {name}", exact=True)
        if not button.is_visible():
            fold.click()
        button.click()
        expect(page).to_have_url(re.compile(rf"id={re.escape(name)}$"))
        expect(page.locator(f"#{study_ids.NAME}")).to_have_value(
            re.compile(rf"^{re.escape(name)} \(")
        )
        expect(page.get_by_text("results only", exact=True)).to_be_visible()
