"""What every test needs: one torch thread, so that small networks are quick and their numbers the
same everywhere; a state folder; Ctrl-C that ends children; and no process left behind.
"""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests import leftovers, tiers
from tests.patience import patience

os.environ.setdefault("OMP_NUM_THREADS", "1")

# Where nothing compiled may be written, each of a thousand processes compiles everything anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A shell that runs tests in the background has them ignore SIGINT, and children inherit that:
# servers and jobs that a test interrupts would go on.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# What the program keeps for the person who runs it: tests, and the processes they start, have a
# folder of their own.
if "LANDSCAPE_STATE" not in os.environ or "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["LANDSCAPE_STATE"] = tempfile.mkdtemp(prefix="landscape-state-")
    atexit.register(shutil.rmtree, os.environ["LANDSCAPE_STATE"], ignore_errors=True)

# folders whose files take longest, the longest first
LONGEST = (
    *("tests/browser/", "tests/docs/", "tests/pipeline/", "tests/cli/", "tests/bring/"),
    *("tests/jobs/", "tests/kills/", "tests/attacks/", "tests/dashboard/explore/", "tests/bench/"),
)

# A loaded machine is no fault of the code: examples are counted, not timed.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fails, after everything else of the session, by name of each process that still lives.

    LANDSCAPE_LEFTOVERS: a file that their names are added to (tests/twice.py fails by it).
    """
    word = leftovers.mark()
    yield
    # the process that opens checkpoints lives as long as this one: ended now, as at exit
    if module := sys.modules.get("landscape_app.networks.checkpoint_process"):
        module.end()
    end = time.monotonic() + patience(5)  # what was told to end may take a moment
    while (found := leftovers.leftovers(word)) and time.monotonic() < end:
        time.sleep(0.1)
    if found and (file := os.environ.get("LANDSCAPE_LEFTOVERS")):
        with Path(file).open("a") as written:
            written.writelines(f"{process}\n" for process in found)
    assert not found, "left behind: " + "; ".join(map(str, found))


def pytest_collection_finish() -> None:
    """What every module made lives as long as this process: no collection looks at it again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)  # before tests are left out by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Some marks follow from names (tiers.py). Where workers share the files, those that take
    longest come first, so that none is left for one worker alone at the end.
    """
    for item in items:
        if (mark := tiers.tier(item.nodeid)) is not None:
            item.add_marker(mark)
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: turn(item.nodeid))


def turn(nodeid: str) -> int:
    """When a test is run: the place of its folder in LONGEST, and after all of them."""
    turns = [place for place, folder in enumerate(LONGEST) if nodeid.startswith(folder)]
    return turns[0] if turns else len(LONGEST)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Under --dist loadfile: a worker takes a file at a time, and one of them all browser tests,
    which share a server, a study and a browser.
    """
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False  # not by the number of tests: see `turn`

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return "tests/browser" if file.startswith("tests/browser/") else file

    return Scheduling(config, log)
