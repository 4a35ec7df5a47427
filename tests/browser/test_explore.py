"""Explore as a person uses it: pictures that are not blank, one camera, a pick that lights up
everywhere, nothing asked while dragging.
"""

from __future__ import annotations

import time

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from landscape_app.bench.browser import asks, choose
from landscape_app.dashboard.explore import ids
from tests.browser.conftest import Server
from tests.browser.scenes import (
    SCENES,
    VIEWS,
    camera,
    click_a_bar,
    drag,
    ink,
    lit,
    picked,
    pixels,
    ready,
    settle,
    tap_something,
)
from tests.patience import patience

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_every_scene_shows_something_and_the_page_needs_no_scrolling(explore: Page) -> None:
    for name in VIEWS:
        assert ink(explore, name) > 0.002, name
    height, width = explore.evaluate(
        "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    )
    assert (height, width) == (900, 1440)
    for name in SCENES:
        expect(explore.locator(f"#card-{name} .ls-verdict")).to_have_count(1)


def test_what_opens_says_its_finding_in_function_space_and_weight_space_is_a_click_away(
    page: Page, explored: Server
) -> None:
    page.goto(explored.url)
    ready(page)
    finding = page.locator(f"#{ids.FINDING}")
    expect(finding).to_contain_text("est loss")
    page.keyboard.press("Tab")
    finding.get_by_text("Why").focus()
    page.keyboard.press("Enter")
    expect(finding.get_by_text("Standard error", exact=False).first).to_be_visible()
    page.keyboard.press("Enter")
    joint = page.locator("#card-joint")
    box, grid = joint.bounding_box(), page.locator(f"#{ids.GRID}").bounding_box()
    assert box is not None
    assert grid is not None
    assert abs(box["width"] / grid["width"] - 0.5) < 0.02
    assert page.evaluate("landscape.graphs().filter((gd) => gd._fullLayout.scene).length") == 3
    expect(page.locator("#card-scene-0")).to_contain_text("softmax on the probe set")
    page.get_by_role("button", name="Weight space").click()
    expect(page.locator("#card-scene-0")).to_contain_text("distance = weights")
    expect(page.locator(f"#{ids.NOTE}")).to_contain_text("protocol, not a discovery")
    expect(page.get_by_role("button", name="Weight space")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert "distance=euclidean" in page.url
    page.get_by_role("button", name="True distances").click()
    expect(page.locator("#card-scene-0")).to_contain_text("one scale for all")
    expect(page.locator(f"#{ids.METHOD}")).to_have_value("Metric MDS")
    joint.get_by_role("button", name="3-D").click()
    expect(joint.get_by_role("button", name="3-D")).to_have_attribute("aria-pressed", "true")
    settle(page)
    assert page.evaluate("landscape.graphs().filter((gd) => gd._fullLayout.scene).length") == 4


def test_a_drag_turns_all_scenes_asks_nothing_and_survives_updates(explore: Page) -> None:
    asked: list[str] = []
    explore.on(
        "request", lambda request: asked.append(str(request.post_data)) if asks(request) else None
    )
    before = camera(explore, "scene-0")
    asked.clear()
    drag(explore, "scene-0", (90, 30))
    assert asked == []
    turned = camera(explore, "scene-0")
    assert np.abs(turned - before).max() > 0.05
    for name in SCENES[1:]:
        np.testing.assert_allclose(camera(explore, name), turned, atol=1e-6)
    choose(explore, ids.COLOUR, "retraining epoch")
    settle(explore)
    for name in SCENES:
        np.testing.assert_allclose(camera(explore, name), turned, atol=1e-6)
    # without the guard the first drag after an update snaps back
    drag(explore, "scene-1", (6, 0), steps=3)
    assert np.abs(camera(explore, "scene-0") - turned).max() < np.abs(turned - before).max() / 2


def test_a_bar_lights_its_snapshots_in_every_view_and_escape_clears(explore: Page) -> None:
    assert [lit(explore, name) for name in VIEWS] == [0] * len(VIEWS)
    click_a_bar(explore)
    assert picked(explore) == "sublevel"
    settle(explore, 200)
    for name in ("scene-1", "joint", "diagrams-1", "curves"):
        assert lit(explore, name) > 10, name
    assert lit(explore, "scene-0") == 0  # the bar is one run's
    expect(explore.locator(f"#{ids.DETAILS}")).to_contain_text("birth")
    # the figure is measured on an idle machine, not here
    assert explore.evaluate("landscape.lastPick.ms") < 1_000
    explore.keyboard.press("Escape")
    assert picked(explore) == ""
    explore.mouse.move(5, 890)
    settle(explore, 200)
    assert lit(explore, "scene-1") == 0


def test_a_trajectory_is_picked_by_a_tap_in_a_scene_and_stepped_along(explore: Page) -> None:
    tap_something(explore, "scene-0")
    assert picked(explore) == "trajectory"
    settle(explore, 200)
    for name in ("scene-0", "scene-1", "scene-2", "joint"):
        assert lit(explore, name) > 5, name
    focus = explore.evaluate("landscape.pick.focus")
    if focus:
        explore.keyboard.press("ArrowRight" if (focus - 1) % 13 < 12 else "ArrowLeft")
        assert abs(explore.evaluate("landscape.pick.focus") - focus) == 1


def test_a_row_of_the_details_and_the_link_bring_the_view_back(
    explore: Page, explored: Server
) -> None:
    choose(explore, ids.METHOD, "PCA")
    choose(explore, ids.FILTRATION, "train loss")
    settle(explore)
    url = explore.url
    assert "pca" in url
    explore.goto(url)
    ready(explore)
    expect(explore.locator(f"#{ids.METHOD}")).to_have_value("PCA")
    expect(explore.locator(f"#{ids.FILTRATION}")).to_have_value("train loss")
    for name in SCENES:
        assert ink(explore, name) > 0.002, name


def test_two_dimensions_dark_mode_and_filters(explore: Page) -> None:
    light = pixels(explore, "curves")[4, 4].mean()
    explore.get_by_label("Light or dark").click()
    settle(explore)
    assert pixels(explore, "curves")[4, 4].mean() < light - 100
    explore.reload()
    ready(explore)
    assert pixels(explore, "curves")[4, 4].mean() < light - 100
    explore.locator(f"#{ids.DIMS}").get_by_text("2-D", exact=True).click()
    settle(explore)
    ready(explore)
    for name in SCENES:
        assert ink(explore, name) > 0.002, name
    explore.get_by_label("Light or dark").click()


def test_the_switch_turns_all_cards_and_a_valley_lights_its_snapshots(explore: Page) -> None:
    explore.locator("#card-diagrams-0 [data-part=profile]").click()
    settle(explore)
    assert "part=profile" in explore.url
    for slot in range(3):
        expect(explore.locator(f"#card-diagrams-{slot} [data-part=profile]")).to_have_attribute(
            "aria-pressed", "true"
        )
        assert ink(explore, f"diagrams-{slot}") > 0.01, slot
    click_a_bar(explore)
    assert lit(explore, "scene-1") > 10
    expect(explore.locator(f"#{ids.DETAILS}")).to_contain_text("holds")
    explore.locator("#card-diagrams-1 [data-part=tree]").click()
    expect(explore.locator("#card-diagrams-1")).to_contain_text("Compute curvature")
    explore.locator("#card-diagrams-2 [data-part=diagrams]").click()
    settle(explore)
    assert "part=diagrams" in explore.url
    for slot in range(3):
        assert ink(explore, f"diagrams-{slot}") > 0.002, slot


def test_what_was_not_computed_is_computed_by_a_click_and_appears(explore: Page) -> None:
    choose(explore, ids.METHOD, "Isomap")
    expect(explore.locator("#card-scene-0")).to_contain_text(
        "Isomap in function space of these runs has not been computed"
    )
    expect(explore.locator("#card-scene-1")).to_contain_text("has not been computed")
    expect(explore.locator(f"#{ids.COMPUTE}")).to_have_count(1)
    explore.locator(f"#{ids.COMPUTE}").click()
    until = time.monotonic() + patience(60)
    while (
        min(ink(explore, name) for name in SCENES) < 0.002
        or explore.locator(f"#{ids.COMPUTE}").count()
    ):
        assert time.monotonic() < until
        settle(explore, 200)
    expect(explore.locator("#card-scene-0 .ls-verdict")).to_have_count(1)
    expect(explore.locator("[data-run]")).to_have_count(3)  # the same comparison as before
    explore.reload()
    ready(explore)
    for name in SCENES:
        assert ink(explore, name) > 0.002, name


def test_a_run_that_is_gone_or_damaged_never_breaks_the_page(page: Page, explored: Server) -> None:
    page.goto(f"{explored.url}/?runs=quickstart-good,nobody")
    ready(page, 1)
    expect(page.locator("body")).to_contain_text("nobody")
    assert ink(page, "scene-0") > 0.002
