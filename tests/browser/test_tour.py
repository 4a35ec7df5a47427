"""The tour: five steps with the keyboard, once; again from the help."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from landscape_app.dashboard.explore.tour import STEPS
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


def test_a_newcomer_takes_the_tour_once_and_again_from_the_help(
    page: Page, explored: Server
) -> None:
    page.goto(f"{explored.url}/checks")
    page.evaluate("localStorage.removeItem('landscape-tour')")
    page.add_init_script(
        "sessionStorage.getItem('again') || localStorage.removeItem('landscape-tour')"
    )
    page.goto(explored.url)
    dialog = page.locator(".ls-tour")
    for at, (card, title, text) in enumerate(STEPS):
        expect(dialog).to_be_focused()
        expect(dialog).to_contain_text(f"{title}{text}{at + 1} of {len(STEPS)}")
        expect(page.locator(".ls-toured")).to_have_attribute("id", card)
        expect(dialog).to_be_in_viewport(ratio=1)
        if at + 1 < len(STEPS):
            dialog.get_by_role("button", name="Next").press("Enter")
    dialog.get_by_role("button", name="Done").press("Enter")
    expect(dialog).to_have_count(0)
    assert page.evaluate("localStorage.getItem('landscape-tour')") == "seen"
    page.evaluate("sessionStorage.setItem('again', 'yes')")
    page.reload()
    expect(page.locator("#card-measures")).to_be_visible()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Help").press("Enter")
    page.locator("#tour-open").press("Enter")
    expect(dialog).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".ls-toured")).to_have_count(0)
