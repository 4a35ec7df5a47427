"""A table of networks as CSV: read from what spreadsheets write, and written without loss."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence

from landscape_app.analysis.statistics.rows import (
    MOST,
    SEPARATORS,
    CsvRow,
    lower,
    rows,
    uncommented,
)
from landscape_app.errors import DataError
from landscape_app.limits import most_bytes, ticking, timed, too_large
from landscape_app.records import cells, csv_text
from landscape_app.records.study_table import StudyTable

log = logging.getLogger("landscape")

IDS = ("id", "run", "run_id")  # the first of these columns, in any case, names the rows
# Names of lines at the end that sum up the rows above; the second only beside one of the first.
SUMS = (
    "total",
    "totals",
    "grand total",
    "sum",
    "mean",
    "average",
    "avg",
    "median",
    "std",
    "std dev",
    "stdev",
    "sd",
    "standard deviation",
)
LIMITS = (
    "min",
    "max",
    "minimum",
    "maximum",
    "count",
    "n",
    "var",
    "variance",
    "sem",
    "25%",
    "50%",
    "75%",
)
WHOLE = 1e15  # whole numbers up to here are written without a point


def to_csv(table: StudyTable) -> str:
    """One line a network, its id first. A number is written with all its digits; an absent one is
    an empty cell.
    """
    rows = (
        [id, *(_cell(column[i].item()) for column in table.columns.values())]
        for i, id in enumerate(table.ids)
    )
    return csv_text.lines([[IDS[0], *table.columns], *rows])


def from_csv(text: str, name: str = "The table") -> StudyTable:
    """The table that `text` holds: columns in which every cell is a number or has no value are
    numbers, others words.

    Cells are separated by commas, semicolons or tabs; decimals are written by a point or a comma;
    what was decided is said in one line. Raises DataError, with the line, for no or double names of
    columns, a row of another length, double ids, no rows, more than MOST rows, numbers that can be
    read in two ways.
    """
    with timed(name, DataError):
        return _parsed(text, name)


def _parsed(text: str, name: str) -> StudyTable:
    """`from_csv`, which looks at the clock."""
    text, comments = uncommented(text.removeprefix("\ufeff"))
    lines, separator = rows(text, name)
    if len(lines) < 2:
        raise DataError(
            f"{name} needs a first line with the names of the columns, and a line per network."
        )
    head = _head(lines, name)
    body, sums = _without_sums(head, lines[1:])
    _check_body(body, head, separator, name)
    texts = {
        title: [row.cells[i] for row in body]
        for i, title in enumerate(head)
        if title or any(row.cells[i] for row in body)
    }
    _check_memory(texts, name)
    places = tuple(row.line for row in body)
    ids = _ids(texts, places, name)
    columns, signs = cells.arrays(texts, lambda row: f"line {places[row]}", name)
    if decided := _decided(comments, sums, separator) + signs:
        log.info("%s: %s", name, " ".join(decided))
    return StudyTable(ids, columns, lines=places)


def _check_body(body: Sequence[CsvRow], head: Sequence[str], separator: str, name: str) -> None:
    """Raises DataError for too many rows, or one of another length than the head."""
    if len(body) > MOST:
        raise DataError(f"{name} has {len(body)} rows; at most {MOST} can be analysed at once.")
    for row in body:
        if len(row.cells) < len(head) or any(row.cells[len(head) :]):
            apart = "" if separator == "," else f" The cells are {_separated(separator)}."
            raise DataError(
                f"Line {row.line} of {lower(name)} has {len(row.cells)} cells; the first line names"
                f" {len(head)} columns.{apart}"
            )


def _separated(separator: str) -> str:
    return f"separated by {SEPARATORS.get(separator, repr(separator))}"


def _decided(comments: int, sums: Sequence[str], separator: str) -> list[str]:
    """What was decided about the file, in sentences."""
    several = f"Its first {comments} lines are comments."
    sentences = [several if comments > 1 else "Its first line is a comment."] if comments else []
    if sums:
        sentences.append(f"Lines that sum up the rows above are left out: {', '.join(sums)}.")
    if separator != ",":
        sentences.append(f"Its cells are {_separated(separator)}.")
    return sentences


def _check_memory(texts: Mapping[str, Sequence[str]], name: str) -> None:
    """Raises DataError where columns of words are too large: numpy gives every cell the room of the
    longest.
    """
    needed = sum(
        4 * len(column) * max(map(len, column), default=0) for column in ticking(texts.values())
    )
    if needed > most_bytes():
        raise DataError(too_large(name, needed, most_bytes(), "needs up to"))


def _head(lines: Sequence[CsvRow], name: str) -> list[str]:
    """The names of the columns. Raises DataError for a name that is there twice, none above values,
    and numbers in place of names.
    """
    head = list(lines[0].cells)
    while (
        head
        and not head[-1]
        and not any(len(row.cells) >= len(head) and row.cells[len(head) - 1] for row in lines)
    ):
        head.pop()  # a separator at the end of every line
    _check_distinct(head, name)
    for i, title in enumerate(head):
        if not title and i and any(row.cells[i : i + 1] != [""] for row in lines[1:]):
            raise DataError(
                f"{name} has a column without a name: the {_nth(i)} on line {lines[0].line}."
            )
    if all(not title or cells.like_a_number(title) for title in head):
        raise DataError(
            f"{name} has numbers on line {lines[0].line}, where the names of the columns are"
            " needed."
        )
    return head


def _check_distinct(head: Sequence[str], name: str) -> None:
    """Raises DataError for a name that is there twice."""
    first: dict[str, int] = {}
    for i, title in enumerate(head):
        if title and first.setdefault(title, i) < i:
            raise DataError(
                f"{name} has two columns called '{title}': the {_nth(first[title])} and the"
                f" {_nth(i)}."
            )


def _without_sums(head: Sequence[str], body: list[CsvRow]) -> tuple[list[CsvRow], list[str]]:
    """(the rows without lines at the end that are named as a sum or a mean of the others, the names
    of those lines).
    """
    place = _place_of_ids(head)
    if place is None:
        return body, []
    called = [row.cells[place] if place < len(row.cells) else "" for row in body]
    plain = [title.casefold().rstrip(" :.") for title in called]
    first = len(body)
    while first > 1 and plain[first - 1] in (*SUMS, *LIMITS):
        first -= 1
    return (body[:first], called[first:]) if {*SUMS} & {*plain[first:]} else (body, [])


def _place_of_ids(head: Sequence[str]) -> int | None:
    """Where the column with the names of the rows stands: the first of IDS, or a first column
    without a name; None without one.
    """
    known = {title.casefold(): i for i, title in reversed([*enumerate(head)])}
    return next((known[id] for id in IDS if id in known), 0 if head and not head[0] else None)


def _nth(index: int) -> str:
    """An index in words: 1st, 2nd, 3rd, 4th."""
    number = index + 1
    ending = (
        "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    return f"{number}{ending}"


def _ids(texts: dict[str, list[str]], lines: Sequence[int], name: str) -> tuple[str, ...]:
    """The names of the rows, whose column is taken out of `texts`: one of IDS, or a first column
    without a name (an index).
    """
    known = {title.casefold(): title for title in reversed(texts)}
    key = next((known[id] for id in IDS if id in known), None)
    index = texts.pop("", None)
    ids = texts.pop(key) if key is not None else index
    if ids is None:
        return tuple(f"row {i}" for i in range(1, 1 + len(lines)))
    first: dict[str, int] = {}
    for id, line in zip(ids, lines, strict=True):
        if not id:
            raise DataError(
                f"Line {line} of {lower(name)} has no name in the column '{key or ''}'."
            )
        if id in first:
            raise DataError(f"{name} has two rows called '{id}', on lines {first[id]} and {line}.")
        first[id] = line
    return tuple(ids)


def _cell(value: float | str) -> str:
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < WHOLE else repr(value)
