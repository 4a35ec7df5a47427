"""Run folders in every state, with a status.json of any kind."""

from __future__ import annotations

import json
import time

from landscape_app.jobs import status
from landscape_app.store.run import JOURNAL, RunFolder
from tests.store import samples

JOURNALS = ("none", "begun", "sampled", "garbage")
LIVE = {"state": "running", "pid": 1, "queued": 100.0, "updated": 101.0}
STATUSES = {
    "none": None,
    "torn": b'{"state": "finis',
    "empty": b"",
    "live": LIVE,
    "waiting": LIVE | {"state": "queued"},
    "finished": LIVE | {"state": "finished"},
    "failed": LIVE | {"state": "failed", "message": "no"},
    "cancelled": LIVE | {"state": "cancelled"},
    "mistyped": {"state": 5, "pid": "x"},
}


def made(tmp_path, journal, word=None, *, cancel=False):
    """A run with that journal and that status."""
    folder = (
        samples.full_run(tmp_path)
        if journal == "sampled"
        else RunFolder.create(tmp_path, "run", samples.spec())
    ).path
    if journal == "begun":
        RunFolder.open(tmp_path, "run").mark("prepared", parameters=3)
    if journal == "garbage":
        (folder / JOURNAL).write_bytes(b"not a journal\n" * 3)
    if word is not None:
        (folder / status.NAME).write_bytes(
            word if isinstance(word, bytes) else json.dumps(word).encode()
        )
    if cancel:
        (folder / status.CANCEL).write_text(str(time.time_ns()))
    return folder
