"""The command measures: the definition, direction, source and cost of every measure; of one of them
also when it misleads.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from cyclopts import Parameter

from landscape_app.cli import terminal
from landscape_app.cli.options import Json
from landscape_app.cli.output import say, say_json
from landscape_app.errors import UnknownNameError

WIDTH = 100
NEEDS = {
    "snapshots": "Measures of the snapshots. Every analysis computes them.",
    "network": "Measures of the network at the anchor. `landscape curvature ID` and studies compute"
    " them.",
    "diagrams": (
        "Measures of the persistence diagrams. Each is a column of a study. Sublevel measures"
        " have one column per filtration."
    ),
}
LOSS = "[loss]: nats where the loss is a cross-entropy. n: snapshots."

Row = Mapping[str, Any]


def measures(
    name: Annotated[
        str | None, Parameter(help="The measure to explain. Default: list all.")
    ] = None,
    /,
    *,
    json: Json = False,
) -> None:
    """List every measure: definition, unit, direction, source, cost, and whether it needs the
    network. Of one measure also say when it misleads.
    """
    from landscape_app.analysis.measures.listing import catalogue

    rows = catalogue()
    if name:
        row = _row(name, rows)
        say_json(row) if json else _tell(row)
    elif json:
        say_json(rows)
    else:
        _list(rows)


def _row(name: str, rows: Sequence[Row]) -> Row:
    """The row of a measure, by the name that the table, a run or a study has for it."""
    from landscape_app.measure_table import MEASURES, entry_of

    entry = entry_of(name)
    names = [known for known, other in MEASURES.items() if other is entry]
    if not names:
        raise UnknownNameError("measure", name, MEASURES)
    return next(row for row in rows if row["name"] == names[0])


def _tell(row: Row) -> None:
    """All that is known of one measure."""
    from landscape_app.measure_table import FAMILIES

    say(f"{row['name']}: {_head(row)}\n")
    _fill(f"What it means: {row['help']}")
    _fill(f"When it misleads: {row['misleads']}")
    _fill(f"Source: {row['source']}. Cost: {row['cost']}.")
    say()
    _fill(f"{FAMILIES[row['family']]}. {NEEDS[row['needs']]}")
    if "[loss]" in _head(row):
        _fill(LOSS)


def _list(rows: Sequence[Row]) -> None:
    say(f"{LOSS}\n")
    for needs, title in NEEDS.items():
        say(title)
        for row in (row for row in rows if row["needs"] == needs):
            say(f"\n  {row['name']}: {_head(row)}")
            for text in (row["help"], f"Cost: {row['cost']}. Source: {row['source']}."):
                _fill(text, indent="    ")
        say()


def _head(row: Row) -> str:
    """label [unit], direction"""
    unit = f" [{row['unit']}]" if row["unit"] else ""
    return f"{row['label']}{unit}, {row['direction']}"


def _fill(text: str, *, indent: str = "") -> None:
    width = min(WIDTH, terminal.width()) if terminal.is_terminal(sys.stdout) else WIDTH
    say(textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent))
