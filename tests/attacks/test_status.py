"""Attacks by status.json and the journal of one run: no page fails, that run has its line, and the
others are as they were.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from landscape_app.cli.main import main
from landscape_app.dashboard import factory
from landscape_app.dashboard.common import ids
from landscape_app.dashboard.common.board import FRESH
from landscape_app.jobs import status
from landscape_app.settings import AnalysisSpec
from landscape_app.store import lock
from landscape_app.store.journal import encode
from landscape_app.store.run import JOURNAL, RunFolder
from landscape_app.store.study import StudyFolder
from tests.dashboard.conftest import Page
from tests.patience import patience
from tests.store import samples

PATHS = [
    ("/", "?runs=bad,good"),
    ("/surface", "?runs=bad"),
    ("/checks", "?runs=bad,good"),
    ("/study", "?id=both"),
    ("/new", "?from=bad"),
]
PATHS += [("/jobs", "?show=bad"), ("/jobs", "?show=both")]
GOOD = {
    "state": "running",
    "pid": 1,
    "queued": 1.0,
    "updated": 2.0,
    "phase": "sampling",
    "done": 1,
    "total": 3,
    "unit": "steps",
    "message": "",
}
DEEP = "[" * 100_000
NAMES = [*GOOD, "started", "rate", "phases", "traceback", "settings", "command", "within"]
FIELDS: list[Any] = [
    "x",
    -1,
    1.5,
    1e308,
    10**4000,
    [],
    {},
    None,
    True,
    "<script>alert(1)</script>",
    [{"name": []}],
    [[1]],
    "\ud800",
    "a" * 10**6,
]
WHOLE = {
    "no json": b"{", "nothing": b"", "a list": b"[]", "deep": DEEP.encode(), "deep inside": b'{"message": ' + DEEP.encode() + b"}",
    "infinite": b'{"state": "failed", "updated": 1e999, "done": Infinity}', "not a number": b'{"state": "failed", "rate": NaN, "queued": NaN}',
    "no text": b"\xff\xfe\x00", "many": json.dumps({"phases": [{"name": "x", "seconds": 1}] * 10_000, "state": "failed"}).encode(),
}  # fmt: skip
FACTS: dict[str, dict[str, Any]] = {
    "huge": {
        "kind": "chunk",
        "file": "chunks/000-00000-00000.safetensors",
        "sha256": "0",
        "trajectories": [0],
        "first": 2**80,
        "last": 2**81,
    },
    "negative": {
        "kind": "chunk",
        "file": "chunks/000-00000-00000.safetensors",
        "sha256": "0",
        "trajectories": [0],
        "first": -1,
        "last": 3,
    },
    "no list": {
        "kind": "chunk",
        "file": "chunks/000-00000-00000.safetensors",
        "sha256": "0",
        "trajectories": 7,
        "first": 0,
        "last": 1,
    },
    "forecast": {
        "kind": "prepared",
        "forecast": {"seconds": {"training": 10**300, "x": 1e308}},
        "plan": {"rate": "x"},
        "parameters": "many",
    },
    "prepared": {
        "kind": "prepared",
        "parameters": -5,
        "classes": [],
        "plan": 3,
        "forecast": 1e308,
        "accuracy": {},
    },
    "asked": {"kind": "asked", "analyse": {"a": [1]}},
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Page]:
    """A good run, a bad one, a study of both, and the page on top."""
    runs = tmp_path_factory.mktemp("runs")
    for id in ("bad", "good"):
        samples.full_run(runs, id)
    StudyFolder.create(runs, "both", ["bad", "good"], AnalysisSpec())
    return runs, Page(factory.create(runs))


def visit(page: Page, *, others: bool = True) -> str:
    """Everything that the pages show; each answers 200."""
    shown = ""
    for path, search in PATHS:
        answer = page.call(
            f"{ids.PAGE}.children",
            {f"{ids.LOCATION}.pathname": path, f"{ids.LOCATION}.search": search},
        )
        assert answer.status_code == 200, (path, search, answer.text[:300])
        shown += answer.text
    for output in (
        f"{ids.STRIP}.children",
        f"{ids.NAV_LIVE}.children",
        f"{ids.JOBS_LIST}.children",
    ):
        assert page.call(output, {}).status_code == 200
    if others:
        assert "good" in shown
    return shown


def told(runs: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    """What the command line lists, by id."""
    capsys.readouterr()
    assert main(["list", "--json", "--runs", str(runs)]) == 0
    return {row["id"]: row for row in json.loads(capsys.readouterr().out)}


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(FIELDS)))
def test_no_fields_of_a_status_make_a_page_fail(
    number: int, world: tuple[Path, Page], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each value in every field but those that keep the job alive, or that say how it ended; of a
    job that lives and of one that is gone.
    """
    runs, page = world
    live, wrong = number % 2 == 0, FIELDS[number]
    held = lock.take(runs / "bad" / lock.NAME) if live else None
    for kept in (("state", "pid"), ("phase", "done")):
        said = (
            GOOD
            | {"pid": os.getpid() if live else 1}
            | {name: wrong for name in NAMES if name not in kept}
        )
        (runs / "bad" / status.NAME).write_text(json.dumps(said))
        time.sleep(FRESH)
        assert "<script>" not in visit(page)
    assert told(runs, capsys)["good"]["job"]["state"] == "finished"
    if held is not None:
        held.release()


@pytest.mark.parametrize("content", WHOLE.values(), ids=WHOLE)
def test_no_status_makes_a_page_fail(
    content: bytes, world: tuple[Path, Page], capsys: pytest.CaptureFixture[str]
) -> None:
    runs, page = world
    (runs / "bad" / status.NAME).write_bytes(content)
    visit(page)
    rows = told(runs, capsys)
    assert rows["bad"]["run"]["state"] == rows["good"]["run"]["state"] == "sampled"
    assert rows["good"]["job"]["state"] == "finished"
    (runs / "bad" / status.NAME).unlink()


def test_a_status_of_a_gigabyte_a_pipe_and_a_device_cost_nothing(world: tuple[Path, Page]) -> None:
    runs, page = world
    place, begun = runs / "bad" / status.NAME, time.process_time()
    for kind in ("gigabyte", "pipe", "device"):
        place.unlink(missing_ok=True)
        if kind == "gigabyte":
            with place.open("wb") as file:
                file.truncate(1 << 30)
        else:
            os.mkfifo(place) if kind == "pipe" else place.symlink_to("/dev/zero")
        visit(page)
    place.unlink()
    assert time.process_time() - begun < patience(10)


@pytest.mark.parametrize("facts", FACTS.values(), ids=FACTS)
def test_no_journal_makes_a_page_fail(
    facts: dict[str, Any], world: tuple[Path, Page], capsys: pytest.CaptureFixture[str]
) -> None:
    runs, page = world
    journal = runs / "bad" / JOURNAL
    before = journal.read_bytes()
    journal.write_bytes(before + encode(facts))
    visit(page)
    rows = told(runs, capsys)
    assert rows["good"]["run"]["state"] == "sampled"
    for word in ("show", "verify", "resume"):
        assert main([word, "bad", "--runs", str(runs)]) in (0, 1, 2)
    assert "Traceback" not in capsys.readouterr().err
    journal.write_bytes(before)
    assert RunFolder.open(runs, "bad").finished
