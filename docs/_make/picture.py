"""Draws docs/images/explore.png: the page with a finished quickstart, by a headless Chromium.

`python docs/_make/picture.py RUNS`: RUNS holds a finished quickstart (`landscape quickstart`).
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

TARGET = Path(__file__).parents[1] / "images" / "explore.png"
WIDTH, HEIGHT = 1440, 900
FIGURES, PATIENCE = 8, 120_000  # that the page draws, and ms to wait for them
COLOURS = 256  # a palette: a quarter of the size
LARGEST = 300_000  # bytes


def serve(runs: Path) -> tuple[subprocess.Popen[bytes], str]:
    """`landscape serve` on a free port, once it answers: (process, address)."""
    with socket.socket() as channel:
        channel.bind(("127.0.0.1", 0))
        port = channel.getsockname()[1]
    command = [sys.executable, "-m", "landscape_app", "serve", "--runs", str(runs)]
    server = subprocess.Popen([*command, "--port", str(port), "--no-token"], start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(300):
        try:
            directly.open(f"{address}/_dash-layout", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return server, address
    raise SystemExit("The server does not answer.")


def shot(address: str) -> bytes:
    """A picture of Explore with the three runs of the quickstart, as PNG."""
    chromium = (
        shutil.which("chromium") or shutil.which("google-chrome") or os.environ.get("CHROMIUM")
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        # without the tour, which opens by itself once
        page.add_init_script("localStorage.setItem('landscape-tour', 'seen')")
        page.goto(address)
        page.locator("[data-bound=true]").nth(FIGURES - 1).wait_for(timeout=PATIENCE)
        page.wait_for_timeout(10_000)  # every figure is drawn
        picture = page.screenshot(timeout=PATIENCE)
        browser.close()
    return picture


def main() -> None:
    """Write the picture, small enough for the repository."""
    server, address = serve(Path(sys.argv[1]))
    try:
        picture = Image.open(io.BytesIO(shot(address))).convert("RGB")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=20)
    picture.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        TARGET, optimize=True
    )
    size = TARGET.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{TARGET} has {size} bytes: more than {LARGEST}.")


if __name__ == "__main__":
    main()
