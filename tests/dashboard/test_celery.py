"""Launches through Celery: with a real Redis and a real worker; and what the page says without."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from dash.background_callback.managers import BaseBackgroundCallbackManager

from landscape_app.dashboard import factory
from landscape_app.dashboard.common import launch_requests
from landscape_app.jobs.state import state
from landscape_app.store import catalogue
from tests.dashboard.conftest import Page
from tests.dashboard.test_launching import launch, spec
from tests.patience import patience, until

redis = pytest.importorskip("redis")
pytestmark = pytest.mark.skipif(
    shutil.which("redis-server") is None or importlib.util.find_spec("celery") is None,
    reason="it needs redis-server, and celery",
)
SOON = 3.0  # s within which the page says what is wrong


class Broker:
    """A Redis of one test on a free port."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as channel:
            channel.bind(("127.0.0.1", 0))
            self.port = int(channel.getsockname()[1])
        self.url = f"redis://127.0.0.1:{self.port}/0"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        self.process = subprocess.Popen(
            ["redis-server", *map(str, options)], stdout=subprocess.DEVNULL, start_new_session=True
        )
        until(self.answers)

    def answers(self) -> bool:
        try:
            return bool(redis.Redis(port=self.port).ping())
        except redis.RedisError:
            return False

    def has_worker(self) -> bool:
        return bool(redis.Redis(port=self.port).keys("landscape-*-alive"))

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    monkeypatch.setattr(BaseBackgroundCallbackManager, "functions", [])
    broker = Broker(tmp_path)
    monkeypatch.setenv("LANDSCAPE_REDIS_URL", broker.url)
    yield broker
    broker.end()


@contextmanager
def worker(runs: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "landscape_app", "worker", "--runs", str(runs)],
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=patience(10))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def clicked(page: Page, **changes: Any) -> tuple[dict[str, Any], float]:
    """The answer to a click on Launch, and how long it took, s."""
    begun = time.monotonic()
    request = launch_requests.ask("page", "run", specs=[spec(**changes)])
    return launch(page, "form", request), time.monotonic() - begun


@pytest.mark.slow
def test_a_worker_starts_what_is_clicked(tmp_path: Path, broker: Broker) -> None:
    runs = tmp_path / "runs"
    page = Page(factory.create(runs))
    with worker(runs) as process:
        until(lambda: clicked(page, seed=int(time.time()))[0]["error"] is None)
        (run,) = [run.id for run in catalogue.list_runs(runs)]
        until(lambda: state(runs / run).state == "finished")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    until(lambda: "No worker" in str(clicked(page)[0]["error"]))
    assert len(catalogue.list_runs(runs)) == 1


def test_without_a_worker_the_page_says_so_at_once(tmp_path: Path, broker: Broker) -> None:
    answer, seconds = clicked(Page(factory.create(tmp_path / "runs")))
    assert "No worker takes launches" in answer["error"]
    assert "landscape worker --runs" in answer["error"]
    assert seconds < patience(SOON)
    assert not catalogue.list_runs(tmp_path / "runs"), "and nothing is launched later"


def test_without_redis_the_page_says_so_at_once_and_goes_on(tmp_path: Path, broker: Broker) -> None:
    page = Page(factory.create(tmp_path / "runs"))
    broker.end()
    answer, seconds = clicked(page)
    assert "cannot be reached" in answer["error"]
    assert seconds < patience(SOON)
    assert page.client.get("/").status_code == 200
    later = Page(factory.create(tmp_path / "runs"))
    assert "cannot be reached" in clicked(later)[0]["error"], "a server begins without it, too"


def test_a_worker_without_a_broker_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from landscape_app.dashboard.launch import celery_queue
    from landscape_app.errors import ServeError

    monkeypatch.delenv("LANDSCAPE_REDIS_URL", raising=False)
    with pytest.raises(ServeError, match="Set LANDSCAPE_REDIS_URL"):
        celery_queue.work(tmp_path)
    monkeypatch.setenv("LANDSCAPE_REDIS_URL", "redis://127.0.0.1:1/0")
    with pytest.raises(ServeError, match="cannot be reached"):
        celery_queue.work(tmp_path)


def test_nothing_but_json_travels(tmp_path: Path) -> None:
    from landscape_app.dashboard.launch import celery_queue

    conf = celery_queue.application("redis://127.0.0.1:1/0", tmp_path).conf
    assert conf.task_serializer == conf.result_serializer == "json"
    assert conf.accept_content == conf.result_accept_content == ["json"]
