"""`landscape bench page` on a finished study: every figure is measured, and some are laws."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from landscape_app.bench.page import FIGURES
from tests.patience import patience, until

pytestmark = pytest.mark.browser


@pytest.mark.exhaustive
def test_every_figure_is_measured(finished: Path) -> None:
    # a process of its own: Playwright is at work in this one
    command = [sys.executable, "-m", "landscape_app", "bench", "page", "--json", "--repeats", "1"]
    done = subprocess.run(
        [*command, "--runs", str(finished)],
        capture_output=True,
        text=True,
        timeout=patience(120),
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert len(result["runs"]) == 3
    assert [*result["figures"]] == [*FIGURES]
    median = {name: figure["median"] for name, figure in result["figures"].items()}
    assert 0 < median["ready"] <= median["drawn"]
    timed = "pick", "colour", "camera", "player", "player_flat", "player_one"
    assert min(median[name] for name in timed) > 0
    assert median["bytes"] > 500  # plotly alone
    assert median["idle"] <= 2  # one in 5 s
    # what is drawn by the page alone asks nothing
    assert median["camera_requests"] == median["player_requests"] == 0
    assert min(median["load_requests"], median["pick_requests"], median["colour_requests"]) >= 1


@pytest.mark.slow
def test_a_bench_that_is_ended_takes_its_server_with_it(finished: Path) -> None:
    command = [sys.executable, "-m", "landscape_app", "bench", "page", "--runs", str(finished)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        bench = psutil.Process(process.pid)
        server = until(lambda: _server(bench), 60)
        until(lambda: server.net_connections("tcp"), 60)
        time.sleep(patience(1))  # its page is being opened
        process.terminate()
        process.communicate(timeout=patience(60))
    until(lambda: not server.is_running(), 20)


def _server(bench: psutil.Process) -> psutil.Process | None:
    """The process that serves the page of the bench, once it is there."""
    return next((child for child in bench.children() if "serve" in child.cmdline()), None)
