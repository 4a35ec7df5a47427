"""The two persistence diagrams of one run, side by side on axes common to the compared runs:
sublevel H0 of a loss, Rips H0 and H1.

A sublevel bar is a piece of the sample: born at its lowest snapshot, dead where it is joined to a
piece of lower minimum. Bars that never die stand as triangles on top; one is hollow where the train
loss never rises on the straight line between its two minima. Rips H0 is all born at 0: ticks on the
left edge. H1 that is alive at the threshold stands as triangles there. Where loops were tested, H1
is that of the tested snapshots, the tested bar is filled, and a strip above the diagonal reaches as
far as the null draws' longest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures import climbs
from landscape_app.figures.figure_meta import BarGroup, FigureMeta
from landscape_app.figures.palette import SYMBOLS, template
from landscape_app.figures.view import DrawnRun, Need, View
from landscape_app.protocol import NORM_UNIT
from landscape_app.registries import FILTRATIONS

TICK = 0.07  # width of a Rips H0 tick, of the axis
NULL = "#7f8794"  # the null's strip, in both schemes


@dataclass(frozen=True)
class Axes:
    """[low, high] of the sublevel diagram and of the Rips diagram, over the compared runs; `top` is
    where triangles stand.
    """

    sublevel: tuple[float, float]
    rips: tuple[float, float]

    @property
    def top(self) -> float:
        """Where an essential sublevel bar is drawn."""
        low, high = self.sublevel
        return high - 0.045 * (high - low)


def needs(view: View) -> tuple[Need, ...]:
    """Stored results of a run that the diagrams are made of."""
    at = {"distance": view.distance}
    return (
        Need("sublevel", {"filtration": view.filtration, **at}),
        Need("rips", at),
        Need("significance", at),
        *climbs.needs(view),
    )


def axes(subjects: Sequence[DrawnRun]) -> Axes:
    """Ranges that hold every finite birth and death of `subjects`."""
    sublevel = [
        s.results["sublevel"].arrays[name]
        for s in subjects
        if "sublevel" in s.results
        for name in ("birth", "death")
    ]
    drawn = [
        arrays
        for s in subjects
        if "rips" in s.results
        for arrays in (s.results["rips"].arrays, loops(s)[0])
    ]
    rips = [
        arrays[name]
        for arrays in drawn
        for name in ("h0_death", "h1_birth", "h1_death", "h2_death")
        if name in arrays
    ]
    low, high = _range(sublevel)
    _, far = _range(rips)
    return Axes((low - 0.05 * (high - low), high + 0.13 * (high - low)), (-0.03 * far, 1.06 * far))


def loops(subject: DrawnRun) -> tuple[Mapping[str, np.ndarray], bool]:
    """(h1_birth, h1_death, … of the loops that are drawn, whether they were tested): what has a p
    is drawn, else those of all snapshots.
    """
    stored = subject.results.get("significance")
    if (
        stored is not None
        and (stored.meta.get("rips_h1") or {}).get("p_high") is not None
        and "h1_birth" in stored.arrays
    ):
        return stored.arrays, True
    return (subject.results["rips"].arrays if "rips" in subject.results else {}), False


def draw(subject: DrawnRun, view: View, axes: Axes) -> go.Figure:
    """Both diagrams of one run; a part whose result is not there stays empty."""
    traces: list[dict[str, Any]] = [*_diagonals(axes, view)]
    bars: list[BarGroup] = []
    meta: FigureMeta = {
        "view": "diagrams",
        "runs": [subject.run],
        "bars": bars,
        "paint": [[0, "line.color", "muted"], [1, "line.color", "muted"]],
    }
    colour = {"color": view.palette.runs[subject.slot]}
    named = f"run-{subject.slot + 1}"
    for make in (_sublevel, _rips_h0, _rips_h1, _rips_h2):
        for trace, group, part in make(subject, axes, colour):
            meta["paint"].append([len(traces), part, named])
            bars.append(cast("BarGroup", {"trace": len(traces), **group}))
            traces.append(trace)
    layout = {
        "template": template(view.scheme),
        "margin": {"l": 42, "r": 8, "t": 4, "b": 30},
        "showlegend": False,
        "meta": meta,
        "shapes": _strip(subject, axes),
        **_layout(axes, view, _unit(subject)),
    }
    return go.Figure(traces, layout)


def _sublevel(subject: DrawnRun, axes: Axes, colour: dict[str, str]) -> Any:
    if "sublevel" not in subject.results:
        return
    arrays = subject.results["sublevel"].arrays
    death, birth = np.asarray(arrays["death"]), np.asarray(arrays["birth"])
    essential, hollow = np.isinf(death), np.zeros(len(death), dtype=bool)
    hollow[climbs.flat(subject)] = True
    symbol, top = SYMBOLS[subject.slot], np.full(len(death), axes.top)
    for chosen, at, how in (
        (
            np.flatnonzero(~essential & ~hollow),
            death,
            {"symbol": symbol, "size": 7, "line": {"width": 0}},
        ),
        (
            np.flatnonzero(hollow),
            death,
            {"symbol": f"{symbol}-open", "size": 7, "line": {"width": 1.3}},
        ),
        (
            np.flatnonzero(essential),
            top,
            {"symbol": "triangle-up", "size": 9, "line": {"width": 0}},
        ),
    ):
        yield (
            _scatter(
                x=_f4(birth[chosen]),
                y=_f4(at[chosen]),
                mode="markers",
                marker={**how, **colour},
                opacity=0.85,
            ),
            {
                "kind": "sublevel",
                "stride": 1,
                "never": bool(how["symbol"] == "triangle-up"),
                "bar": chosen.tolist(),
                **members(subject, arrays, chosen),
            },
            "marker.color",
        )


def members(subject: DrawnRun, arrays: Any, chosen: np.ndarray) -> dict[str, Any]:
    """Of each bar its birth snapshot, its merging edge and the snapshots it holds (None: every
    one), as far as they are there.
    """
    offsets, rows, whole = arrays["basin_offsets"], arrays["basin_rows"], len(arrays["rows"])
    held = [
        (
            rows[:0]
            if offsets[i + 1] - offsets[i] == whole
            else np.sort(rows[offsets[i] : offsets[i + 1]])
        )
        for i in chosen
    ]
    every = [bool(offsets[i + 1] - offsets[i] == whole) for i in chosen]
    return {
        "focus": focuses(subject, arrays["birth_row"][chosen]),
        "edge": edges(subject, arrays["merge_rows"][chosen]),
        "rows": [
            None if all else there for all, there in zip(every, kept(subject, held), strict=True)
        ],
    }


def focuses(subject: DrawnRun, rows: np.ndarray) -> list[int | None]:
    """The snapshot (b,) that each bar points at; None where it is not there."""
    return [
        int(row) if there else None for row, there in zip(rows, subject.there(rows), strict=True)
    ]


def edges(subject: DrawnRun, ends: np.ndarray) -> list[list[int]]:
    """The edge (b, 2) of each bar; [−1, −1], which is no edge, where an end is not there."""
    there = subject.there(ends.reshape(-1)).reshape(ends.shape)
    return [
        edge if all(one) else [-1, -1]
        for edge, one in zip(ends.tolist(), there.tolist(), strict=True)
    ]


def kept(subject: DrawnRun, parts: Sequence[np.ndarray]) -> list[list[int]]:
    """Of each of `parts`, snapshots of a bar, those that are there. One look-up for all, whose cost
    is that of the run.
    """
    rows = np.concatenate([np.empty(0, np.int64), *parts])
    there, ends = subject.there(rows), np.cumsum([len(part) for part in parts])[:-1]
    return (
        [
            one[mask].tolist()
            for one, mask in zip(np.split(rows, ends), np.split(there, ends), strict=True)
        ]
        if len(parts)
        else []
    )


def _rips_h0(subject: DrawnRun, axes: Axes, colour: dict[str, str]) -> Any:
    if "rips" not in subject.results:
        return
    arrays = subject.results["rips"].arrays
    death = np.asarray(arrays["h0_death"])
    # One path for hundreds of ticks: left end, right end, pen up.
    x = np.tile([0.0, TICK * axes.rips[1], np.nan], len(death))
    y = np.stack([death, death, np.full(len(death), np.nan)], axis=1).reshape(-1)
    yield (
        _scatter(
            x=_f4(x),
            y=_f4(y),
            xaxis="x2",
            yaxis="y2",
            mode="lines",
            line={"width": 1, **colour},
            opacity=0.6,
            connectgaps=False,
        ),
        {
            "kind": "rips0",
            "stride": 3,
            "bar": list(range(len(death))),
            "edge": edges(subject, arrays["h0_rows"]),
        },
        "line.color",
    )


def _rips_h1(subject: DrawnRun, axes: Axes, colour: dict[str, str]) -> Any:
    if "rips" not in subject.results:
        return
    limit, (arrays, tested) = float(subject.results["rips"].meta["threshold"]), loops(subject)
    censored = np.asarray(arrays["h1_censored"], dtype=bool)
    offsets, rows = arrays["h1_cycle_offsets"], arrays["h1_cycle_rows"]
    # the longest is the tested one
    symbol, first = SYMBOLS[subject.slot], np.arange(len(censored)) < tested
    for chosen, at, how in (
        (
            np.flatnonzero(~censored & ~first),
            arrays["h1_death"],
            {"symbol": f"{symbol}-open", "size": 6, "line": {"width": 1.3}},
        ),
        (
            np.flatnonzero(censored),
            np.full(len(censored), limit),
            {"symbol": "triangle-up-open", "size": 8, "line": {"width": 1.3}},
        ),
        (
            np.flatnonzero(first),
            arrays["h1_death"],
            {"symbol": symbol, "size": 8, "line": {"width": 0}},
        ),
    ):
        yield (
            _scatter(
                x=_f4(arrays["h1_birth"][chosen]),
                y=_f4(at[chosen]),
                xaxis="x2",
                yaxis="y2",
                mode="markers",
                marker={**how, **colour},
            ),
            {
                "kind": "rips1",
                "stride": 1,
                "never": bool(how["symbol"] == "triangle-up-open"),
                "bar": chosen.tolist(),
                "edge": edges(subject, arrays["h1_birth_rows"][chosen]),
                "cycle": kept(subject, [rows[offsets[i] : offsets[i + 1]] for i in chosen]),
            },
            "marker.color",
        )


def _rips_h2(subject: DrawnRun, axes: Axes, colour: dict[str, str]) -> Any:
    """Voids, small crosses, where they were asked for; one that is alive at the threshold stands
    there.
    """
    if (
        "rips" not in subject.results
        or not subject.results["rips"].meta.get("bars_h2")
        or "h2_birth" not in subject.results["rips"].arrays
    ):
        return
    stored = subject.results["rips"]
    arrays, death = stored.arrays, np.asarray(stored.arrays["h2_death"])
    at = np.where(np.isfinite(death), death, float(stored.meta["threshold"]))
    where = {"xaxis": "x2", "yaxis": "y2", "mode": "markers"}
    trace = _scatter(
        x=_f4(arrays["h2_birth"]),
        y=_f4(at),
        **where,
        marker={"symbol": "x-thin-open", "size": 5, **colour, "line": {"width": 1.3}},
    )
    ends = [float(value) if np.isfinite(value) else None for value in death]
    named = kept(subject, list(np.hstack([arrays["h2_birth_rows"], arrays["h2_death_rows"]])))
    bars = {
        "kind": "rips2",
        "stride": 1,
        "bar": list(range(len(death))),
        "death": ends,
        "edge": edges(subject, arrays["h2_birth_rows"]),
        "rows": named,
    }
    yield trace, bars, "marker.color"


def _diagonals(axes: Axes, view: View) -> list[dict[str, Any]]:
    line = {"width": 1, "color": view.palette.muted}
    return [
        _scatter(
            x=list(axes.sublevel),
            y=list(axes.sublevel),
            mode="lines",
            line=line,
            opacity=0.5,
            hoverinfo="skip",
        ),
        _scatter(
            x=list(axes.rips),
            y=list(axes.rips),
            xaxis="x2",
            yaxis="y2",
            mode="lines",
            line=line,
            opacity=0.5,
            hoverinfo="skip",
        ),
    ]


def _scatter(**how: Any) -> dict[str, Any]:
    return {"type": "scatter", "hoverinfo": "none", **how}


def _strip(subject: DrawnRun, axes: Axes) -> list[dict[str, Any]]:
    """The null's strip over the Rips diagonal: as high as 95 % of the null draws' longest loops,
    where H1 was tested.
    """
    if not loops(subject)[1] or "rips" not in subject.results:
        return []
    height = subject.results["significance"].meta["rips_h1"].get("null_high")
    if not height or not np.isfinite(height):
        return []
    low, high = axes.rips
    path = f"M{low},{low}L{low},{low + height}L{high},{high + height}L{high},{high}Z"
    return [
        {
            "type": "path",
            "path": path,
            "xref": "x2",
            "yref": "y2",
            "layer": "below",
            "fillcolor": NULL,
            "opacity": 0.16,
            "line": {"width": 0},
        }
    ]


def _unit(subject: DrawnRun) -> str:
    """Of the Rips distances: ‖θo‖, or nothing for distances that have no unit."""
    stored = subject.results.get("rips")
    return "" if stored is None else str(stored.meta.get("unit", NORM_UNIT))


def _layout(axes: Axes, view: View, unit: str) -> dict[str, Any]:
    entry = FILTRATIONS[view.filtration]
    common = {"nticks": 5, "tickangle": 0, "fixedrange": True}
    far = f"birth (distance/{unit})" if unit else "birth (distance)"
    return {
        "hovermode": "closest",
        "hoverdistance": 12,
        "xaxis": {
            **common,
            "domain": [0, 0.44],
            "range": list(axes.sublevel),
            "title": {"text": f"birth ({entry.label})"},
        },
        "yaxis": {**common, "range": list(axes.sublevel), "title": {"text": "death"}},
        "xaxis2": {
            **common,
            "domain": [0.58, 1],
            "range": list(axes.rips),
            "title": {"text": far},
            "anchor": "y2",
        },
        "yaxis2": {**common, "range": list(axes.rips), "anchor": "x2"},
    }


def _range(parts: Sequence[np.ndarray]) -> tuple[float, float]:
    values = np.concatenate(
        [np.empty(0), *(np.asarray(part, dtype=np.float64).ravel() for part in parts)]
    )
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _f4(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=np.float32)
