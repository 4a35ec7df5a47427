"""Cells of CSV files that a spreadsheet takes for text: what begins like a formula is run by it
when the file is opened.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

FORMULA = re.compile(r"'*[=+\-@\t\r]")
QUOTE = "'"  # in front of a cell, to a spreadsheet: what follows is text


def lines(rows: Iterable[Iterable[Any]]) -> str:
    """The rows as CSV; texts that begin like a formula, and are no number, get a quote in front."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [shielded(value) for value in row] for row in rows
    )
    return text.getvalue()


def shielded(value: Any) -> Any:
    """`value`, a text with a quote in front where a spreadsheet would run it."""
    return (
        f"{QUOTE}{value}"
        if isinstance(value, str) and FORMULA.match(value) and not _number(value)
        else value
    )


def plain(text: str) -> str:
    """The text that was `shielded`, or any other as it is."""
    return text[1:] if text.startswith(QUOTE) and FORMULA.match(text) else text


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
