"""What a figure says of itself to the scripts of the page: the contract in `layout.meta`.

Scripts light up, filter and repaint a figure by this record alone. `faults` says what in a record
does not fit its figure; tests ask it of every figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NotRequired, TypedDict, get_args

import plotly.graph_objects as go

from landscape_app.figures.palette import PALETTES

ViewName = Literal["scene", "joint", "diagrams", "tree", "curves", "surface", "empty"]
VIEWS: tuple[str, ...] = get_args(ViewName)
BarKind = Literal["sublevel", "rips0", "rips1", "rips2", "over0", "over1"]
BAR_KINDS: tuple[str, ...] = get_args(BarKind)
NEEDED = ("view", "runs", "paint")  # of every figure
SCALES = ("scale", "stepped", "fading")  # colour scales of the scheme, beside its named colours

# [trace, property, name of a colour or of a scale]: what a change of scheme must repaint
Paint = list[Any]


class Base(TypedDict):
    """Snapshots that a trace shows, one for each of its points (−1: no snapshot).

    follows: the trace is filtered with its snapshots, and cannot be picked. words: the points are
    marks of what is off the scale; what is said of each under the pointer.
    """

    trace: int
    run: str
    rows: list[int]
    follows: NotRequired[bool]
    words: NotRequired[list[str]]


class PointGroup(TypedDict):
    """Points of a static sampling that a trace shows: its number in that sampling for each, and
    what is said of it under the pointer.
    """

    trace: int
    run: str
    sampling: str
    rows: list[int]
    words: list[str]


class BarGroup(TypedDict):
    """Bars that a trace shows: bar `bar[i]` of its result is the point i · stride.

    focus: the snapshot that each bar points at. edge: the two snapshots that merge or close it, −1
    for none. rows: the snapshots that it holds (None: all). cycle: those of its loop. birth, death:
    where the point's place does not say them. never: bars that never die.
    """

    trace: int
    kind: BarKind
    stride: int
    bar: list[int]
    edge: list[list[int]]
    never: NotRequired[bool]
    focus: NotRequired[list[int | None]]
    rows: NotRequired[list[list[int] | None]]
    cycle: NotRequired[list[list[int]]]
    birth: NotRequired[list[float]]
    death: NotRequired[list[float | None]]


class MiddleCurve(TypedDict):
    """The traces of a run's median and of the band between its quartiles. of: the trace with the
    single curves, from whose shown points filters make both anew.
    """

    run: str
    of: int
    band: int
    median: int


class LegendRun(TypedDict):
    """A run as a legend names it. look: its colour and shape (figures/looks.py)."""

    run: str
    label: str
    look: int


class LegendValue(TypedDict):
    """What colours the points. low, high: the range as drawn: of a logarithmic scale its decimal
    logarithms. percent: a share. category: whole numbers from 0, without an order. jumps: the
    step sizes and their colours in light, where jumps are coloured by those.
    """

    label: str
    low: float
    high: float
    log: bool
    percent: bool
    category: bool
    jumps: NotRequired[list[tuple[float, str]]]


class Legend(TypedDict):
    """What stands around a figure on the page, and in it where it is taken away."""

    runs: list[LegendRun]
    value: LegendValue | None


class FigureMeta(TypedDict):
    """The record of one figure.

    view: which rules of the scripts it follows. runs: ids of the runs that it shows. paint: what a
    change of scheme repaints. base, bars, points: what can be picked. overlay: traces that a pick
    fills, by name. front: traces that are drawn over all others. dims: dimensions of a scene.
    colour: the key of what colours its snapshots. scale: its colour scale, where that is not the
    scheme's own; fading: where it is another one in each scheme.
    whole: filters hide nothing in it. middle: medians and bands that follow the filters. caption: a
    sentence below it. legend: the names of runs and colour, where it is taken away.
    """

    view: ViewName
    runs: list[str]
    paint: list[Paint]
    base: NotRequired[list[Base]]
    bars: NotRequired[list[BarGroup]]
    points: NotRequired[list[PointGroup]]
    overlay: NotRequired[dict[str, Any]]
    front: NotRequired[list[int]]
    dims: NotRequired[int]
    colour: NotRequired[str]
    scale: NotRequired[list[list[Any]] | None]
    fading: NotRequired[dict[str, list[list[Any]]] | None]
    whole: NotRequired[bool]
    middle: NotRequired[list[MiddleCurve]]
    caption: NotRequired[str]
    legend: NotRequired[Legend]


class RankingMeta(TypedDict):
    """What the ranking of measures says: of each row the measure's name, and the lines of its
    tip.
    """

    names: list[str]
    tips: list[list[str]]


def faults(figure: go.Figure) -> list[str]:
    """What in the figure's `layout.meta` breaks the contract, in words; empty: nothing."""
    meta = figure.layout.meta
    if not isinstance(meta, dict):
        return ["layout.meta is missing"]
    known = set(FigureMeta.__annotations__)
    problems = [f"layout.meta has no '{name}'" for name in NEEDED if name not in meta]
    problems += [f"layout.meta has an unknown '{name}'" for name in sorted(set(meta) - known)]
    if problems:
        return problems
    if meta["view"] not in VIEWS:
        problems.append(f"the scripts know no view '{meta['view']}'")
    problems += _paint_faults(figure, meta["paint"])
    for base in meta.get("base", ()):
        problems += _base_faults(figure, base, meta["runs"])
    for group in meta.get("bars", ()):
        problems += _bar_faults(figure, group)
    pickable = {base["trace"] for base in meta.get("base", ())}
    return problems + [
        f"median of {middle['run']}: it is of trace {middle['of']}, which shows no snapshots"
        for middle in meta.get("middle", ())
        if middle["of"] not in pickable
    ]


def _paint_faults(figure: go.Figure, paint: Sequence[Paint]) -> list[str]:
    names = {*PALETTES["light"].named(), *SCALES}
    return [
        f"paint of trace {trace}: {'no such trace' if trace >= len(figure.data) else name}"
        for trace, _, name in paint
        if trace >= len(figure.data) or name not in names
    ]


def _base_faults(figure: go.Figure, base: Base, runs: Sequence[str]) -> list[str]:
    if base["trace"] >= len(figure.data) or base["run"] not in runs:
        return [f"base of trace {base['trace']} of {base['run']}: no such trace or run"]
    points = len(figure.data[base["trace"]].x)
    rows = len(base["rows"])
    return [] if points == rows else [f"trace {base['trace']}: {points} points, {rows} rows"]


def _bar_faults(figure: go.Figure, group: BarGroup) -> list[str]:
    if group["trace"] >= len(figure.data) or group["kind"] not in BAR_KINDS:
        return [f"bars of trace {group['trace']}: no such trace, or kind '{group['kind']}'"]
    bars, points = len(group["bar"]), len(figure.data[group["trace"]].x)
    problems = [] if points == bars * group["stride"] else [f"{points} points of {bars} bars"]
    lists = ("edge", "focus", "rows", "cycle", "birth", "death")
    sizes = {name: len(group[name]) for name in lists if name in group}  # type: ignore[literal-required]
    problems += [
        f"{count} × {name} of {bars} bars" for name, count in sizes.items() if count != bars
    ]
    return [f"bars of trace {group['trace']}: {fault}" for fault in problems]
