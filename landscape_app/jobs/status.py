"""status.json: the last report of the job on a folder. Only the holder of the folder's lock writes
it.

It is used for progress and messages only. The lock says whether a job is alive, and the journal how
far its run is. The folder may come from someone else, so every field is checked alone, and an
invalid field counts as missing.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from landscape_app.store import opening
from landscape_app.store.files import read_bytes, read_json, replace_content, to_json, write_all

NAME = "status.json"
LOG = "log.txt"
CANCEL = "cancel"  # the file that asks for a cancel; it holds the time of asking, in ns
EXIT = "exit.json"  # how the process of a job ended that had no last word; written by who saw it
LAUNCHED = "LANDSCAPE_LAUNCHED"  # environment of a launched job: when it was launched, in ns

LIVE = ("queued", "running")
LAST = ("finished", "cancelled", "failed")  # a last word

MOST = 1 << 20  # bytes of status.json that are looked at
LARGEST = 1 << 53  # of the whole numbers
AHEAD = 3600.0  # s that the clock of another machine may be ahead of ours
WORD, MESSAGE, TRACE = 200, 2_000, 50_000  # letters of a word, of a message, of a traceback
PHASES, SETTINGS = 100, 100  # how many are kept
LONGEST = 1e12  # s
BLOCK = 4096  # bytes that a small file has on the disk, whatever its length


@dataclass(frozen=True)
class JobStatus:
    """A checked status. `command`, `settings`: the request. `within`: the study that the job was a
    part of, or "". `before`: seconds that earlier jobs of this command worked without an end.
    `host`: the machine that it works on. `torn`: status.json exists and cannot be read, for
    example after a full disk or a power cut. Times are unix times.
    """

    state: str = ""
    pid: int | None = None
    host: str = ""
    command: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    within: str = ""
    before: float = 0.0
    queued: float | None = None
    started: float | None = None
    updated: float | None = None
    phase: str = ""
    done: int = 0
    total: int = 0
    unit: str = ""
    rate: float | None = None
    phases: tuple[dict[str, Any], ...] = ()
    message: str = ""
    traceback: str = ""
    torn: bool = False


def read(folder: Path) -> JobStatus:
    """The last status; empty where there is none."""
    try:
        content = read_bytes(Path(folder) / NAME, most=MOST)
    except FileNotFoundError:
        return JobStatus()
    except OSError:
        return JobStatus(torn=True)
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError):
        return JobStatus(torn=True)
    return _checked(fields) if isinstance(fields, dict) else JobStatus(torn=True)


def spent(folder: Path, command: str) -> float:
    """Seconds that jobs of this command have worked on the folder since one of them ended it: what
    a job that goes on adds to its own time. 0 where the last job was another, or finished.
    """
    last = read(folder)
    if last.command != command or last.state in ("", LAST[0]):
        return 0.0
    if last.started is None or last.updated is None:
        return last.before  # it never came to its turn
    return last.before + max(0.0, last.updated - last.started)


def write(folder: Path, status: Mapping[str, Any]) -> None:
    """Replace the status at once. It is not synced, because it may be lost in a power cut. Raises
    OSError.
    """
    replace_content(folder / NAME, to_json(status), durable=False)


def write_last(folder: Path, status: Mapping[str, Any]) -> None:
    """As `write`; but on a full disk it overwrites the old content and is cut to its size. Raises
    OSError.
    """
    try:
        write(folder, status)
    except OSError:
        handle = opening.regular(folder / NAME, os.O_WRONLY)
        try:
            content = _fitting(status, max(BLOCK, os.fstat(handle).st_size))
            write_all(handle, content)
            os.ftruncate(handle, len(content))
        finally:
            os.close(handle)


def note_end(folder: Path, job_status: JobStatus, code: int) -> None:
    """Store how the process of the job of this status ended: its exit code, or the number of the
    signal that ended it as a negative number. Raises OSError.
    """
    replace_content(
        folder / EXIT,
        to_json({"pid": job_status.pid, "queued": job_status.queued, "code": code}),
        durable=False,
    )


def end_of(folder: Path, job_status: JobStatus) -> int | None:
    """The exit code of the job of this status, as `note_end` stored it; None where nothing saw its
    end.
    """
    try:
        fields = read_json(Path(folder) / EXIT, most=BLOCK)
    except (OSError, ValueError):
        return None
    if not isinstance(fields, dict) or (fields.get("pid"), fields.get("queued")) != (
        job_status.pid,
        job_status.queued,
    ):
        return None
    code = fields.get("code")
    return (
        code
        if isinstance(code, int) and not isinstance(code, bool) and -64 <= code <= 255
        else None
    )


def asked_at(folder: Path) -> int | None:
    """The time at which a cancel was asked for (ns); None if it was not."""
    try:
        return int(read_bytes(Path(folder) / CANCEL, most=64))
    except (OSError, ValueError):
        return None


def _fitting(status: Mapping[str, Any], size: int) -> bytes:
    """`status` in at most `size` bytes. First the traceback is dropped, then the phases, then the
    end of the message.
    """
    content = to_json(status)
    short = str(status.get("message"))[:WORD]
    cuts: tuple[dict[str, Any], ...] = (
        {"traceback": ""},
        {"phases": []},
        {"argv": []},
        {"message": short},
        {"settings": {}},
    )
    for cut in cuts:
        if len(content) <= size:
            break
        status = {**status, **cut}
        content = to_json(status)
    return content


def _checked(fields: Mapping[str, Any]) -> JobStatus:
    """The status with each field that has the right type; other fields count as missing."""
    latest, state = time.time() + AHEAD, fields.get("state")
    phases, settings = fields.get("phases"), fields.get("settings")
    return JobStatus(
        state=state if isinstance(state, str) and state in (*LIVE, *LAST) else "",
        pid=_whole(fields.get("pid")) or None,
        host=_text(fields.get("host"), WORD),
        command=_text(fields.get("command"), WORD),
        settings=dict(list(settings.items())[:SETTINGS]) if isinstance(settings, dict) else {},
        within=_text(fields.get("within"), WORD),
        before=_number(fields.get("before"), LONGEST) or 0.0,
        queued=_number(fields.get("queued"), latest),
        started=_number(fields.get("started"), latest),
        updated=_number(fields.get("updated"), latest),
        phase=_text(fields.get("phase"), WORD),
        done=_whole(fields.get("done")),
        total=_whole(fields.get("total")),
        unit=_text(fields.get("unit"), WORD),
        rate=_number(fields.get("rate"), 1e12) or None,
        phases=tuple(map(_phase, filter(_named, phases[:PHASES])))
        if isinstance(phases, list)
        else (),
        message=_text(fields.get("message"), MESSAGE),
        traceback=_text(fields.get("traceback"), TRACE),
    )


def _named(phase: object) -> bool:
    return isinstance(phase, dict) and isinstance(phase.get("name"), str)


def _phase(given: Mapping[str, Any]) -> dict[str, Any]:
    words = {name: _text(given.get(name), WORD) for name in ("name", "unit")}
    return {
        **words,
        "seconds": _number(given.get("seconds"), LONGEST),
        "done": _whole(given.get("done")),
        "total": _whole(given.get("total")),
    }


def _text(given: object, most: int) -> str:
    return given[:most].encode(errors="replace").decode() if isinstance(given, str) else ""


def _number(given: object, most: float) -> float | None:
    """A finite number from 0 to `most`."""
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not 0 <= given <= most:
        return None
    return float(given) if math.isfinite(given) else None


def _whole(given: object) -> int:
    """A whole number from 0 to `LARGEST`; 0 for any other value."""
    return (
        given
        if isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= LARGEST
        else 0
    )
