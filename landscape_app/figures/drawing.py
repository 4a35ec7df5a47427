"""A figure while it is drawn: its traces, and the record of them that scripts read (FigureMeta).

Whoever adds a trace says at once what of it can be picked and what a change of scheme repaints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple, cast

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.figure_meta import (
    BarGroup,
    Base,
    FigureMeta,
    MiddleCurve,
    Paint,
    ViewName,
)
from landscape_app.figures.palette import Scheme, template
from landscape_app.figures.view import DrawnRun, View

UPPER = 14  # px over what filters do not act on: a line of words stands there while one is set


class Drawing:
    """Traces and their record. `more`: keys of FigureMeta that the figure has beside those."""

    def __init__(self, view: ViewName, runs: Sequence[str], **more: Any) -> None:
        self.traces: list[dict[str, Any]] = []
        self.paint: list[Paint] = []
        self.meta = cast(
            "FigureMeta", {"view": view, "runs": list(runs), "paint": self.paint, **more}
        )

    @property
    def last(self) -> int:
        """The number of the trace that was added last."""
        return len(self.traces) - 1

    def add(self, trace: dict[str, Any], paint: Mapping[str, str] | None = None) -> None:
        """Adds a trace. paint: {property: name of its colour or scale}."""
        self.traces.append(trace)
        for where, colour in (paint or {}).items():
            self.painted(where, colour)

    def painted(self, where: str, colour: str) -> None:
        """A change of scheme gives this property of the last trace the colour of that name."""
        self.paint.append([self.last, where, colour])

    def pickable(
        self, run: str, rows: np.ndarray, *, follows: bool = False, words: Sequence[str] = ()
    ) -> None:
        """The last trace shows these snapshots of the run, one for each point. follows: it is
        filtered with them, but not picked. words: marks of what is off the scale say this each.
        """
        base: Base = {"trace": self.last, "run": run, "rows": rows.tolist()}
        if words:
            base["words"] = list(words)
        self.meta.setdefault("base", []).append(base | {"follows": True} if follows else base)

    def bars(self, group: Mapping[str, Any]) -> None:
        """The last trace shows these bars: a BarGroup but for the trace's number."""
        self.meta.setdefault("bars", []).append(cast("BarGroup", {"trace": self.last, **group}))

    def middle(self, traces: MiddleCurve) -> None:
        """The last traces are a median and its band, which follow the filters."""
        self.meta.setdefault("middle", []).append(traces)

    def figure(self, layout: Mapping[str, Any]) -> go.Figure:
        """All at once: `update_layout` takes as long again."""
        return go.Figure(self.traces, {**layout, "meta": self.meta})


def empty(scheme: Scheme) -> go.Figure:
    """No axes, no traces, and no WebGL context: the card says in words why."""
    hidden = {"visible": False, "fixedrange": True}
    layout = {"template": template(scheme), "xaxis": hidden, "yaxis": hidden}
    return Drawing("empty", []).figure(layout)


class BarTrace(NamedTuple):
    """A trace without its colour; a BarGroup but for the trace's number; which part (marker or
    line) takes the colour of the run.
    """

    trace: dict[str, Any]
    group: Mapping[str, Any]
    part: str = "marker"

    def within(self, right: float, top: float) -> BarTrace:
        """Bars that go beyond an axis end at its edge; a marker there is a triangle. What they are
        is in the group, and said under the pointer.
        """
        x, y = (np.asarray(self.trace[axis], dtype=np.float64) for axis in "xy")
        beyond = (x > right) | (y > top)
        if not beyond.any():
            return self
        placed = {"x": float32(np.minimum(x, right)), "y": float32(np.minimum(y, top))}
        trace, stride = {**self.trace, **placed}, int(self.group["stride"])
        if self.part == "marker":
            symbols = np.where(beyond, "triangle-ne", self.trace["marker"]["symbol"]).tolist()
            trace["marker"] = {**self.trace["marker"], "symbol": symbols}
        first = {"birth": x[::stride], "death": y[::stride]}
        told = {name: _finite(values) for name, values in first.items() if name not in self.group}
        return self._replace(trace=trace, group={**told, **self.group})

    def add_to(self, drawing: Drawing, subject: DrawnRun, view: View) -> None:
        """Puts it on top of what is drawn."""
        colour = {"color": view.palette.runs[subject.look]}
        trace = {**self.trace, self.part: {**self.trace[self.part], **colour}}
        drawing.add(trace, {f"{self.part}.color": f"run-{subject.look + 1}"})
        drawing.bars(self.group)


def _finite(values: np.ndarray) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]


def float32(values: Any) -> np.ndarray:
    """Values as a browser is sent them; what is too large for a picture is infinite there."""
    with np.errstate(over="ignore"):
        return np.asarray(values, dtype=np.float32)


def plain(text: str) -> str:
    """Text that plotly shows as it is: it takes some tags for markup."""
    return escape(text, quote=False)


def scatter(**how: Any) -> dict[str, Any]:
    """A trace in the plane. Its points can be picked, and plotly shows no box of its own."""
    return {"type": "scatter", "hoverinfo": "none", **how}
