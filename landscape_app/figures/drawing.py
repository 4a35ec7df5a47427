"""A figure while it is drawn: its traces, and the record of them that scripts read (FigureMeta).

Whoever adds a trace says at once what of it can be picked and what a change of scheme repaints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.figure_meta import BarGroup, Base, FigureMeta, Paint, ViewName


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

    def pickable(self, run: str, rows: np.ndarray, *, follows: bool = False) -> None:
        """The last trace shows these snapshots of the run, one for each point. follows: it is
        filtered with them, but not picked.
        """
        base: Base = {"trace": self.last, "run": run, "rows": rows.tolist()}
        self.meta.setdefault("base", []).append(base | {"follows": True} if follows else base)

    def bars(self, group: Mapping[str, Any]) -> None:
        """The last trace shows these bars: a BarGroup but for the trace's number."""
        self.meta.setdefault("bars", []).append(cast("BarGroup", {"trace": self.last, **group}))

    def figure(self, layout: Mapping[str, Any]) -> go.Figure:
        """All at once: `update_layout` takes as long again."""
        return go.Figure(self.traces, {**layout, "meta": self.meta})
