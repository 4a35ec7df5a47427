"""The parts of a table as plain values: its heads, and the whole."""

from __future__ import annotations

from typing import Any


def head(label: str, means: str = "", limit: str = "") -> dict[str, Any]:
    """The head of a column; on hover what it means, and when it misleads."""
    lines = (
        [label, means, f"When it misleads: {limit}"] if limit else [label, means] if means else []
    )
    return {"label": label, "tip": lines}


def table(
    pick: str,
    caption: str,
    columns: list[dict[str, Any]],
    rows: list[dict[str, Any]],
    empty: str,
    *,
    summary: str = "",
) -> dict[str, Any]:
    """A table as the script reads it; `empty`: why it has no rows."""
    return {
        "pick": pick,
        "caption": caption,
        "said": summary,
        "columns": columns,
        "rows": rows,
        "empty": "" if rows else empty,
    }
