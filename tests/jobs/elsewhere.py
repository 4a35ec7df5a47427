"""A job on another machine, as its files show it here."""

from __future__ import annotations

import json
import os
import time

from landscape_app.jobs import status
from landscape_app.store import lock

HOST = "node-3"


def at_work(folder, *, silent=0.0, pid=None, state="running"):
    """Write the lock and the status of a job on HOST, whose last sign of life is so many seconds
    ago. pid: of this machine's processes one may have the same.
    """
    then = time.time() - silent
    pid = os.getpid() if pid is None else pid
    word = {"host": HOST, "pid": pid, "token": "theirs"}
    (folder / lock.NAME).write_text(json.dumps(word))
    os.utime(folder / lock.NAME, (then, then))
    job = {"state": state, "pid": pid, "host": HOST, "command": "run", "phase": "sampling"}
    job |= {"queued": then - 9, "started": then - 8, "updated": then, "done": 3, "total": 9}
    (folder / status.NAME).write_text(json.dumps(job))
