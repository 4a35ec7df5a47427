"""The barcodes of one run: each bar a line from birth to death, the longest at the top.

Left the sublevel bars of the loss, right the Rips bars: components below, loops above them. A bar
that never dies goes on to the edge. The same results as in the diagrams, and the same axes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures import rips_bars
from landscape_app.figures.bar_members import edges, members, present
from landscape_app.figures.diagrams import Axes
from landscape_app.figures.drawing import UPPER, BarTrace, Drawing, float32, scatter
from landscape_app.figures.palette import template
from landscape_app.figures.view import DrawnRun, View
from landscape_app.protocol import NORM_UNIT
from landscape_app.registries import FILTRATIONS

STRIDE = 3  # points of a bar: birth, death, and the pen up
THICK = {"sublevel": 2.0, "rips0": 1.0, "rips1": 1.6}  # px of a line


def draw(subject: DrawnRun, view: View, axes: Axes) -> go.Figure:
    """Both barcodes of one run; a part whose result is not there stays empty."""
    drawing = Drawing("diagrams", [subject.run], bars=[])
    heights = [0, 0]  # of both parts
    parts = (_sublevel(subject, axes), axes.sublevel[1]), (_rips(subject, axes), axes.rips[1])
    for part, (traces, edge) in enumerate(parts):
        for bars in traces:
            bars.within(edge, np.inf).add_to(drawing, subject, view)
            heights[part] += len(bars.group["bar"])
    stored = subject.results.get("rips")
    unit = "" if stored is None else str(stored.meta.get("unit", NORM_UNIT))
    layout = {
        "template": template(view.scheme),
        "margin": {"l": 12, "r": 8, "t": UPPER, "b": 30},
        "showlegend": False,
        **_layout(axes, heights, FILTRATIONS[view.filtration].label, unit),
    }
    return drawing.figure(layout)


def _sublevel(subject: DrawnRun, axes: Axes) -> Iterator[BarTrace]:
    if "sublevel" not in subject.results:
        return
    arrays = subject.results["sublevel"].arrays
    birth, death = np.asarray(arrays["birth"]), np.asarray(arrays["death"])
    chosen = _by_length(birth, death)
    group = {"kind": "sublevel", **members(subject, arrays, chosen)}
    yield _bars(birth[chosen], death[chosen], chosen, 0, axes.sublevel[1], group)


def _rips(subject: DrawnRun, axes: Axes) -> Iterator[BarTrace]:
    """Components, which are all born at 0, and above them the loops."""
    if "rips" not in subject.results:
        return
    arrays, edge = subject.results["rips"].arrays, axes.rips[1]
    death = np.asarray(arrays["h0_death"])
    chosen = _by_length(np.zeros(len(death)), death)
    group = {"kind": "rips0", "edge": edges(subject, arrays["h0_rows"][chosen])}
    yield _bars(np.zeros(len(chosen)), death[chosen], chosen, 0, edge, group, rips_bars.PLACE)
    loops, _ = rips_bars.loops(subject)
    birth = np.asarray(loops["h1_birth"])
    open_ended = np.asarray(loops["h1_censored"], dtype=bool)
    ends = np.where(open_ended, np.inf, loops["h1_death"])
    chosen, above = _by_length(birth, ends), len(death)
    offsets, rows = loops["h1_cycle_offsets"], loops["h1_cycle_rows"]
    cycles = [rows[offsets[i] : offsets[i + 1]] for i in chosen]
    group = {
        "kind": "rips1",
        "edge": edges(subject, loops["h1_birth_rows"][chosen]),
        "cycle": present(subject, cycles),
    }
    yield _bars(birth[chosen], ends[chosen], chosen, above, edge, group, rips_bars.PLACE)


def _by_length(birth: np.ndarray, death: np.ndarray) -> np.ndarray:
    """Positions of the bars, the shortest first."""
    return np.argsort(np.asarray(death, dtype=np.float64) - birth, kind="stable")


def _bars(
    birth: np.ndarray,
    death: np.ndarray,
    numbers: np.ndarray,
    below: int,
    edge: float,
    group: Mapping[str, Any],
    place: Mapping[str, str] = {},
) -> BarTrace:
    """One trace of all bars (b,), the first at the height `below`; one that never dies ends at
    `edge`. numbers: the positions of the bars in their result.
    """
    finite, height = np.isfinite(death), below + np.arange(len(birth), dtype=np.float64)
    up = np.full(len(birth), np.nan)
    x = np.stack([birth, np.where(finite, death, edge), up], axis=1).reshape(-1)
    y = np.stack([height, height, up], axis=1).reshape(-1)
    line = {"width": THICK[group["kind"]]}
    look = {"mode": "lines", "line": line, "opacity": 0.75, "connectgaps": False}
    ends = [float(value) if there else None for value, there in zip(death, finite, strict=True)]
    lives = {"stride": STRIDE, "bar": numbers.tolist(), "birth": birth.tolist(), "death": ends}
    trace = scatter(x=float32(x), y=float32(y), **place, **look)
    return BarTrace(trace, {**group, **lives}, "line")


def _layout(axes: Axes, heights: list[int], label: str, unit: str) -> dict[str, Any]:
    common = {"nticks": 5, "tickangle": 0, "fixedrange": True}
    left, right = ([-0.04 * (count or 1), 1.04 * (count or 1)] for count in heights)
    upright = {"fixedrange": True, "showticklabels": False, "showgrid": False}
    far = f"distance/{unit}" if unit else "distance"
    return {
        "hovermode": "closest",
        "hoverdistance": 12,
        "xaxis": {
            **common,
            "domain": [0, 0.47],
            "range": list(axes.sublevel),
            "title": {"text": label},
        },
        "yaxis": {**upright, "range": left},
        "xaxis2": {
            **common,
            "domain": [0.53, 1],
            "range": list(axes.rips),
            "title": {"text": far},
            "anchor": "y2",
        },
        "yaxis2": {**upright, "range": right, "anchor": "x2"},
    }
