"""The mark of a run: its shape in its colour, the same on every page."""

from __future__ import annotations

from typing import Any

from dash import html

from landscape_app.figures.palette import MARKS


def mark(slot: int, label: str = "") -> Any:
    """A run's shape in its colour."""
    return html.Span(
        MARKS[slot],
        className=f"ls-run ls-run-{slot + 1}",
        **({"aria-label": label, "role": "img"} if label else {"aria-hidden": "true"}),
    )
