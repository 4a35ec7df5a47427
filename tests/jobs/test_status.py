"""Laws of status.json: whatever is in it, a field that does not fit is dropped alone, nothing of it
is a command line.
"""

from __future__ import annotations

import json
import os
import time

import pytest

from landscape_app.jobs import request, status
from landscape_app.jobs.state import state
from landscape_app.store import lock
from tests.jobs.states import LIVE, STATUSES, made
from tests.patience import patience

WRONG = (
    None,
    True,
    "x",
    -1,
    1.5,
    1e400,
    float("nan"),
    10**30,
    [],
    {},
    [[[["a"]]]],
    "<script>" * 1000,
)


@pytest.mark.parametrize(
    "name",
    [
        *STATUSES["failed"],
        "started",
        "phase",
        "done",
        "total",
        "unit",
        "rate",
        "phases",
        "traceback",
        "settings",
        "command",
    ],
)
def test_a_field_that_does_not_fit_is_dropped_alone(name, tmp_path):
    good = LIVE | {
        "state": "failed",
        "message": "why",
        "phase": "sampling",
        "done": 2,
        "total": 4,
        "phases": [{"name": "a", "seconds": 1}],
    }
    good |= {
        "unit": "steps",
        "rate": 1.0,
        "started": 100.5,
        "traceback": "tb",
        "settings": {"k": 3},
        "command": "curvature",
    }
    folder = made(tmp_path, "sampled", good)
    clean = status.read(folder)
    for wrong in WRONG:
        (folder / status.NAME).write_text(json.dumps(good | {name: wrong}))
        read = status.read(folder)
        assert {key for key, value in vars(read).items() if value != getattr(clean, key)} <= {name}
        assert state(folder).state in ("failed", "finished")
        assert (
            getattr(read, name) == wrong
            or not getattr(read, name)
            or name in ("phases", "settings")
            or isinstance(wrong, (str, float))
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"queued": "yesterday"},
        {"queued": -1e300},
        {"pid": True},
        {"pid": [1]},
        {"updated": 4e9},
        {"phases": [1, {"name": "x", "seconds": "y"}]},
    ],
)
def test_a_mistyped_status_is_told_without_an_error_also_of_a_job_at_work(changes, tmp_path):
    folder = made(
        tmp_path, "sampled", LIVE | {"pid": os.getpid(), "updated": time.time()} | changes
    )
    held = lock.take(folder / lock.NAME)
    assert state(folder).state in ("running", "stalled")
    held.release()
    assert state(folder).state == "interrupted"


def test_a_status_of_any_size_or_kind_of_file_is_none(tmp_path):
    folder = made(tmp_path, "sampled")
    path = folder / status.NAME
    with path.open("wb") as file:
        file.truncate(1 << 30)
    begun = time.process_time()
    assert state(folder).state == "interrupted"
    path.unlink()
    os.mkfifo(path)
    assert state(folder).state == "interrupted"
    path.unlink()
    path.symlink_to("/dev/zero")
    assert state(folder).state == "interrupted"
    assert time.process_time() - begun < patience(1)


@pytest.mark.parametrize(
    "asked",
    [
        {"command": "serve"},
        {"command": "run", "settings": {"network": "evil:code"}},
        {"command": "curvature", "settings": {"to": "/x"}},
        {"command": "surface", "settings": {"kind": "evil"}},
        {"command": "verify", "within": "study"},
        {"command": ["verify"]},
    ],
)
def test_what_a_strangers_status_asks_for_is_never_a_command_line(asked, tmp_path):
    folder = made(tmp_path, "sampled", LIVE | asked)
    assert request.again(status.read(folder)) is None


def test_a_last_word_on_a_full_disk_fits_where_the_one_before_stood(tmp_path, monkeypatch):
    folder = made(tmp_path, "sampled", LIVE)
    monkeypatch.setattr(
        status, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    phases = [{"name": "p" * 100, "seconds": 1.0}] * 50
    status.write_last(
        folder,
        LIVE
        | {
            "state": "failed",
            "message": "m" * 2000,
            "traceback": "t" * 50_000,
            "phases": phases,
        },
    )
    end = state(folder)
    assert end.state == "failed"
    assert end.message.startswith("mmm")
    assert (folder / status.NAME).stat().st_size <= status.BLOCK
