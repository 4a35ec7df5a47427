"""Short notices in the page's corner: what was done, or why not, as plain text."""

from __future__ import annotations

from typing import Any


def done(text: str) -> list[dict[str, Any]]:
    """It was done."""
    return [{"action": "show", "message": text, "color": "accent", "withBorder": True}]


def refused(text: str) -> list[dict[str, Any]]:
    """It was not done, in the words that the command line would use; it stays until it is
    closed.
    """
    return [
        {
            "action": "show",
            "title": "Not done",
            "message": text,
            "color": "red",
            "autoClose": False,
            "withBorder": True,
        }
    ]
