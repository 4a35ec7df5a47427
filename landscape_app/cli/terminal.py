"""Output for a terminal: tables that fit its width. A pipe never gets it."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

PADDING = 2  # columns between two cells
NARROWEST_TEXT = 24  # columns that a last column of sentences needs to be readable
STYLES = {"pass": "green", "FAIL": "bold red", "n/a": "dim", "–": "dim"}


def is_terminal(stream: TextIO | None) -> bool:
    """Whether `stream` is a terminal that can move its cursor."""
    if stream is None or os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        return False
    try:
        return stream.isatty()
    except ValueError:  # it is closed
        return False


def width() -> int:
    """Columns of the terminal behind standard output."""
    return shutil.get_terminal_size().columns


def table(head: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> str:
    """`rows` as a table as wide as the terminal. Where they do not fit, each row is a block of
    lines.

    numeric: for each column, whether its cells are aligned right.
    """
    console = _console()
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    spare = console.width - sum(widths[:-1]) - PADDING * (len(widths) - 1)
    if spare < min(widths[-1], NARROWEST_TEXT) and len(widths) > 2:
        return _blocks(console, head, rows)
    return _drawn(console, _grid(head, rows, numeric))


def _grid(
    head: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]
) -> RenderableType:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(
        box=box.SIMPLE_HEAD if any(head) else None,
        header_style="bold",
        padding=(0, PADDING, 0, 0),
        pad_edge=False,
        show_edge=False,
        show_header=any(head),
    )
    for index, (name, right) in enumerate(zip(head, numeric, strict=True)):
        last = index == len(head) - 1
        grid.add_column(
            Text(name), justify="right" if right else "left", no_wrap=not last, overflow="fold"
        )
    for row in rows:
        grid.add_row(*(Text(cell, style=STYLES.get(cell, "")) for cell in row))
    return grid


def _blocks(console: Console, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Each row as its first cell, followed by one line for every other cell that is not empty."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    lines: list[RenderableType] = []
    for first, *others in rows:
        lines.append(Text(first, style="bold"))
        for name, cell in zip(head[1:], others, strict=True):
            if cell:
                line = Text.assemble(
                    (f"{name}: " if name else "", "dim"), (cell, STYLES.get(cell, ""))
                )
                lines.append(Padding(line, (0, 0, 0, PADDING)))
    return _drawn(console, Group(*lines))


def _console() -> Console:
    """A console that writes into memory and is as wide as standard output. It respects NO_COLOR."""
    from rich.console import Console

    return Console(file=io.StringIO(), force_terminal=True, width=width(), highlight=False)


def _drawn(console: Console, what: RenderableType) -> str:
    with console.capture() as drawn:
        console.print(what)
    return "\n".join(line.rstrip() for line in drawn.get().rstrip("\n").split("\n"))
