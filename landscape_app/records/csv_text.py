"""The only writer of CSV files. A spreadsheet runs a cell that begins like a formula when it opens
the file. Such a text gets a quote in front.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

FORMULA = re.compile(r"'*[=+\-@\t\r]")
QUOTE = "'"  # in front of a cell, to a spreadsheet: what follows is text


def lines(rows: Iterable[Iterable[Any]]) -> str:
    """The rows as CSV. A text that begins like a formula, and is not a number, gets a quote in
    front.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [shielded(value) for value in row] for row in rows
    )
    return text.getvalue()


def of_columns(columns: Mapping[str, np.ndarray]) -> str:
    """Columns (n,) of equal length as CSV: their names, then one line per row."""
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return lines([list(columns), *rows])


def shielded(value: Any) -> Any:
    """`value`; a text that a spreadsheet would run gets a quote in front."""
    return (
        f"{QUOTE}{value}"
        if isinstance(value, str) and FORMULA.match(value) and not _number(value)
        else value
    )


def plain(text: str) -> str:
    """The text before `shielded` changed it; any other text is returned unchanged."""
    return text[1:] if text.startswith(QUOTE) and FORMULA.match(text) else text


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
