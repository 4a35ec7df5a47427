"""Values as JSON text: equal values give equal bytes. Untrusted text gives a value or a
ValueError.
"""

from __future__ import annotations

import json
import math
from typing import Any

DEEPEST = 64  # lists and objects within each other
SHOWN = 40  # letters of a number in a message
DEEP = "its lists and objects lie too deep in each other"


def to_json(value: Any, *, indent: int | None = None) -> bytes:
    """`value` as JSON in ASCII with sorted keys, so that equal values give equal bytes. Numbers and
    arrays of numpy become plain ones.
    """
    separators = None if indent else (",", ":")
    return json.dumps(
        value, sort_keys=True, indent=indent, separators=separators, default=_plain
    ).encode("ascii")


def plain(value: Any) -> Any:
    """`value` as JSON would return it: tuples become lists, and numpy's numbers become Python's."""
    return json.loads(to_json(value))


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be stored as JSON")


def from_json(content: bytes, *, words: bool = False) -> Any:
    """The value of a JSON text. Raises ValueError: it is not JSON, is nested too deep, or has a
    number that is neither a float nor an int64.

    words: NaN and Infinity are numbers too. `to_json` writes them for numbers that are not finite.
    """
    try:
        value = json.loads(
            content,
            parse_constant=float if words else _no_number,
            parse_float=_float,
            parse_int=_int,
        )
    except RecursionError as error:
        raise ValueError(DEEP) from error
    if content.count(b"[") + content.count(b"{") > DEEPEST:
        _check_depth(value)
    return value


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:SHOWN]} is too large a number")
    return value


def _int(text: str) -> int:
    value = int(text) if len(text) <= SHOWN else 2**63
    if not -(2**63) <= value < 2**63:
        raise ValueError(f"{text[:SHOWN]} is too large a number")
    return value


def _check_depth(value: Any) -> None:
    """Raise ValueError where lists and objects are nested more than DEEPEST deep. It works level by
    level, because a recursion would fail earlier.
    """
    level, depth = [value], 0
    while level := [value for value in level if isinstance(value, (dict, list))]:
        depth += 1
        if depth > DEEPEST:
            raise ValueError(DEEP)
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
