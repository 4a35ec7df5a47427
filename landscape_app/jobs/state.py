"""What the job of a run or study is doing, told from its folder: the lock says whether it lives, status.json how far it is."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from landscape_app.jobs import status
from landscape_app.store import lock, opening
from landscape_app.store.journal import Journal
from landscape_app.store.run import JOURNAL

SILENT = 60.0  # s without a heartbeat after which a living job counts as stalled
TAIL = 64 * 1024  # bytes of the log that are looked at

State = Literal["queued", "running", "stalled", "finished", "cancelled", "failed", "interrupted", "idle"]


@dataclass(frozen=True)
class JobState:
    """A closed list of states, and how far the work is.

    queued: waits for a slot, or is starting. running. stalled: alive, but silent for a minute. finished, cancelled, failed (with
    message and traceback): its last word. interrupted: gone without a last word. idle: nobody has begun. `done` of `total` (0:
    unknown) `unit`s of `phase`, `rate` of them a second lately, `eta` seconds to the end of the phase, `elapsed` seconds in all;
    `phases`: the finished ones, {"name", "seconds", "done", "total", "unit"}. `updated`: unix time of the last heartbeat.
    """

    state: State
    phase: str = ""
    done: int = 0
    total: int = 0
    unit: str = ""
    rate: float | None = None
    elapsed: float | None = None
    eta: float | None = None
    phases: list[dict[str, Any]] = field(default_factory=list)
    message: str = ""
    traceback: str = ""
    pid: int | None = None
    updated: float | None = None


def state(folder: Path) -> JobState:
    """The state of the job on the run or study in `folder`; "interrupted" only after a second look at what it said last."""
    folder = Path(folder)
    said = status.read(folder)
    pid = lock.holder(folder / lock.NAME)
    if pid is not None:
        return _living(said, pid)
    if said.get("state") in status.LIVE:
        said = status.read(folder)  # it may have said its last word between the two looks
    journal = Journal(folder / JOURNAL).lines()
    if any(line["kind"] == "finished" for line in journal):
        return _told("finished", said)
    if said.get("state") in status.LAST:
        return _told(said["state"], said)
    if said.get("state") in status.LIVE and (status.asked_at(folder) or 0) >= float(said.get("queued") or 0) * 1e9:
        return _told("cancelled", said)  # it was asked to stop and had to be killed
    return _told("interrupted" if said or journal else "idle", said)


def log_tail(folder: Path, lines: int = 40) -> str:
    """The last lines of what the job wrote, at most 64 kB; empty where there is no log."""
    try:
        with os.fdopen(opening.regular(Path(folder) / status.LOG), "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def _living(said: Mapping[str, Any], pid: int) -> JobState:
    """Someone holds the lock: the job that `said` this, a new one that has not spoken yet, or a script that calls the library."""
    if pid != lock.UNKNOWN and said.get("pid") != pid:
        return JobState("running", pid=pid)
    now: State = "running"
    if said.get("state") in ("queued", *status.LAST):
        now = said["state"]  # a last word: it is about to let go
    silent = time.time() - float(said.get("updated") or 0)
    if now in status.LIVE and silent > SILENT:
        now = "stalled"
    return _told(now, said, pid=pid or None)


def _told(now: State, said: Mapping[str, Any], *, pid: int | None = None) -> JobState:
    """The state `now`, with the figures of the last status."""
    live = pid is not None and now not in status.LAST
    updated, begun = said.get("updated"), said.get("started") or said.get("queued")
    rate, total, done = said.get("rate"), int(said.get("total") or 0), int(said.get("done") or 0)
    ahead = (total - done) / rate if live and rate and total else None
    end = time.time() if live else updated
    return JobState(
        now,
        phase=str(said.get("phase") or ""),
        done=done,
        total=total,
        unit=str(said.get("unit") or ""),
        rate=rate if live else None,
        elapsed=None if begun is None or end is None else max(0.0, end - begun),
        eta=None if ahead is None or updated is None else max(0.0, ahead - (time.time() - updated)),
        phases=list(said.get("phases") or []),
        message=str(said.get("message") or ""),
        traceback=str(said.get("traceback") or ""),
        pid=pid,
        updated=updated,
    )
