"""The application in several processes: what one of them began, the others know."""

from __future__ import annotations

import http.client
import importlib.util
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landscape_app.dashboard.common import ids, launch_requests
from landscape_app.jobs.state import state
from landscape_app.store import catalogue
from tests.dashboard.test_launching import spec
from tests.dashboard.test_serve import free_port, get
from tests.patience import patience, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("gunicorn") is None, reason="it needs gunicorn"),
]
PROCESSES = 3


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, int]]:
    """(runs folder, port) of a server of several processes."""
    runs, port = tmp_path / "runs", free_port()
    monkeypatch.setenv("LANDSCAPE_RUNS", str(runs))
    command = [sys.executable, "-m", "gunicorn", "-c", "python:landscape_app.dashboard.wsgi"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(PROCESSES), "--log-level", "error"]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        until(lambda: process.poll() is not None or _answers(port))
        yield runs, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=patience(20))


def _answers(port: int) -> bool:
    try:
        return get(port, "/healthz") == 200
    except OSError:
        return False


def post(port: int, query: str, body: dict[str, Any]) -> dict[str, Any]:
    """One request on a connection of its own, which any of the processes takes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience(20))
    head = {"Content-Type": "application/json"}
    connection.request("POST", f"/_dash-update-component{query}", json.dumps(body), head)
    answer = connection.getresponse()
    assert answer.status in (200, 204), answer.status
    text = answer.read()
    connection.close()
    return json.loads(text) if text else {}


def test_a_launch_is_answered_whichever_process_is_asked(served: tuple[Path, int]) -> None:
    runs, port = served
    request = launch_requests.ask("page", "run", specs=[spec(train_epochs=30)])
    slot, asked = ids.launched("form"), ids.request("form")
    body = {
        "output": f"{slot}.data",
        "outputs": {"id": slot, "property": "data"},
        "inputs": [{"id": asked, "property": "data", "value": request}],
        "changedPropIds": [f"{asked}.data"],
    }
    begun = post(port, "", body)
    query = f"?cacheKey={begun['cacheKey']}&job={begun['job']}"
    answer = until(lambda: post(port, query, body).get("response"))
    (run,) = answer[slot]["data"]["ids"]
    until(lambda: state(runs / run).state == "finished")
    assert [run.id for run in catalogue.list_runs(runs)] == [run]
    for _ in range(3 * PROCESSES):
        assert get(port, "/readyz") == 200


def test_a_long_address_is_answered(served: tuple[Path, int]) -> None:
    port = served[1]
    with socket.create_connection(("127.0.0.1", port), timeout=patience(20)) as channel:
        long = "x" * 50_000
        channel.sendall(f"GET /jobs?show={long} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert channel.recv(100).startswith(b"HTTP/1.1 200")
