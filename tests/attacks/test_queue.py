"""However many are submitted: beyond a cap each is refused in words, whatever it is to start, and
leaves nothing behind.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from landscape_app.dashboard.launch import starts
from landscape_app.settings import RunSpec, parse
from landscape_app.store import lock
from landscape_app.store.run import RunFolder
from tests.dashboard.conftest import TINY

FEW = 5
ASKED = {
    "run": {"specs": [TINY]}, "resume": {"id": "idle"}, "analyse": {"ids": ["idle"]}, "surface": {"ids": ["idle"]}, "verify": {"ids": ["idle"]},
    "curvature": {"ids": ["idle"]}, "study": {"study": {}}, "quickstart": {}, "lesson": {"lesson": "label-noise"}, "paper": {"id": "idle"},
    "preset": {"preset": "paper-small"}, "gallery": {"shipped": "paper-small"},
}  # fmt: skip


@pytest.mark.parametrize("kind", starts.STARTS)
def test_beyond_the_cap_every_submission_is_refused_and_leaves_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starts, "MOST_WAITING", FEW)
    held = []
    for id in ("idle", *(f"run-{number}" for number in range(FEW))):
        folder = RunFolder.create(tmp_path, id, parse(RunSpec, TINY)).path
        if id != "idle":
            said = {
                "state": "queued",
                "pid": os.getpid(),
                "queued": time.time(),
                "updated": time.time(),
            }
            (folder / "status.json").write_text(json.dumps(said))
            held.append(lock.take(folder / lock.NAME))
    before = {path.name for path in tmp_path.iterdir()}
    for number in range(10):
        said = starts.start(tmp_path, {"nonce": "page", "at": number, "do": kind, **ASKED[kind]})
        assert said["ids"] == []
        assert f"{FEW} jobs are running or waiting" in said["error"]
    assert {path.name for path in tmp_path.iterdir()} == before
    for one in held:
        one.release()
