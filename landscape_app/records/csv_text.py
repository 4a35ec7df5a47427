"""CSV files, written in one place. A spreadsheet runs a cell that begins like a formula when the
file is opened: such texts get a quote in front.
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
    """The rows as CSV; texts that begin like a formula, and are no number, get a quote in front."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [shielded(value) for value in row] for row in rows
    )
    return text.getvalue()


def of_columns(columns: Mapping[str, np.ndarray]) -> str:
    """Columns (n,) of equal length as CSV: their names, and a line a row."""
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return lines([list(columns), *rows])


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
