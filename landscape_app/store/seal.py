"""A checksum inside a JSON object. It shows changes and damage when the object is read.

It is a checksum of the values, not of the bytes: other spaces, another order of keys, or 1.0
instead of 1 do not change it. It does not show who wrote the values, because anyone can compute it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from landscape_app.store.files import to_json

SUM = "checksum"
# what may be added to an object, or taken from it, without its checksum being another
OUTSIDE = (SUM, "signature")
EXACT = 2**53  # whole numbers below are the same as float and as int


def checksum(content: Mapping[str, Any]) -> str:
    """SHA-256 of the values of `content`, without the keys in OUTSIDE."""
    return hashlib.sha256(
        to_json(_same({key: value for key, value in content.items() if key not in OUTSIDE}))
    ).hexdigest()


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """`content` with its checksum inside."""
    return {**content, SUM: checksum(content)}


def sound(content: Mapping[str, Any]) -> bool:
    """Whether `content` is unchanged since it was sealed; also False if it never was."""
    return content.get(SUM) == checksum(content)


def _same(value: Any) -> Any:
    """One common form for values that can be written in several ways."""
    if isinstance(value, Mapping):
        return {key: _same(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_same(held) for held in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return int(value)
    return value
