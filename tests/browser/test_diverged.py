"""Explore with a run that really diverged: its retraining rate is so large that the loss explodes.
The others are seen as without it, and the page says which run it is.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from landscape_app.cli.main import main
from landscape_app.stored_run import open_run
from tests.browser.conftest import SMALL, Server
from tests.browser.scenes import ink, ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RUNS = ("quickstart-good", "quickstart-poor", "diverged")
RATE = "10"  # a thousand times the default
RANGE = "() => document.querySelector('[data-view=curves] .js-plotly-plot')._fullLayout.yaxis.range"


@pytest.fixture(scope="module")
def diverged(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of the quickstart and of a run that diverged, compared with each other."""
    runs = Path(shutil.copytree(finished, tmp_path_factory.mktemp("diverged") / "runs"))
    at = ["--runs", str(runs), "--quiet"]
    small = {name.replace("_", "-"): value for name, value in SMALL.items()}
    flags = [
        word
        for name, value in small.items()
        for word in (f"--{name}", *map(str, value if isinstance(value, tuple) else [value]))
    ]
    main(["run", "--id", "diverged", "--regime", "good", "--rate", RATE, *flags, *at])
    main(["analyse", *RUNS, *at])
    assert open_run(runs / "diverged").snapshots().column("train_loss").max() > 1e6
    server = Server(runs)
    yield server
    server.stop()


@pytest.mark.parametrize(
    "method", ["phate", pytest.param("metric-mds", marks=pytest.mark.exhaustive)]
)
def test_a_diverged_run_leaves_the_others_as_they_are(
    page: Page, diverged: Server, method: str
) -> None:
    page.goto(f"{diverged.url}/?runs={','.join(RUNS)}&method={method}&curve=train_loss")
    ready(page)
    expect(page.locator(".ls-legend")).to_contain_text("≥")
    expect(page.locator(".ls-note")).to_contain_text("Off the colours of train loss: diverged")
    caveat = page.locator("[data-view=curves] .ls-caveat")
    expect(caveat).to_contain_text("Off the axis: diverged")
    low, high = page.evaluate(RANGE)  # decimal logarithms
    assert high - low < 9
    assert ink(page, "curves") > 0.002
