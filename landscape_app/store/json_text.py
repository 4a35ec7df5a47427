"""Values as JSON text, with equal bytes for equal values; and untrusted text as a value, or a
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
    """`value` as JSON in ASCII with sorted keys, so that equal values are equal bytes; numpy's
    numbers and arrays are plain ones.
    """
    separators = None if indent else (",", ":")
    return json.dumps(
        value, sort_keys=True, indent=indent, separators=separators, default=_plain
    ).encode("ascii")


def plain(value: Any) -> Any:
    """`value` as it comes back from JSON: tuples are lists, numpy's numbers are Python's."""
    return json.loads(to_json(value))


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be stored as JSON")


def from_json(content: bytes, *, words: bool = False) -> Any:
    """The value of a JSON text. Raises ValueError: it is none, is nested too deep, or names a
    number that is no float or int64.

    words: NaN and Infinity, by which `to_json` writes what is not finite, are numbers too.
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
    """Raises ValueError where lists and objects lie more than DEEPEST deep in each other; level by
    level, as recursion would end early.
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
