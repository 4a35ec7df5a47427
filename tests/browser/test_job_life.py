"""A job as a person follows it: launched from the form, reloaded over, cancelled, resumed, killed,
shown as interrupted.
"""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from landscape_app.dashboard.common import ids
from landscape_app.jobs.state import state
from landscape_app.store import lock
from landscape_app.store.run import RunFolder
from tests.browser.conftest import Server
from tests.patience import patience

pytestmark = pytest.mark.browser


def selector(id: dict[str, str]) -> str:
    """CSS for the component with a pattern id, as Dash writes it into the page."""
    text = json.dumps(id, separators=(",", ":"), sort_keys=True)
    return f"[id='{text}']"


def row_of(page: Page, run: str):
    """The row of `run` on the Jobs page."""
    return page.locator(
        ".ls-job", has=page.locator(".ls-job-name", has_text=re.compile(f"^{re.escape(run)}$"))
    )


def only_run(runs: Path, timeout: float = 20) -> str:
    """The id of the one run in `runs`, as soon as there is one."""
    until = time.monotonic() + patience(timeout)
    while time.monotonic() < until:
        found = [path.parent.name for path in runs.glob("*/spec.json")]
        if found:
            return found[0]
        time.sleep(0.05)
    raise AssertionError("no run was made")


def test_a_run_is_launched_followed_cancelled_resumed_and_its_death_is_shown(
    working: Server, page: Page
) -> None:
    page.goto(f"{working.url}/new")
    field = page.locator(selector(ids.field("train_epochs")))
    field.fill("4000")
    field.blur()
    expect(page.locator(f"#{ids.FORM_STATUS}")).not_to_contain_text("must")
    page.locator(f"#{ids.FORM_LAUNCH}").click()
    run = only_run(working.runs)
    page.goto(f"{working.url}/jobs")
    row = row_of(page, run)
    expect(row).to_contain_text("running")
    expect(row.locator("[role=progressbar][aria-valuenow]")).to_be_visible()

    page.reload()
    row = row_of(page, run)
    expect(row).to_contain_text("running")
    before = int(row.locator("[role=progressbar]").get_attribute("aria-valuenow") or 0)
    second = page.context.new_page()
    second.goto(f"{working.url}/jobs")
    expect(row_of(second, run)).to_contain_text("running")
    second.close()
    expect(row.locator("[role=progressbar]")).not_to_have_attribute("aria-valuenow", str(before))

    cancelled = time.monotonic()
    page.locator(selector(ids.action("cancel", run, "jobs"))).click()
    expect(row).to_contain_text("cancelled")
    assert time.monotonic() - cancelled < patience(5)
    committed = len(RunFolder.open(working.runs, run).committed())
    assert committed > 0

    page.locator(selector(ids.action("resume", run, "jobs"))).click()
    expect(row).to_contain_text("running")
    assert len(RunFolder.open(working.runs, run).committed()) >= committed

    holder = lock.holder(working.runs / run / lock.NAME)
    assert holder is not None
    os.kill(holder, signal.SIGKILL)
    expect(row).to_contain_text("interrupted", timeout=1000 * patience(5))
    expect(page.locator(selector(ids.action("resume", run, "jobs")))).to_be_visible()
    assert state(working.runs / run).state == "interrupted"


def test_a_job_outlives_the_server_and_a_new_server_shows_it(working: Server, page: Page) -> None:
    page.goto(f"{working.url}/new")
    field = page.locator(selector(ids.field("train_epochs")))
    field.fill("4000")
    field.blur()
    page.locator(f"#{ids.FORM_LAUNCH}").click()
    run = only_run(working.runs)
    page.goto(f"{working.url}/jobs")
    expect(row_of(page, run)).to_contain_text("running")
    working.process.send_signal(signal.SIGKILL)
    working.process.wait()
    beat = state(working.runs / run).updated
    page.expected_faults = (
        "ERR_CONNECTION_REFUSED",
        "ERR_CONNECTION_RESET",
        "ERR_EMPTY_RESPONSE",
        "Callback failed",
        "Failed to fetch",
    )  # type: ignore[attr-defined]
    working.start()
    page.goto(f"{working.url}/jobs")
    expect(row_of(page, run)).to_contain_text("running")
    assert (state(working.runs / run).updated or 0) > (beat or 0)
    page.locator(selector(ids.action("cancel", run, "jobs"))).click()
    expect(row_of(page, run)).to_contain_text("cancelled")


def test_a_mistake_in_the_form_is_said_in_the_command_lines_words(
    working: Server, page: Page
) -> None:
    page.goto(f"{working.url}/new")
    field = page.locator(selector(ids.field("epochs")))
    field.fill("0")
    field.blur()
    expect(page.locator(selector(ids.field_note("epochs")))).to_contain_text(
        "greater than or equal to 1"
    )
    expect(page.locator(f"#{ids.FORM_LAUNCH}")).to_be_disabled()
