"""The page as a browser meets it: a server of its own, and a headless Chromium that drives it.
Playwright is a requirement of the tests and of `landscape bench page` alone.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from landscape_app.errors import BenchError, first_line

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType, Page, Request

FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDTH, HEIGHT = 1440, 900  # px
TOKENS = {"--token", "--read-token"}  # options with which a server asks for a token
NO_PLAYWRIGHT = (
    "The package playwright is not installed. It drives the browser. Install it with"
    " 'pip install playwright'."
)
NO_CHROMIUM = (
    "No Chromium was found. Install it with 'playwright install chromium' or the package manager of"
    " this machine, or set CHROMIUM to the path of one."
)


class PageServer:
    """`landscape serve` in a session of its own, on a free port of 127.0.0.1.

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

    def patience(self, seconds: float) -> float:
        """How long is waited for what takes `seconds` at most on an idle machine, in seconds."""
        return 3 * seconds

    def start(self) -> None:
        """Start it and wait until it answers; `seconds` is how long that took. Raises BenchError
        where it ends before, or does not answer.
        """
        begun = time.monotonic()
        command = [sys.executable, *self.program, "serve", "--runs", str(self.runs)]
        command += ["--port", str(self.port), *self.options]
        if not TOKENS & {*self.options}:
            command.append("--no-token")
        self.process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
        directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while True:
            try:
                with directly.open(f"{self.url}/_dash-layout", timeout=self.patience(5)):
                    break
            except OSError as error:
                if self.process.poll() is not None:
                    raise BenchError("The server of the page ended.") from error
                if time.monotonic() - begun > self.patience(120):
                    self.process.kill()
                    raise BenchError("The server of the page does not answer.") from error
                time.sleep(0.02)
        self.seconds = time.monotonic() - begun

    def stop(self) -> None:
        """As Ctrl-C does it."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=self.patience(20))


def started(chromium: BrowserType, *flags: str) -> Browser:
    """Headless Chromium with software WebGL, and what `flags` change. Raises BenchError where there
    is none.
    """
    from playwright.sync_api import Error

    path = shutil.which("chromium") or shutil.which("google-chrome") or os.environ.get("CHROMIUM")
    try:
        return chromium.launch(executable_path=path, args=[*FLAGS, *flags])
    except Error as error:
        if "executable doesn't exist" in str(error).lower():
            raise BenchError(NO_CHROMIUM) from error
        raise BenchError(f"Chromium did not start: {first_line(error)}.") from error


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser. Raises BenchError where Playwright or Chromium is not installed."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError as error:
        raise BenchError(NO_PLAYWRIGHT) from error
    with sync_playwright() as playwright:
        browser = started(playwright.chromium)
        try:
            yield browser
        finally:
            browser.close()


def choose(page: Page, control: str, label: str) -> None:
    """Pick `label` in the select whose id is `control`."""
    page.locator(f"#{control}").click()
    page.get_by_role("option", name=label, exact=True).click()


def asks(request: Request) -> bool:
    """Whether a callback was called, other than by a clock of the page."""
    return "_dash-update-component" in request.url and "n_intervals" not in str(
        (request.post_data_json or {}).get("changedPropIds")
    )
