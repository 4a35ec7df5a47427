"""The bench of many people: a real server, a real job, and what is no answer is an error."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from landscape_app.bench import library, load
from landscape_app.bench.connection import Browser, PageAnswer
from landscape_app.bench.load_user import KINDS, Times
from landscape_app.store import catalogue
from tests.dashboard.conftest import sample_pair

pytestmark = pytest.mark.exhaustive


def test_people_are_answered_beside_a_job(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    sample_pair(runs)
    before = sorted(runs.glob("[a-z]*"))
    result = load.measure(runs=runs, users=2, seconds=12.0, listed=20)
    assert result["errors"] == 0, result["faults"]
    assert set(result["kinds"]) == set(KINDS)
    assert result["kinds"]["figures"]["count"] >= 2
    # one poll asks for two things
    assert result["kinds"]["poll"]["count"] >= 2 * result["kinds"]["figures"]["count"]
    assert all(figure["p95"] >= figure["p50"] > 0 for figure in result["kinds"].values())
    assert result["memory"]["before"] > 20
    assert 0 < result["processor"]["users"] < result["processor"]["server"]
    assert result["listing"]["runs"] == 20
    assert sorted(runs.glob("[a-z]*")) == before, "the job was of another folder"
    json.dumps(result)


def test_what_is_no_answer_is_an_error() -> None:
    times = Times()
    assert times.note("figures", PageAnswer(200, b"1\n2\n", 0.1, 0.2), wanted=2)
    assert not times.note("figures", PageAnswer(200, b"1\n", 0.1, 0.2), wanted=2)
    assert not times.note("poll", PageAnswer(500, b"it broke"))
    assert not times.note("poll", PageAnswer(0, b"EOFError: closed"))
    assert (times.requests, times.errors) == (4, 3)
    assert "it broke" in times.faults[1]


def test_a_server_that_says_nothing_is_an_error_and_the_next_request_is_asked() -> None:
    served: list[asyncio.Task[None] | None] = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(asyncio.current_task())
        await reader.readline()
        writer.close()
        await writer.wait_closed()

    async def ask() -> list[int]:
        async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
            async with Browser(server.sockets[0].getsockname()[1], most=1) as browser:
                statuses = [(await browser.get("/")).status for _ in range(3)]
            await asyncio.gather(*(task for task in served if task))
            return statuses

    assert asyncio.run(ask()) == [0, 0, 0]


def test_the_listed_runs_are_sound(tmp_path: Path) -> None:
    library.fill(tmp_path, 5)
    listed = catalogue.list_runs(tmp_path)
    assert len(listed) == 5
    assert [run.problem for run in listed] == [None] * 5
