"""How numbers, settings, labels and tables are written on the page Study."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from landscape_app.number_text import DASH, number, percent
from landscape_app.settings import RunSpec

LONGEST = 38  # letters of a measure beside its row; its definition on hover has all
FRACTIONS = ("gap_accuracy", "train_accuracy", "test_accuracy")
NAMED = 3  # runs named in one sentence


def signed(value: float | None, digits: int = 2) -> str:
    """−0.56; – where there is none."""
    if value is None or not math.isfinite(value):
        return DASH
    text = f"{value:.{digits}f}"
    return (text if float(text) else text.lstrip("-")).replace("-", "−")


def between(low: float | None, high: float | None) -> str:
    """−0.86 to 0.24; empty where there is no interval."""
    return "" if low is None or high is None else f"{signed(low)} to {signed(high)}"


def shown(name: str, value: float) -> str:
    """A number as its kind is read: a fraction of the rows in percent."""
    return percent(float(value)) if name in FRACTIONS else number(float(value))


def plain(value: Any) -> str:
    """A setting's value as it is written: 0.05, 100, good."""
    if isinstance(value, str):
        return value or DASH
    return DASH if not math.isfinite(value) else f"{value:g}"


def column(name: str, label: str) -> str:
    """A column's name as a person reads it: a setting by its title."""
    field = RunSpec.model_fields.get(name)
    raw = label.replace("_", " ") if label == name else label
    return str(field.title) if field is not None and field.title else raw


def short(label: str) -> str:
    """A label that fits beside its row."""
    text = label.replace(" (not tested against noise)", "").replace(
        "expected sharpness", "exp. sharpness"
    )
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip(' ,')}…"


def named(runs: Sequence[str]) -> str:
    """The first runs, and how many more there are."""
    rest = len(runs) - NAMED
    return ", ".join(runs[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


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
