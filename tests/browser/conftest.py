"""A real server and a real browser: the page as a person meets it. Any console error or request
that leaves the machine fails a test.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect, sync_playwright

from landscape_app.bench.browser import HEIGHT, WIDTH, PageServer, started
from landscape_app.jobs.session import session
from landscape_app.pipeline.quickstart import quickstart
from landscape_app.store import lock
from tests.browser.scenes import SPATIAL, ready
from tests.patience import patience

SMALL = {"train_epochs": 60, "epochs": 12, "seeds": 3, "step_sizes": (0.5, 1.0)}


class Server(PageServer):
    """The server of the page; what it takes is as long as this machine is slow."""

    def patience(self, seconds: float) -> float:
        """`seconds` of an idle machine as seconds of this one."""
        return patience(seconds)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runs folder with a small quickstart study of real digits, sampled and analysed here."""
    runs = tmp_path_factory.mktemp("finished")
    quickstart(runs, session=session, changes=SMALL)
    return runs


@pytest.fixture(scope="session")
def explored(finished: Path) -> Iterator[Server]:
    """The server of the finished study."""
    server = Server(finished)
    yield server
    server.stop()


@pytest.fixture
def working(tmp_path: Path) -> Iterator[Server]:
    """The server of an empty folder of its own; jobs that were launched there end with the test."""
    server = Server(tmp_path)
    yield server
    server.stop()
    for file in tmp_path.rglob(lock.NAME):
        if holder := lock.holder(file):
            with contextlib.suppress(ProcessLookupError):
                os.kill(holder, signal.SIGKILL)


@pytest.fixture(scope="session")
def chromium() -> Iterator[BrowserType]:
    """What starts a browser."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser(chromium: BrowserType) -> Iterator[Browser]:
    """The browser of most tests."""
    browser = started(chromium)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all tests, so that plotly is fetched and compiled once."""
    opened = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A fresh page without cookies; it may talk to this machine only, and its console must stay
    without errors.
    """
    context.clear_cookies()
    with watched(context) as opened:
        yield opened


@contextlib.contextmanager
def watched(context: BrowserContext) -> Iterator[Page]:
    """A page of which any error in the console, and any request that leaves the machine, fails."""
    opened = context.new_page()
    opened.add_init_script("localStorage.setItem('landscape-tour', 'seen')")
    faults: list[str] = []
    opened.on(
        "console", lambda message: faults.append(message.text) if message.type == "error" else None
    )
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on(
        "request",
        lambda request: (
            faults.append(f"leaves the machine: {request.url}") if _leaves(request.url) else None
        ),
    )
    opened.set_default_timeout(1000 * patience(30))
    expect.set_options(timeout=1000 * patience(20))
    yield opened
    opened.close()
    expected = getattr(opened, "expected_faults", ())
    assert [fault for fault in faults if not any(words in fault for words in expected)] == []


def _leaves(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:"))


@pytest.fixture
def explore(page: Page, explored: Server) -> Page:
    """Explore with the three runs of the study, every figure drawn; every scene turns, and
    persistence is drawn as points.
    """
    page.goto(f"{explored.url}/?{SPATIAL}")
    ready(page)
    return page
