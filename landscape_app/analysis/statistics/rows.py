"""The rows of a CSV text, each with the line on which it begins; the sign that separates the cells
is found, or asked for.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from landscape_app.errors import DataError
from landscape_app.limits import ticking
from landscape_app.records.cells import clean, like_a_number, missing
from landscape_app.records.csv_text import plain

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
OTHERS = {
    "|": "'|'",
    " ": "spaces",
    ":": "':'",
    "^": "'^'",
    "~": "'~'",
    "\x1f": "unit separators",
    "\x01": "control characters",
}
# the first line of a file that tells a spreadsheet how to read it
HINT = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
LOOKED_AT = 50  # rows, to find the sign
MOST = 4_000  # rows; the statistics hold about ten matrices of rows × rows, 128 MB each then
BESIDE = 100  # rows more: the names of the columns, and lines at the end that sum up
LINES = 40_000  # with those that are empty
MOST_COLUMNS, LONGEST = 2_000, 2_000  # columns, characters of a cell
COMMENTS = ("#", "%")


@dataclass(frozen=True)
class CsvRow:
    """Its cells, and the line of the text on which it begins, from 1."""

    line: int
    cells: list[str]

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it, as in a blank line or one of separators alone."""
        return not any(self.cells)


def rows(text: str, name: str) -> tuple[list[CsvRow], str]:
    """(the rows of `text` that are not empty, the first of them the names of the columns; the sign
    that separates the cells).

    Raises DataError for a quote that is never closed, cells that are separated by none of
    SEPARATORS, and for more rows, columns or characters in a cell than are read: they are counted
    on the way.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    hint = HINT.fullmatch(text.partition("\n")[0].strip(" "))
    if hint:
        lines = _parsed(text, hint.group(1), name, skip=1)
        return list(lines), hint.group(1)
    separator = _separator(text, name)
    return list(_parsed(text, separator, name)), separator


def uncommented(text: str) -> tuple[str, int]:
    """(`text` whose lines of comment above the names of the columns are blank, how many they were).

    A line such as `#params,gap_loss` right above a line with values holds the names, and stays.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    begin = 1 if HINT.fullmatch(lines[0].strip(" ")) else 0
    filled = (i for i in range(begin, min(len(lines), LINES)) if lines[i].strip())
    leading = list(
        itertools.takewhile(lambda i: lines[i].strip().lstrip('"').startswith(COMMENTS), filled)
    )
    after = next((line for line in lines[leading[-1] + 1 :] if line.strip()), "") if leading else ""
    if any(
        like_a_number(cell) or (clean(cell) and missing(cell)) for cell in re.split("[,;\t]", after)
    ):
        leading.pop()
    for i in leading:
        lines[i] = ""
    return "\n".join(lines), len(leading)


def _parsed(text: str, separator: str, name: str, skip: int = 0) -> Iterator[CsvRow]:
    """Every row that is not empty. Raises DataError naming the line of a fault."""
    given, lines = 0, 0
    reader = csv.reader(
        io.StringIO(text, newline="\n"),
        delimiter=separator,
        skipinitialspace=separator != " ",
        strict=True,
    )
    line, ticked = 1, ticking(reader)
    while True:
        try:
            cells = next(ticked)
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError(
                f"Line {line} of {lower(name)} cannot be read: {_words(error)}."
            ) from error
        _check_size(cells, line, name)
        row = CsvRow(line, [plain(clean(cell)) for cell in cells])
        lines += 1
        if lines > LINES:
            raise DataError(f"{name} has more than {LINES:,} lines: it is no table of networks.")
        if line > skip and not row.empty:
            given += 1
            if given > MOST + BESIDE:
                raise DataError(
                    f"{name} has more than {MOST} rows; at most {MOST} can be analysed at once."
                )
            yield row
        line = reader.line_num + 1


def _check_size(cells: list[str], line: int, name: str) -> None:
    if len(cells) > MOST_COLUMNS:
        raise DataError(
            f"Line {line} of {lower(name)} has {len(cells):,} cells; at most {MOST_COLUMNS:,}"
            " columns are read."
        )
    longest = max(map(len, cells), default=0)
    if longest > LONGEST:
        raise DataError(
            f"Line {line} of {lower(name)} has a cell of {longest:,} characters; at most"
            f" {LONGEST:,} are read."
        )


def _words(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end" in text:
        return "a quotation mark opens there and is never closed"
    return "more stands after a closing quotation mark" if "expected after" in text else text


def _separator(text: str, name: str) -> str:
    """The one by which the rows are as long as the first, and most cells are numbers. Raises
    DataError where none cuts the first line.
    """
    best, most = "", (0.0, 0.0, 0)
    for separator in SEPARATORS:
        try:
            first = list(itertools.islice(_parsed(text, separator, name), LOOKED_AT))
        except DataError:
            if separator == ",":
                continue
            first = []
        width = len(first[0].cells) if first else 0
        if width > 1:
            cells = [cell for row in first[1:] for cell in row.cells]
            fits = sum(len(row.cells) == width for row in first) / len(first)
            numbers = sum(missing(cell) or like_a_number(cell) for cell in cells) / max(
                len(cells), 1
            )
            if (fits, numbers, width) > most:
                best, most = separator, (fits, numbers, width)
    return best or _one_column(text, name)


def _one_column(text: str, name: str) -> str:
    """The comma for a text without rows, which is refused elsewhere. Raises DataError, naming what
    seems to separate the cells.
    """
    lines = list(_parsed(text, ",", name))
    if len(lines) < 2:
        return ","
    head = lines[0].cells[0]
    seems = next((words for sign, words in OTHERS.items() if sign in head), None)
    guess = (
        f"They seem to be separated by {seems}; save it with one of these."
        if seems
        else "One for the gap and one for a measure are needed."
    )
    raise DataError(
        f"{name} has one column, '{head[:60]}': its cells have to be separated by commas,"
        f" semicolons or tabs. {guess}"
    )


def lower(name: str) -> str:
    """The name of a table inside a sentence."""
    return name[0].lower() + name[1:]
