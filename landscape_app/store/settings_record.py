"""The settings with which a run was begun. They are in its journal and are compared with spec.json,
so that one run has one protocol.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from landscape_app.errors import RunDamagedError
from landscape_app.store.seal import checksum

SETTINGS = "settings"  # in a line of one of KINDS: {"sha256", "values"}
MIGRATED = "migrated"
KINDS = ("prepared", MIGRATED)
NAMED = 4  # settings named in one sentence
SHOWN = 40  # letters of a value in it


def record(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The record of `settings`, as in spec.json, for a line of the journal."""
    return {"sha256": checksum(settings), "values": settings}


def check(path: Path, settings: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> None:
    """Raise RunDamagedError where the `settings` in the file `path` differ from a line that records
    settings.
    """
    for line in lines:
        then = line.get(SETTINGS) if line["kind"] in KINDS else None
        if then is not None and then["sha256"] != checksum(settings):
            raise RunDamagedError(
                f"The settings in {path} were changed after sampling"
                f" began{_changes(then['values'], settings)}. Put them back, or begin a new run"
                " with the other settings."
            )


def _changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """': epochs was 7, is 9; seed was 0, is gone'; nothing where the line's own values do not fit
    its hash.
    """
    names = sorted(name for name in {*then, *now} if then.get(name, ...) != now.get(name, ...))
    changes = [
        f"{_shown(name)} was {_value(then, name)}, is {_value(now, name)}" for name in names[:NAMED]
    ]
    more = f"; and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f": {'; '.join(changes)}{more}" if changes else ""


def _value(settings: Mapping[str, Any], name: str) -> str:
    return _shown(repr(settings[name])) if name in settings else "not there"


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
