"""result.json: the facts of a stored result, with types that readers can rely on.

A file that was changed, or whose facts do not fit its name (store/result_types.py), is reported
once in the log and ignored.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landscape_app.errors import first_line
from landscape_app.store import files
from landscape_app.store.folder import LATEST
from landscape_app.store.result_types import fault, finite
from landscape_app.store.seal import sound

LARGEST = 6 * 2**20  # bytes; the emptiest lists of a file of this size take 150 MB
# files that are remembered in this process, each of at most so many bytes
REMEMBERED, SMALL = 10_000, 2**17
SHOWN = 40  # letters of a name in a message

Facts = Mapping[str, Any]

log = logging.getLogger("landscape")

_known: dict[Path, tuple[files.Stamp, Facts | None]] = {}
_mutex = threading.Lock()


def read(path: Path) -> Facts | None:
    """The facts in the file; None where they are not valid. Remembered while the file does not
    change.
    """
    stamp = files.stamp(path)
    with _mutex:
        entry = _known.get(path)
    if entry is not None and entry[0] == stamp:
        return entry[1]
    facts = None
    try:
        facts = checked(files.read_json(path, most=LARGEST, words=True))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("%s is left out: %s", path, first_line(error))
    if (
        stamp is not None
        and stamp == files.stamp(path)
        and stamp[1] <= SMALL
        and time.time_ns() - max(stamp[2:]) > files.SETTLED
    ):
        with _mutex:
            if len(_known) >= REMEMBERED:
                _known.clear()
            _known[path] = (stamp, facts)
    return facts


def checked(facts: Any) -> Facts:
    """`facts`, with None for every number in its meta that is not finite. Raises ValueError,
    KeyError, TypeError.
    """
    if not isinstance(facts, dict):
        raise ValueError("it is no JSON object")
    if facts.get("schema", 1) != 1 and not sound(facts):  # before schema 2 there was no checksum
        raise ValueError("it was changed or damaged after it was written")
    name, parameters, meta, arrays, created = (
        facts[key] for key in ("name", "parameters", "meta", "arrays", "created")
    )
    words = all(isinstance(facts[key], str) for key in ("name", "inputs", "version"))
    if not (words and isinstance(parameters, dict) and isinstance(meta, dict)):
        raise ValueError("it is not as a result is written")
    if type(created) not in (int, float) or not 0 <= created < LATEST:
        raise ValueError("it does not say when it was written")
    if not isinstance(arrays["sha256"], str) or type(arrays["bytes"]) is not int:
        raise ValueError("it does not say what its arrays are")
    meta = finite(meta)
    try:
        json.dumps([name, parameters, meta], ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError("it has letters that are none (half of a pair)") from error
    if why := fault(name, parameters, meta):
        raise ValueError(f"it says what no result '{name[:SHOWN]}' says ({why})")
    return {**facts, "meta": meta}
