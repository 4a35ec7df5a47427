"""axe-core finds nothing serious on any page, with whatever opens over it, in light and in dark.

Each page is loaded once: what does not depend on colours is asked in light, contrast in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from landscape_app.cli.main import main
from landscape_app.dashboard.common import ids
from landscape_app.dashboard.page_table import PAGES
from tests.browser.conftest import HEIGHT, WIDTH, Server, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SERIOUS = ("serious", "critical")
RUN, OTHER = "quickstart-good", "quickstart-poor"
# addresses in place of a bare page: with what stands on it when something was chosen
WITH_CHOICE = {"/jobs": f"/jobs?show={RUN}", "/surface": f"/surface?runs={RUN},{OTHER}"}
ASK = """async ([within, options]) => {
    const { violations } = await window.axe.run(within || document, options);
    return violations;
}"""
EVERY: dict[str, Any] = {"resultTypes": ["violations"]}
# the only rules of these impacts that look at colours
OF_COLOURS = {**EVERY, "runOnly": ["color-contrast", "link-in-text-block"]}
# The list of a menu is scrolled from its input, by arrow keys. axe-core knows that of a list which
# scrolls itself, but not of Mantine's, around which another element does.
LISTS = "[role=listbox]"
OF_LISTS = {**EVERY, "rules": {"scrollable-region-focusable": {"enabled": False}}}
# Mantine's menus begin with an empty place that takes the focus; axe-core allows none among items.
OF_MENUS = {**EVERY, "rules": {"aria-required-children": {"enabled": False}}}


class Overlay(NamedTuple):
    """What opens over a page or in it. within: a selector of it; open: opens it; closes: Escape
    does that.
    """

    within: str
    open: Callable[[Page], None]
    closes: bool = True


def click(selector: str) -> Callable[[Page], None]:
    """Clicks the first element, whatever lies over it."""
    return lambda page: page.locator(selector).first.dispatch_event("click")


def tour(page: Page) -> None:
    menu("Help")(page)
    page.locator(f"#{ids.TOUR_OPEN}").click()
    page.wait_for_selector(".ls-tour")


def menu(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("button", name=name, exact=True).click()


def tables(page: Page) -> None:
    for button in page.locator("button[id*='twin-open']").all():
        button.dispatch_event("click")


def choices(page: Page) -> None:
    menu = f"#{ids.PAGE} input[aria-haspopup=listbox]"
    page.locator(menu).first.focus()  # which hears Escape
    click(menu)(page)


def wrong(page: Page) -> None:
    """A value that is refused, in the first number of the form."""
    page.locator(f"#{ids.PAGE} input[inputmode]").first.fill("-1")


def ticked(page: Page) -> None:
    page.wait_for_selector("#library-grid .ag-row [col-id=id] a")
    page.locator("#library-grid .ag-row input[type=checkbox]").first.check(force=True)


MENUS = ("[role=menu]", ".ls-add")
OPTIONS = {LISTS: OF_LISTS, **dict.fromkeys(MENUS, OF_MENUS)}
HELP = Overlay("[role=dialog]", menu("Help"))
FORM = [Overlay(LISTS, choices), Overlay(f"#{ids.PAGE}", wrong, closes=False)]
WHY = Overlay(".ls-finding", click(".ls-finding-why > summary"), closes=False)
OVERLAYS = {
    "/": [
        HELP,
        Overlay(".ls-tour", tour),
        Overlay(MENUS[0], menu("Share")),
        Overlay(MENUS[1], menu("+ add")),
        Overlay("#explore", tables, closes=False),
        WHY,
    ],
    "/new": FORM,
    "/study/new": FORM,
    "/runs": [Overlay(f"#{ids.PAGE}", ticked, closes=False)],
}


def faults(page: Page, within: str | None = None, options: dict[str, Any] = EVERY) -> list[str]:
    """What axe-core calls serious or critical: the rule, the element, and why."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    dark = page.evaluate("document.documentElement.dataset.mantineColorScheme")
    return [
        f"{page.url} {dark} {violation['id']}: {node['html'][:120]} {node['failureSummary']}"
        for violation in page.evaluate(ASK, [within, options])
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


def settle(page: Page, wait: int = 1_500) -> None:
    """Wait until the page is there and its callbacks have answered once."""
    page.wait_for_selector(f"#{ids.PAGE} > *")
    page.wait_for_timeout(wait)


def turn(page: Page, toggle: str) -> None:
    """The other scheme, whatever lies over the button."""
    click(toggle)(page)
    page.wait_for_timeout(600)


def closed(page: Page, within: str) -> None:
    """A menu hears Escape where the focus is in it, all else wherever that is."""
    if within in MENUS:
        page.locator(within).first.focus()
    page.keyboard.press("Escape")
    page.wait_for_selector(within, state="hidden")


def looked_at(page: Page, overlays: Sequence[Overlay], toggle: str) -> Iterator[str]:
    """The faults of a page that was just opened, and of each overlay: of all kinds in the scheme
    that there is, of colours in the other one too.
    """
    yield from faults(page)
    turn(page, toggle)
    yield from faults(page, options=OF_COLOURS)
    for overlay in overlays:
        overlay.open(page)
        page.wait_for_selector(overlay.within)
        page.wait_for_timeout(600)
        yield from faults(page, overlay.within, OPTIONS.get(overlay.within, EVERY))
        turn(page, toggle)
        yield from faults(page, overlay.within, OF_COLOURS)
        if overlay.closes:
            closed(page, overlay.within)


@contextmanager
def opened(browser: Browser) -> Iterator[Page]:
    size = {"width": WIDTH, "height": HEIGHT}
    context = browser.new_context(viewport=size, color_scheme="light")
    with watched(context) as page:
        yield page
    context.close()


def test_nothing_serious_on_any_page(
    browser: Browser, explored: Server, working: Server, finished: Path
) -> None:
    assert main(["surface", RUN, "--runs", str(finished), "--points", "5", "--quiet"]) == 0
    found: list[str] = []
    with opened(browser) as page:
        for path in (*PAGES, "/nowhere"):
            page.goto(explored.url + WITH_CHOICE.get(path, path))
            settle(page)
            found += looked_at(page, OVERLAYS.get(path, ()), f"#{ids.SCHEME}")
        page.goto(working.url)  # the page without runs
        settle(page)
        found += looked_at(page, (), f"#{ids.SCHEME}")
    assert found == []


def test_nothing_serious_in_a_report(browser: Browser, finished: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert main(["report", "quickstart", "--to", str(file), "--runs", str(finished)]) == 0
    with opened(browser) as page:
        page.expected_faults = ("leaves the machine: file:",)  # type: ignore[attr-defined]
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-ready]", state="attached")
        page.wait_for_timeout(1_500)
        assert list(looked_at(page, [WHY], "#report-scheme")) == []
