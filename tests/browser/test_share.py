"""The menu "Share" as a person uses it: a copied link brings all back, in a page of its own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from landscape_app.bench.browser import choose
from landscape_app.dashboard.explore import ids
from tests.browser.conftest import Server
from tests.browser.scenes import camera, drag, ready, settle, tap_something

pytestmark = pytest.mark.browser

STATE = "() => ({ pick: window.landscape.pick, filter: window.landscape.filter?.key })"
COPIED = "() => window.landscape.lastCopied"


def copied(page: Page, entry: str) -> str:
    """What the entry of the menu copies, by the keyboard alone."""
    page.get_by_role("button", name="Share").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name=entry).press("Enter")
    notice = entry.removeprefix("Copy ").capitalize()
    expect(page.get_by_text(f"{notice} copied")).to_be_visible()
    return str(page.evaluate(COPIED))


def test_a_copied_link_restores_controls_filters_pick_and_camera(
    explore: Page, explored: Server
) -> None:
    explore.context.grant_permissions(["clipboard-read", "clipboard-write"])
    choose(explore, ids.FILTRATION, "train loss")
    drag(explore, "scene-0", (60, 25))
    tap_something(explore, "scene-1")
    explore.locator(f"[data-control={ids.SEEDS}]").get_by_text("1", exact=True).click()
    settle(explore)
    state, turned = explore.evaluate(STATE), camera(explore, "scene-0")
    assert state["pick"]
    assert state["filter"]
    link = copied(explore, "Copy link")
    assert link.startswith(explored.url)
    other = explore.context.new_page()
    other.goto(link)
    ready(other)
    settle(other)
    assert other.evaluate(STATE) == state
    assert abs(camera(other, "scene-2") - turned).max() < 1e-3
    expect(other.locator(f"#{ids.FILTRATION}")).to_have_value("train loss")
    expect(other).to_have_title("Good vs Plain vs Poor · Explore · Landscape")
    other.close()


def test_commands_name_the_folder_and_a_bad_link_says_so(explore: Page, explored: Server) -> None:
    explore.context.grant_permissions(["clipboard-read", "clipboard-write"])
    assert f"--runs {explored.runs}" in copied(explore, "Copy command")
    assert f"runs = Path('{explored.runs}')" in copied(explore, "Copy Python")
    runs = "quickstart-good,quickstart-poor,a,b,fifth"
    explore.goto(f"{explored.url}/?runs={runs}&method=phte&camera=up")
    for words in ("There is no embedding called 'phte'", "camera: ", "Left out: fifth."):
        expect(explore.get_by_text(words)).to_be_visible()
