"""A real server and a real browser: the page as a person meets it. Any console error or request
that leaves the machine fails a test.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect, sync_playwright

from landscape_app.jobs.session import session
from landscape_app.pipeline.quickstart import quickstart
from landscape_app.store import lock
from tests.patience import patience

SMALL = {"train_epochs": 60, "epochs": 12, "seeds": 3, "step_sizes": (0.5, 1.0)}
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDTH, HEIGHT = 1440, 900


class Server:
    """`landscape serve` in a session of its own, on a free port.

    program: what runs the command, as options of python.
    """

    program: tuple[str, ...] = ("-m", "landscape_app")

    def __init__(self, runs: Path, *options: str) -> None:
        with socket.socket() as channel:
            channel.bind(("127.0.0.1", 0))
            self.port = channel.getsockname()[1]
        self.runs, self.options = runs, options
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers; `seconds` is how long that took."""
        begun = time.monotonic()
        command = [
            sys.executable,
            *self.program,
            "serve",
            "--runs",
            str(self.runs),
            "--port",
            str(self.port),
            *self.options,
        ]
        self.process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
        directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while True:
            try:
                with directly.open(f"{self.url}/_dash-layout", timeout=patience(5)):
                    break
            except OSError:
                assert self.process.poll() is None, "the server ended"
                assert time.monotonic() - begun < patience(120), "the server does not answer"
                time.sleep(0.02)
        self.seconds = time.monotonic() - begun

    def stop(self) -> None:
        """As Ctrl-C does it."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=patience(20))


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


def started(chromium: BrowserType, *flags: str) -> Browser:
    """Headless Chromium with software WebGL, and what `flags` change."""
    path = shutil.which("chromium") or shutil.which("google-chrome") or os.environ.get("CHROMIUM")
    return chromium.launch(executable_path=path, args=[*FLAGS, *flags])


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
