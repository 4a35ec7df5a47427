"""The table under the figures as CSV, with every digit: what is shown rounded is written whole."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from landscape_app.dashboard.study.reading import Seen
from landscape_app.records import csv_text

# of a comparison with linear sampling
KEPT = ("name", "linear", "networks", "tau", "linear_tau", "value", "low", "high")


def text(seen: Seen) -> str:
    """A line per measure, per comparison or per network, as the chosen table has them; an absent
    number is an empty cell.
    """
    rows = {"measures": _measures, "sampling": _samplings, "networks": _networks}[
        seen.choice.below
    ](seen)
    return csv_text.lines([_cell(value) for value in row] for row in rows)


def name(seen: Seen) -> str:
    """digits-measures-all.csv."""
    return f"{seen.choice.id}-{seen.choice.below}-{seen.choice.stratum}.csv"


def _measures(seen: Seen) -> Iterator[list[Any]]:
    lines = () if seen.stratum is None else seen.stratum.lines
    names = list(
        dict.fromkeys(
            name for line in lines for name in line.values if name not in ("networks", "baseline")
        )
    )
    yield ["measure", "label", "baseline", "networks", *names]
    for line in lines:
        yield [
            line.name,
            line.label,
            "yes" if line.baseline else "no",
            line.networks,
            *(line.values.get(name) for name in names),
        ]


def _samplings(seen: Seen) -> Iterator[list[Any]]:
    yield list(KEPT)
    if seen.stratum is None:
        return
    for one in seen.stratum.samplings:
        yield [one.get(name) for name in KEPT]
    best = seen.stratum.line(seen.stratum.linear)
    for line in seen.stratum.lines if best is not None else ():
        if best is not None and not line.baseline and not line.linear:
            apart = [line.values.get(f"over_linear{end}") for end in ("", "_low", "_high")]
            yield [line.name, best.name, line.networks, line.tau, best.tau, *apart]


def _networks(seen: Seen) -> Iterator[list[Any]]:
    table = seen.table
    assert table is not None
    columns = {**table.words, **table.numbers}
    yield ["id", *columns]
    for i, run in enumerate(table.runs):
        if seen.inside[i]:
            yield [run, *(column[i].item() for column in columns.values())]


def _cell(value: Any) -> Any:
    return "" if value is None or (isinstance(value, float) and not math.isfinite(value)) else value
