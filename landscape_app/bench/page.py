"""How quick Explore is in a browser on this machine: until it is there, and until it has answered a
pick, another colour, the player and a drag; what it fetches, and what it asks for while it is idle.
"""

from __future__ import annotations

import os
import signal
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landscape_app.bench import library, page_probe
from landscape_app.bench.browser import (
    HEIGHT,
    WIDTH,
    PageServer,
    asks,
    choose,
    chromium,
)
from landscape_app.dashboard.explore import ids
from landscape_app.errors import BenchError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

# {figure: (what it is, its unit)}
FIGURES = {
    "ready": ("first card visible", "ms"),
    "first": ("first figure drawn", "ms"),
    "drawn": ("all figures drawn", "ms"),
    "bytes": ("transferred until then", "kB"),
    "load_requests": ("requests until then", ""),
    "pick": ("first pick lit where it is made", "ms"),
    "lit": ("first pick lit in every view", "ms"),
    "pick_requests": ("requests of a pick", ""),
    "colour": ("another colour in every scene", "ms"),
    "colour_requests": ("requests of another colour", ""),
    "camera": ("cameras of the other scenes follow", "ms"),
    "camera_requests": ("requests of a drag", ""),
    "player": ("player, all scenes in 3-D", "frames/s"),
    "player_flat": ("curves and diagrams while it plays", "pictures/s"),
    "player_requests": ("requests of the player", ""),
    "player_one": ("player, one run", "frames/s"),
    "idle": ("requests of an idle page in 10 s", ""),
}
IDLE = 10.0  # s
QUIET = 15.0  # s after the last click: until then the page looks for what the click began
PLAYED = 10.0  # s of the player at most
SETTLED = 1.5  # s after which the requests of an interaction are counted
PATIENCE = 120.0  # s
COLOURS = ("train loss", "test loss")
SPATIAL = "joint_dims=3"  # a query: the joint scene is in 3-D, too


@dataclass
class PageRequests:
    """Requests of one page: how many it made, the clocks' apart, and the bytes that came."""

    page: Page
    all: int = 0
    asked: int = 0
    bytes: int = 0

    def __post_init__(self) -> None:
        self.page.on("request", self._count)
        network = self.page.context.new_cdp_session(self.page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", self._weigh)

    def _count(self, request: Request) -> None:
        if request.url.startswith("http"):
            self.all += 1
            self.asked += asks(request) or "_dash-update-component" not in request.url

    def _weigh(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])


def measure(*, runs: Path | None = None, repeats: int = 3) -> dict[str, Any]:
    """{"cores", "load", "browser", "repeats", "runs", "figures": {name: {"median", "values",
    "unit"}}}; None where there is nothing to measure.

    runs: folder of finished runs; None: a quickstart in a temporary folder. Raises BenchError where
    Playwright or a Chromium is missing, or the page does not answer.
    """
    load = [os.getloadavg()]
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())  # before anything is trained in vain
        server = PageServer(runs or library.quickstart(stack))
        stack.callback(server.stop)
        # ended as by Ctrl-C: the server has a session of its own, and would go on
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        stack.callback(signal.signal, signal.SIGTERM, before)
        opened: list[str] = []
        rounds = []
        for _ in range(repeats):
            rounds.append(_round(browser, server.url, opened))
        version = browser.version
    load.append(os.getloadavg())
    facts = {"cores": os.cpu_count(), "load": load, "browser": version, "repeats": repeats}
    return {**facts, "runs": opened, "figures": {name: _median(rounds, name) for name in FIGURES}}


def _median(rounds: Sequence[dict[str, float | None]], name: str) -> dict[str, Any]:
    values = [value for row in rounds if (value := row.get(name)) is not None]
    return {
        "median": round(statistics.median(values), 2) if values else None,
        "values": [round(value, 2) for value in values],
        "unit": FIGURES[name][1],
    }


def _round(browser: Browser, url: str, opened: list[str]) -> dict[str, float | None]:
    """Every figure once, on pages without a cache; `opened` is filled with the ids of the runs."""
    figures: dict[str, float | None] = {}
    with _page(browser) as page:
        requests = PageRequests(page)
        figures |= _loaded(page, requests, url)
        opened[:] = page.evaluate("Object.keys(landscape.known.runs)")
        for name, interaction in INTERACTIONS.items():
            before = requests.asked
            figures |= interaction(page)
            page.wait_for_timeout(1000 * SETTLED)
            figures[f"{name}_requests"] = requests.asked - before
        page.wait_for_timeout(1000 * QUIET)
        before = requests.all
        page.wait_for_timeout(1000 * IDLE)
        figures["idle"] = requests.all - before
    figures |= _played(browser, f"{url}/?{SPATIAL}")
    if opened:
        figures["player_one"] = _played(browser, f"{url}/?runs={opened[0]}")["player"]
    return figures


def _played(browser: Browser, url: str) -> dict[str, float | None]:
    """Frames of the player, pictures of the curves and requests, on a page of their own."""
    with _page(browser) as page:
        requests = PageRequests(page)
        _loaded(page, requests, url)
        before = requests.asked
        figures = _player(page)
        page.wait_for_timeout(1000 * SETTLED)
        return {**figures, "player_requests": requests.asked - before}


@contextmanager
def _page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    context.add_init_script(page_probe.WATCH)
    # without the tour, which opens by itself once and would lie over a figure
    context.add_init_script("localStorage.setItem('landscape-tour', 'seen')")
    try:
        yield context.new_page()
    finally:
        context.close()


def _loaded(page: Page, requests: PageRequests, url: str) -> dict[str, float | None]:
    page.goto(url)
    drawn = _awaited(page, page_probe.DRAWN, "has not drawn its figures")
    page.wait_for_timeout(1000 * SETTLED)  # the first pick finds an idle page
    return {
        "ready": page.evaluate(page_probe.CARD),
        "first": page.evaluate(page_probe.FIRST),
        "drawn": drawn,
        "bytes": requests.bytes / 1000,
        "load_requests": requests.asked,
    }


def _awaited(page: Page, what: str, fault: str) -> float:
    """The first value of `what` that is not null; the page's policy forbids to wait inside it."""
    end = time.monotonic() + PATIENCE
    while (value := page.evaluate(what)) is None:
        if time.monotonic() > end:
            raise BenchError(f"The page {fault} after {PATIENCE:.0f} s.")
        page.wait_for_timeout(20)
    return float(value)


def _pick(page: Page) -> dict[str, float | None]:
    """From a click on a snapshot of the curves until they, and until all views, are lit, in ms."""
    place = page.evaluate(page_probe.POINT)
    if place is None:
        return {"pick": None, "lit": None}
    x, y = place
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    page.wait_for_timeout(300)  # plotly looks for what is under the pointer
    page.evaluate(page_probe.AWAIT_PICK)
    page.mouse.down()
    page.mouse.up()
    lit = _awaited(page, page_probe.LIT, "has not answered a click on the curves")
    page.keyboard.press("Escape")
    return {"pick": page.evaluate(page_probe.PICKED), "lit": lit}


def _colour(page: Page) -> dict[str, float | None]:
    """From a click on another loss until every run's scene has its colours, in ms."""
    before, after = COLOURS
    if page.locator(f"#{ids.COLOUR}").input_value() != before:
        choose(page, ids.COLOUR, before)
        page.wait_for_timeout(1000 * SETTLED)
    page.locator(f"#{ids.COLOUR}").click()
    option = page.get_by_role("option", name=after, exact=True)
    option.wait_for()
    page.evaluate(page_probe.AWAIT_COLOUR)
    option.click()
    return {"colour": _awaited(page, page_probe.COLOURED, "has not drawn another colour")}


def _camera(page: Page) -> dict[str, float | None]:
    """The scripts' work for one turn of all other scenes while one is dragged, in ms."""
    place = page.evaluate(page_probe.SCENE)
    if place is None:
        return {"camera": None}
    page.evaluate(page_probe.AWAIT_SYNCS)
    x, y = place
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y + 30, steps=20)
    page.mouse.up()
    syncs = page.evaluate(page_probe.SYNCS)
    turned = syncs["ms"] / syncs["looks"] * syncs["others"] if syncs["looks"] else None
    return {"camera": turned}


def _player(page: Page) -> dict[str, float | None]:
    """Frames of the player per second, over all epochs or its first seconds, and pictures of the
    curves.
    """
    button = page.locator(f"#{ids.PLAY}")
    page.evaluate(page_probe.AWAIT_FRAMES)
    button.click()
    end = time.monotonic() + PLAYED
    while button.get_attribute("aria-pressed") == "true" and time.monotonic() < end:
        page.wait_for_timeout(50)
    frames, flat = page.evaluate(page_probe.FRAMES), page.evaluate(page_probe.FLAT)
    if button.get_attribute("aria-pressed") == "true":
        button.click()
    if len(frames) < 2:
        return {"player": None, "player_flat": None}
    seconds = (frames[-1] - frames[0]) / 1000
    return {"player": (len(frames) - 1) / seconds, "player_flat": flat / seconds}


INTERACTIONS = {"pick": _pick, "colour": _colour, "camera": _camera}
