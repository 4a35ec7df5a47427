"""Topological summaries as measures: of the loss over the graph of snapshots (sublevel), and of the
distances between them (Rips).

They are read off the stored diagrams, one number per filtration; a study has a column for each.
Functions of the stored meta.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landscape_app.analysis.measures.measure import LOSS, Measure, Measured

SUBLEVEL = "the graph's n² and its bars, shared by all summaries"
TREE = "the minimum spanning tree of the distances, n²"
RIPS = "ripser on the distances, shared by all summaries"
APART, LOOPS = (
    "higher = more that is not joined in the sample",
    "higher = larger loops among the snapshots",
)
FILTERED = "unit of the filtration"
COHEN_STEINER = "Cohen-Steiner et al. 2010; of the loss: Horoi et al. 2022, arXiv 2102.00485"


def _stored(key: str, *inner: str, unit: str, direction: str, source: str, cost: str) -> Measure:
    """The number that a result's meta holds under `key`, or further inside."""

    def read(meta: Mapping[str, Any]) -> Measured:
        value: Any = meta
        for name in (key, *inner):
            value = value.get(name) if isinstance(value, Mapping) else None
        return Measured(
            None if value is None else float(value),
            "" if value is not None else str(meta.get("absent") or "there is no such bar"),
        )

    return Measure(read, unit, direction, source, cost)


total_persistence = _stored(
    "total_persistence", unit=FILTERED, direction=APART, source=COHEN_STEINER, cost=SUBLEVEL
)
squared_persistence = _stored(
    "squared_persistence", unit=f"{FILTERED}²", direction=APART, source=COHEN_STEINER, cost=SUBLEVEL
)
bars = _stored(
    "bars",
    unit="bars",
    direction="higher = more pieces not joined in the sample",
    source="Edelsbrunner et al. 2002",
    cost=SUBLEVEL,
)
longest = _stored(
    "longest",
    unit=FILTERED,
    direction="higher = two minima joined later in the sample",
    source="Edelsbrunner et al. 2002",
    cost=SUBLEVEL,
)
entropy = _stored(
    "entropy",
    unit="",
    direction="higher = bars of more equal length",
    source="Atienza et al. 2020",
    cost=SUBLEVEL,
)
smad = _stored(
    "smad",
    unit=FILTERED,
    direction="higher = minima joined later in the sample",
    source="Chen et al. 2026, arXiv 2602.07135",
    cost=SUBLEVEL,
)
total_over_barriers = _stored(
    "total_over_barriers",
    unit=LOSS,
    direction="higher = minima further apart on straight lines",
    source=(
        "straight lines: Frankle et al. 2020, arXiv 1912.05671; of sublevel bars: this program's"
    ),
    cost="21 passes over the train rows for each of up to 20 bars, when the network is at hand",
)
rips_h0 = _stored(
    "total_persistence_h0",
    unit="of the distance",
    direction="higher = spread wider",
    source=COHEN_STEINER,
    cost=TREE,
)
rips_h1 = _stored(
    "total_persistence_h1", unit="of the distance", direction=LOOPS, source=COHEN_STEINER, cost=RIPS
)
rips_h1_longest = _stored(
    "longest_h1",
    unit="of the distance",
    direction=LOOPS,
    source="Edelsbrunner et al. 2002",
    cost=RIPS,
)
rips_h1_p = _stored(
    "rips_h1",
    "p_high",
    unit="",
    direction="higher = more like chance",
    source="matched-step nulls: this program's",
    cost="Rips of up to 320 snapshots in every null draw of both kinds",
)
