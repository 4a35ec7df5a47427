"""A lesson from the question to why: predicted and trained by keyboard, stopped and gone on with,
revealed, and there again after a reload.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from landscape_app.dashboard.lessons import LESSONS
from landscape_app.dashboard.lessons.lesson import lesson_of
from landscape_app.dashboard.teaching import ids
from landscape_app.store.study import StudyFolder
from tests.browser.conftest import Server
from tests.browser.test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAME = next(iter(LESSONS))
STUDY = f"lesson-{NAME}"
LESSON = lesson_of(NAME)
CHOSEN = 1  # of each prediction


def at(page: Page, id: str) -> Locator:
    return page.locator(f"#{id}")


def predict(page: Page) -> None:
    """Choose the same place of each prediction, without a mouse."""
    for group in page.get_by_role("radiogroup").all():
        group.get_by_role("radio").nth(CHOSEN).press("Space")


def radios(page: Page) -> list[bool]:
    return [radio.is_checked() for radio in page.get_by_role("radio").all()]


def test_the_empty_page_and_the_navigation_lead_to_the_lesson(working: Server, page: Page) -> None:
    page.goto(working.url)
    page.get_by_role("link", name="Take a lesson").press("Enter")
    page.get_by_role("link", name=LESSON.title).press("Enter")
    expect(page.get_by_role("heading", name=LESSON.title)).to_be_visible()
    expect(page.get_by_role("link", name="Lessons", exact=True)).to_have_attribute(
        "aria-current", "page"
    )


def test_a_lesson_is_predicted_trained_revealed_and_kept(
    working: Server, page: Page, tmp_path: Path
) -> None:
    minutes = 60_000 * working.patience(3)
    page.goto(f"{working.url}/lessons/{NAME}")
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(at(page, ids.HINT)).to_contain_text("on two idle cores")
    expect(at(page, ids.GO)).to_be_disabled()
    predict(page)
    expect(at(page, ids.GO)).to_be_enabled()
    expect(at(page, ids.REVEAL)).to_be_hidden()
    at(page, ids.GO).press("Enter")

    expect(at(page, ids.REVEAL)).to_be_visible()
    expect(page.get_by_role("radio").first).to_be_disabled()
    expect(page.get_by_role("progressbar")).to_be_visible(timeout=minutes)
    page.get_by_role("button", name=f"Cancel {STUDY}").press("Enter")
    expect(at(page, ids.STATE)).to_contain_text("It was cancelled.", timeout=minutes)
    page.get_by_role("button", name=f"Resume {STUDY}").press("Enter")

    verdict = page.locator(".ls-lesson-result p").first
    # as they come: on a slow machine several at once
    expect(verdict).not_to_have_text(re.compile("^0 of 5 networks"), timeout=minutes)
    expect(at(page, ids.STATE)).to_contain_text("finished", timeout=2 * minutes)
    expect(at(page, ids.WHY)).to_contain_text("What this does not show", timeout=minutes)
    assert faults(page) == []
    checked, why, said = radios(page), at(page, ids.WHY).inner_text(), verdict.inner_text()
    assert said.startswith(f"You predicted: {LESSON.predictions[0].choices[CHOSEN].words}")

    page.reload()
    expect(at(page, ids.WHY)).to_have_text(why, use_inner_text=True)
    assert radios(page) == checked
    assert sum(checked) == len(LESSON.predictions)
    drawn = page.locator(".ls-lesson-figure .js-plotly-plot")
    expect(drawn).to_have_count(len(LESSON.predictions))
    points = drawn.first.evaluate("figure => figure.data[1].y.length")
    assert points == len(LESSON.values)
    page.set_viewport_size({"width": 390, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, "nothing sticks out of a phone"
    page.set_viewport_size({"width": 1440, "height": 900})

    link = page.get_by_role("link", name="in Explore")
    members = StudyFolder.open(tmp_path, STUDY).runs
    explored = [
        run for run, value in zip(members, LESSON.values, strict=True) if value in LESSON.explored
    ]
    expect(link).to_have_attribute("href", f"/?runs={','.join(explored)}")

    at(page, ids.GO).press("Enter")  # predict again
    expect(at(page, ids.REVEAL)).to_be_hidden()
    expect(at(page, ids.GO)).to_have_text("Show the result")
    expect(page.get_by_role("radio").first).to_be_enabled()
    at(page, ids.GO).press("Enter")
    expect(at(page, ids.WHY)).to_have_text(why, use_inner_text=True)
