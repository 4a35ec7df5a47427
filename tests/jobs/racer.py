"""A job of a few milliseconds, from a fork server, that looks for a cancel as often as it can."""

from __future__ import annotations

import time
from multiprocessing.connection import Connection
from pathlib import Path

from landscape_app.errors import Cancelled
from landscape_app.jobs import session_progress
from landscape_app.jobs.session import session
from landscape_app.settings import RunSpec, parse


def spec() -> RunSpec:
    return parse(RunSpec, {"data": "blobs", "network": "mlp-small"})


def work(folder: str, link: Connection) -> None:
    """One phase of 10 ms; says when it begins and when it is done."""
    session_progress.BEAT = 0.001
    try:
        with session(Path(folder)) as progress:
            link.send("begun")
            end = time.monotonic() + 0.01
            progress.phase("sampling", 1)
            while time.monotonic() < end:
                progress.check()
                time.sleep(0.0005)
            progress.advance()
            link.send("done")
    except Cancelled:
        pass
