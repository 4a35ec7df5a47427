"""Parts of a layout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def controls(node: Any) -> Iterator[dict[str, Any]]:
    """The properties of every component in a layout."""
    if isinstance(node, dict):
        if isinstance(node.get("props"), dict):
            yield node["props"]
        for value in node.values():
            yield from controls(value)
    elif isinstance(node, list):
        for value in node:
            yield from controls(value)
