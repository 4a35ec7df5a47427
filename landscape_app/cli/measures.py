"""The command measures: the definition, direction, source and cost of every measure."""

from __future__ import annotations

import sys
import textwrap

from landscape_app.cli import terminal
from landscape_app.cli.options import Json
from landscape_app.cli.output import say, say_json

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


def measures(*, json: Json = False) -> None:
    """List every measure: definition, unit, direction, source, cost, and whether it needs the
    network.
    """
    from landscape_app.analysis.measures.listing import catalogue

    rows = catalogue()
    if json:
        say_json(rows)
        return
    width = min(WIDTH, terminal.width()) if terminal.is_terminal(sys.stdout) else WIDTH
    say(f"{LOSS}\n")
    for needs, title in NEEDS.items():
        say(title)
        for row in (row for row in rows if row["needs"] == needs):
            unit = f" [{row['unit']}]" if row["unit"] else ""
            say(f"\n  {row['name']}: {row['label']}{unit}, {row['direction']}")
            for text in (row["help"], f"Cost: {row['cost']}. Source: {row['source']}."):
                say(textwrap.fill(text, width, initial_indent="    ", subsequent_indent="    "))
        say()
