"""The meaning of the cells of a table: a number, nothing, or a word; and which decimal sign a file
uses.

Python's own float() accepts too much: it reads the network 16_4 as 164, and the word nan as a
number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from landscape_app.errors import DataError
from landscape_app.limits import ticking

Place = Callable[[int], str]  # row -> where it stands, for a message

# Words that say "no value", in any case: of pandas, R, MATLAB, SQL, Excel and C, and what people
# type.
_WORDS = (
    "na n/a n.a. n.a nan +nan -nan nat none null (null) nil <na> <none> #n/a #n/a! #na #null! "
    "#div/0! #num! #value! #ref! #name? #calc! #error! 1.#ind -1.#ind 1.#qnan -1.#qnan \\n missing "
    "undefined undef unknown void ? ?? - -- --- – — − _ . .. ... … * / n.d. n/d nd empty (empty) "
    "(missing) (none) (na) [na]"
)
MISSING = frozenset(_WORDS.split()) | {"", "not available", "not applicable", "no value", "n / a"}
INFINITE = re.compile(r"[+-]?(inf|infinity|∞)", re.IGNORECASE)
_EXPONENT = r"([eE][+-]?[0-9]+)?"
PLAIN = re.compile(rf"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+){_EXPONENT}")
GROUPED = re.compile(rf"[+-]?[1-9][0-9]{{0,2}}(,[0-9]{{3}})+(\.[0-9]*)?{_EXPONENT}")  # 1,234,567.8
# characters without a width, which copies from pages and sheets bring along
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"


def clean(cell: str) -> str:
    """The cell without white space and invisible characters at its ends."""
    before = None
    while before != cell:
        before, cell = cell, cell.strip().strip(UNSEEN)
    return cell


def missing(cell: str) -> bool:
    """Whether the cell means that there is no value."""
    return clean(cell).casefold() in MISSING


def number(cell: str) -> float | None:
    """The number in a cell with a decimal point; NaN where there is no value, None if it is a
    word.
    """
    return math.nan if missing(cell) else _by_point(_digits(cell)[0])


def like_a_number(cell: str) -> bool:
    """Whether the cell is a number with one of the decimal signs."""
    digits = _digits(cell)[0]
    return not missing(cell) and (_by_point(digits) is not None or _by_comma(digits) is not None)


def arrays(
    cells: Mapping[str, Sequence[str]], place: Place, name: str
) -> tuple[dict[str, np.ndarray], list[str]]:
    """({column: (n,) float64, or (n,) str if any cell is a word}, decisions about signs, in
    sentences).

    A missing value is NaN among numbers; words are not changed. Raises DataError where a file uses
    both decimal signs, or where decimals can be read in two ways, and for a column in which only
    some cells are percentages.
    """
    numeric = {
        title: column
        for title, column in ticking(cells.items())
        if all(missing(cell) or like_a_number(cell) for cell in column)
    }
    comma = _decimal_comma(numeric, place, name)
    read = _by_comma if comma else _by_point
    percent = [
        title for title, column in ticking(numeric.items()) if _percent(title, column, place)
    ]
    columns = {}
    for title, column in ticking(cells.items()):
        if title not in numeric:
            columns[title] = np.array(list(column), dtype=str)
            continue
        values = [math.nan if missing(cell) else read(_digits(cell)[0]) for cell in column]
        columns[title] = np.array(values, dtype=np.float64) / (100.0 if title in percent else 1.0)
    grouped = [
        title
        for title, column in ticking(numeric.items())
        if any(_grouped(cell, comma) for cell in column)
    ]
    notes = ["Its decimals are written by a comma."] if comma else []
    notes += [f"Signs between thousands are left out: {', '.join(grouped)}."] if grouped else []
    notes += [f"Percentages are read as shares: {', '.join(percent)}."] if percent else []
    return columns, notes


def _digits(cell: str) -> tuple[str, bool]:
    """(the cell without its percent sign, whether it had one). A typographic minus becomes a plain
    one.
    """
    text = clean(cell).replace("−", "-")
    return (text[:-1].rstrip(), True) if text.endswith("%") else (text, False)


def _by_point(text: str) -> float | None:
    """1,234.5 is 1234.5."""
    if INFINITE.fullmatch(text):
        return math.inf * (-1 if text.startswith("-") else 1)
    if PLAIN.fullmatch(text):
        return float(text)
    return float(text.replace(",", "")) if GROUPED.fullmatch(text) else None


def _by_comma(text: str) -> float | None:
    """1.234,5 is 1234.5. None for a point alone, as in 0.5: such a cell has a decimal point."""
    turned = text.translate(str.maketrans(",.", ".,"))
    return _by_point(turned)


def _grouped(cell: str, comma: bool) -> bool:
    """Whether the cell has a sign between its thousands."""
    text = _digits(cell)[0]
    return (
        GROUPED.fullmatch(text.translate(str.maketrans(",.", ".,")) if comma else text) is not None
    )


def _decimal_comma(columns: Mapping[str, Sequence[str]], place: Place, name: str) -> bool:
    """Whether the file has decimal commas. Cells that can be read in only one way decide."""
    points = next(_only(columns, _by_point, _by_comma), None)
    commas = next(_only(columns, _by_comma, _by_point), None)
    if points is not None and commas is not None:
        raise DataError(
            f"{name} writes decimals in two ways: {_where(points, place)} and"
            f" {_where(commas, place)}. Use one sign."
        )
    doubtful = next(_doubtful(columns), None)
    if points is None and commas is None and doubtful is not None:
        cell = doubtful[2]
        raise DataError(
            f"{_upper(_where(doubtful, place))} can be {_by_comma(_digits(cell)[0]):g} or"
            f" {_by_point(_digits(cell)[0]):g}. Write decimals by a point, and thousands without a"
            " sign."
        )
    return commas is not None


Cell = tuple[str, int, str]  # column, row, cell


def _every(columns: Mapping[str, Sequence[str]]) -> Iterator[Cell]:
    for title, column in ticking(columns.items()):
        for row, cell in enumerate(column):
            if not missing(cell):
                yield title, row, cell


def _only(
    columns: Mapping[str, Sequence[str]],
    one: Callable[[str], float | None],
    other: Callable[[str], float | None],
) -> Iterator[Cell]:
    """Cells that are numbers with one decimal sign and not with the other."""
    return (
        cell
        for cell in _every(columns)
        if one(_digits(cell[2])[0]) is not None and other(_digits(cell[2])[0]) is None
    )


def _doubtful(columns: Mapping[str, Sequence[str]]) -> Iterator[Cell]:
    """Cells with a comma that are different numbers with each decimal sign. Cells with only a point
    are read with a decimal point.
    """
    return (
        cell
        for cell in _every(columns)
        if "," in cell[2] and _by_point(_digits(cell[2])[0]) != _by_comma(_digits(cell[2])[0])
    )


def _percent(title: str, column: Sequence[str], place: Place) -> bool:
    """Whether the column holds percentages. Raises DataError where only some of its cells do."""
    marks = [(row, _digits(cell)[1]) for row, cell in enumerate(column) if not missing(cell)]
    without = next((row for row, mark in marks if not mark), None)
    with_one = next((row for row, mark in marks if mark), None)
    if with_one is not None and without is not None:
        raise DataError(
            f"Column '{title}' has '{clean(column[with_one])}' on {place(with_one)} and"
            f" '{clean(column[without])}' on {place(without)}: give all of them as percentages, or"
            " none."
        )
    return with_one is not None


def _where(cell: Cell, place: Place) -> str:
    return f"'{clean(cell[2])}' in column '{cell[0]}' on {place(cell[1])}"


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]
