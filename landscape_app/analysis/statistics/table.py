"""A table of networks: one row a network, columns of numbers or words, aligned; read from and written as CSV without loss."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from landscape_app.errors import DataError, UnknownNameError

IDS = ("id", "run", "run_id")  # the first of these columns names the rows
MOST = 4_000  # rows; the statistics hold about ten matrices of rows × rows, 128 MB each then
WHOLE = 1e15  # whole numbers up to here are written without a point


@dataclass(frozen=True, eq=False)
class Table:
    """n networks. columns: {name: (n,) float64, NaN where there is no number, or (n,) str}. labels: what a column is called in words."""

    ids: tuple[str, ...]
    columns: Mapping[str, np.ndarray]
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, column in self.columns.items():
            if len(column) != len(self.ids):
                raise ValueError(f"{name} has {len(column)} entries for {len(self.ids)} networks")

    def __len__(self) -> int:
        return len(self.ids)

    def numeric(self, name: str) -> bool:
        """Whether the column holds numbers; raises UnknownNameError."""
        if name not in self.columns:
            raise UnknownNameError("column", name, self.columns)
        return bool(self.columns[name].dtype.kind == "f")

    def numbers(self, name: str) -> np.ndarray:
        """(n,) float64; raises UnknownNameError, or DataError naming the first row in which there is a word."""
        if self.numeric(name):
            return self.columns[name]
        id, cell = next((id, cell) for id, cell in zip(self.ids, self.columns[name].tolist(), strict=True) if _number(cell) is None)
        raise DataError(f"Column '{name}' has to hold numbers, but in row {id} it says '{cell}'.")

    def label(self, name: str) -> str:
        """The column in words."""
        return self.labels.get(name, name)

    def select(self, rows: np.ndarray) -> Table:
        """The rows that a mask (n,) or positions name, in all columns at once."""
        chosen = np.arange(len(self))[rows]
        ids = tuple(self.ids[i] for i in chosen)
        return Table(ids, {name: column[chosen] for name, column in self.columns.items()}, self.labels)


def column(values: Sequence[Any]) -> np.ndarray:
    """A column of settings or numbers: all numbers (None: no value) or, if anything else is among them, all words."""
    if all(value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)) for value in values):
        return np.array([math.nan if value is None else float(value) for value in values], dtype=np.float64)
    return np.array([_word(value) for value in values], dtype=str)


def to_csv(table: Table) -> str:
    """One line a network, its id first. A number is written with all its digits; an absent one is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([IDS[0], *table.columns])
    for i, id in enumerate(table.ids):
        writer.writerow([id, *(_cell(column[i].item()) for column in table.columns.values())])
    return text.getvalue()


def from_csv(text: str, name: str = "The table") -> Table:
    """The table that `text` holds: columns in which every cell is a number or empty are numbers, others words.

    Raises DataError for no or double names of columns, a row of another length, double ids, no rows, more than MOST rows.
    """
    lines = [line for line in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) if line]
    if len(lines) < 2:
        raise DataError(f"{name} needs a first line with the names of the columns, and a line per network.")
    head, rows = [cell.strip() for cell in lines[0]], lines[1:]
    double = next((one for i, one in enumerate(head) if one in head[:i] or not one), None)
    if double is not None:
        raise DataError(f"{name} has {f'two columns called {double!r}' if double else 'a column without a name'}.")
    if len(rows) > MOST:
        raise DataError(f"{name} has {len(rows)} rows; at most {MOST} can be analysed at once.")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(head):
            raise DataError(
                f"Line {number} of {name[0].lower() + name[1:]} has {len(row)} cells; the first line names {len(head)} columns."
            )
    cells = {title: [row[i].strip() for row in rows] for i, title in enumerate(head)}
    return _named(cells, name)


def _named(cells: dict[str, list[str]], name: str) -> Table:
    key = next((title for title in IDS if title in cells), None)
    ids = [f"row {i}" for i in range(1, 1 + len(next(iter(cells.values()))))] if key is None else cells.pop(key)
    twice = next((id for i, id in enumerate(ids) if id in ids[:i]), None) if len(set(ids)) < len(ids) else None
    if twice is not None:
        raise DataError(f"{name} has two rows called '{twice}'.")
    return Table(tuple(ids), {title: _column(values) for title, values in cells.items()})


def _column(cells: list[str]) -> np.ndarray:
    numbers = [_number(cell) for cell in cells]
    if any(number is None for number in numbers):
        return np.array(cells, dtype=str)
    return np.array(numbers, dtype=np.float64)


def _number(cell: str) -> float | None:
    """The number that the cell says, NaN if it is empty, None if it is a word."""
    try:
        return float(cell) if cell else math.nan
    except ValueError:
        return None


def _cell(value: float | str) -> str:
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < WHOLE else repr(value)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else "" if value is None else str(value)
