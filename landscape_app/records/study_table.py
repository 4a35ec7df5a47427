"""The table of a study: one row per network, columns of numbers or words of equal length.

The pipeline or a CSV file makes it, the statistics judge its columns, the study's folder stores it
(result "table"), and the page draws it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pydantic import BaseModel

from landscape_app.errors import DataError, UnknownNameError
from landscape_app.records import cells
from landscape_app.records.stored_types import LOOSE, Named, Reasons, Text


class ColumnTitle(BaseModel):
    """A column of numbers, and its label."""

    model_config = LOOSE

    name: Named
    label: Named


class TableMeta(BaseModel):
    """The words of a stored table. columns: of its array, in order. words: the other columns.
    missing: {run: why it has no row}.
    """

    model_config = LOOSE

    runs: list[Named]
    columns: list[ColumnTitle]
    words: dict[Named, list[Text]]
    missing: Reasons | None = None


@dataclass(frozen=True, eq=False)
class StudyTable:
    """n networks. columns: {name: (n,) float64, NaN where there is no number, or (n,) str}. labels:
    {column: in words}. lines: where each row begins in the file that it was read from; empty for
    another source. missing: {network: why it has no row}. Raises ValueError for columns of
    different lengths.
    """

    ids: tuple[str, ...]
    columns: Mapping[str, np.ndarray]
    labels: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[int, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, column in self.columns.items():
            if len(column) != len(self.ids):
                raise ValueError(f"{name} has {len(column)} entries for {len(self.ids)} networks")

    def __len__(self) -> int:
        return len(self.ids)

    def has_numbers(self, name: str) -> bool:
        """Whether there is a column of numbers called `name`."""
        return name in self.columns and self.numeric(name)

    def numeric(self, name: str) -> bool:
        """Whether the column holds numbers; raises UnknownNameError."""
        if name not in self.columns:
            raise UnknownNameError("column", name, self.columns)
        return bool(self.columns[name].dtype.kind == "f")

    def numbers(self, name: str) -> np.ndarray:
        """(n,) float64; raises UnknownNameError, or DataError naming the first row in which there
        is a word.
        """
        if self.numeric(name):
            return self.columns[name]
        row, cell = self.words(name)[0]
        raise DataError(
            f"Column '{name}' has to hold numbers, but {self.place(row)} it says '{cell}'."
        )

    def words(self, name: str) -> list[tuple[int, str]]:
        """(row, cell) of every word in a column that is not numeric. Numbers and missing values are
        not words.
        """
        column = [] if self.numeric(name) else self.columns[name].tolist()
        return [
            (row, cell)
            for row, cell in enumerate(column)
            if not (cells.missing(cell) or cells.like_a_number(cell))
        ]

    def place(self, row: int) -> str:
        """The line of a row, where it was read from a file, and its name."""
        line = f"on line {self.lines[row]}, " if self.lines else ""
        return f"{line}in row {self.ids[row]}"

    def label(self, name: str) -> str:
        """The column in words."""
        return self.labels.get(name, name)

    def varies(self, name: str) -> bool:
        """Whether there is a column `name` with more than one value."""
        return name in self.columns and len(np.unique(self.columns[name])) > 1

    def select(self, rows: np.ndarray) -> StudyTable:
        """The rows that a mask (n,) or positions name, in all columns at once."""
        chosen = np.arange(len(self))[rows]
        ids = tuple(self.ids[i] for i in chosen)
        lines = tuple(self.lines[i] for i in chosen) if self.lines else ()
        columns = {name: column[chosen] for name, column in self.columns.items()}
        return StudyTable(ids, columns, self.labels, lines)

    def to_stored(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """({"values": (n, columns of numbers) float64}, the words), as `from_stored` reads them."""
        names = [name for name in self.columns if self.numeric(name)]
        values = np.array([self.columns[name] for name in names]).T.reshape(len(self), len(names))
        meta = {
            "runs": list(self.ids),
            "columns": [{"name": name, "label": self.label(name)} for name in names],
            "words": {name: c.tolist() for name, c in self.columns.items() if name not in names},
            "missing": dict(self.missing),
        }
        return {"values": values}, meta

    @staticmethod
    def from_stored(arrays: Mapping[str, np.ndarray], meta: Mapping[str, Any]) -> StudyTable:
        """The table that `to_stored` gave; columns of words come first. Raises ValueError where the
        lengths differ, KeyError without values.
        """
        told = TableMeta.model_validate(meta)
        values = np.asarray(arrays["values"], dtype=np.float64)
        if values.shape != (len(told.runs), len(told.columns)):
            raise ValueError("its columns are not as long as its rows are many")
        words = {name: np.array(column, dtype=str) for name, column in told.words.items()}
        numbers = {column.name: values[:, i] for i, column in enumerate(told.columns)}
        labels = {column.name: column.label for column in told.columns}
        return StudyTable(
            tuple(told.runs), {**words, **numbers}, labels, missing=told.missing or {}
        )


def column(values: Sequence[Any]) -> np.ndarray:
    """A column of settings or numbers: all numbers (None: no value) or, if anything else is among
    them, all words.
    """
    if all(
        value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))
        for value in values
    ):
        return np.array(
            [math.nan if value is None else float(value) for value in values], dtype=np.float64
        )
    return np.array([_word(value) for value in values], dtype=str)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    return "" if value is None else str(value)
