"""compose.yaml without containers: its commands are run here, with its settings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.dashboard.test_celery import Broker
from tests.dashboard.test_serve import free_port
from tests.patience import patience, until

ROOT = Path(__file__).parents[2]
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
TOKEN = "a" * 40


def here(words: list[str], runs: Path, port: int) -> list[str]:
    """A command of compose.yaml on this machine: its folder, on loopback, on a free port."""
    places = {"/runs": str(runs), "0.0.0.0": "127.0.0.1", "8050": str(port)}
    return [sys.executable, "-m", "landscape_app", *(places.get(word, word) for word in words[1:])]


def environment(service: dict[str, Any], broker: Broker) -> dict[str, str]:
    own = {name: str(value) for name, value in service["environment"].items()}
    own["LANDSCAPE_REDIS_URL"] = own["LANDSCAPE_REDIS_URL"].replace(
        "redis:6379", f"127.0.0.1:{broker.port}"
    )
    assert own["LANDSCAPE_TOKEN"].startswith("${LANDSCAPE_TOKEN:?"), "it must be given"
    return os.environ | own | {"LANDSCAPE_TOKEN": TOKEN}


def status(port: int, path: str, token: str = "") -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=patience(5)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_nothing_is_reached_from_elsewhere() -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("redis-server") is None, reason="it needs redis-server")
def test_its_commands_work_together(tmp_path: Path) -> None:
    pytest.importorskip("celery")
    runs, port = tmp_path / "runs", free_port()
    runs.mkdir()
    with ExitStack() as stack:
        broker = Broker(tmp_path)
        stack.callback(broker.end)
        for name in ("web", "worker"):
            process = subprocess.Popen(
                here(SERVICES[name]["command"], runs, port),
                env=environment(SERVICES[name], broker),
                start_new_session=True,
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)
        until(lambda: status(port, "/readyz") == 200)
        assert status(port, "/") == 401
        assert status(port, "/", TOKEN) == 200
        until(broker.has_worker)
