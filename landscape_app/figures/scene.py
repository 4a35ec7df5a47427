"""The embedding of one run: trajectories from the anchor, coloured by a value; in three dimensions,
or two for a lasso.

Traces are named by `layout.meta` (figure_meta.FigureMeta): what can be picked, what a pick fills
(overlay: path, edge, focus), and what a change of scheme repaints.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.colours import Scale
from landscape_app.figures.drawing import Drawing
from landscape_app.figures.palette import SYMBOLS, SYMBOLS_OF_SPACE, template
from landscape_app.figures.paths import ANCHOR, PenPath, framed, paths, rays
from landscape_app.figures.view import DrawnRun, Need, View

EYE = (1.0, 1.0, 0.63)  # how far the camera is from a scene that is higher than wide
WIDE = 0.86  # … times this, where it is wider than high
CENTRE = {"x": 0, "y": 0, "z": -0.03}
REACH = 1.02
AXES = "xyz"


def needs(view: View) -> tuple[Need, ...]:
    """Stored results of a run that the scene is made of."""
    return (
        Need("embedding", {"method": view.method, "dims": view.dims, "distance": view.distance}),
    )


def draw(subject: DrawnRun, view: View, scale: Scale, *, wide: bool = False) -> go.Figure:
    """The scene of one run; its embedding fills the cube (an embedding's own unit has no meaning
    across runs).
    """
    stored = subject.results["embedding"]
    path = paths(
        subject,
        stored.arrays["rows"],
        framed(stored.arrays["coordinates"]),
        every=int(stored.meta.get("thinned") or 1),
    )
    return compose([(subject, path)], view, scale, name="scene", wide=wide)


def compose(
    drawn: Sequence[tuple[DrawnRun, PenPath]],
    view: View,
    scale: Scale,
    *,
    name: Literal["scene", "joint"],
    wide: bool,
) -> go.Figure:
    """All traces of one scene, run by run, then the overlays."""
    runs = [subject.run for subject, _ in drawn]
    pen = Pen(name, runs, view, scale)
    for subject, path in drawn:
        pen.run(subject, path)
    if view.dims == 3:  # what is drawn in SVG gets its overlays from the page's scripts
        pen.overlays()
    layout = {
        "template": template(view.scheme),
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "showlegend": False,
        "uirevision": f"{view.method}-{view.dims}",
        **(_space(WIDE if wide else 1.0) if view.dims == 3 else _plane()),
    }
    return pen.figure(layout)


class Pen(Drawing):
    """Draws the traces of one scene and says what each is for. In a scene of several runs each has
    its colour and shape.
    """

    def __init__(
        self, name: Literal["scene", "joint"], runs: Sequence[str], view: View, scale: Scale
    ) -> None:
        self.overlay: dict[str, int] = {}
        # traces that a script draws over all others, whatever their depth
        self.front: list[int] = []
        super().__init__(
            name,
            runs,
            scale=scale.stops(view.palette) if scale.colour.category else None,
            dims=view.dims,
            base=[],
            overlay=self.overlay,
            front=self.front,
        )
        self.view, self.scale, self.several = view, scale, name == "joint"

    def run(self, subject: DrawnRun, path: PenPath) -> None:
        """Rays, trajectories, jumps and the anchor of one run."""
        name = f"run-{subject.look + 1}"
        if not self.several:
            self._rays(subject, path)
        self._trajectories(subject, path)
        self._jumps(subject, path, name)
        self._anchor(subject, path, name if self.several else "text")

    def overlays(self) -> None:
        """Empty traces that a pick fills: a path or a basin, a merging edge or cycle, the one
        snapshot in focus.
        """
        # a point, so that plotly makes what a script then fills
        nowhere = np.full((1, 3), np.nan, dtype=np.float32)
        self._overlay("path", nowhere, mode="lines+markers", line={"width": 9}, marker={"size": 8})
        self._overlay("edge", nowhere, mode="lines", line={"width": 5, "dash": "dash"})
        self._overlay("focus", nowhere, mode="markers", marker={"size": 18})

    def _rays(self, subject: DrawnRun, path: PenPath) -> None:
        rows, at = rays(subject, path)
        self._add(
            at,
            mode="lines",
            line={"width": 1.5 if self.view.dims == 3 else 1},
            opacity=0.55,
            hoverinfo="skip",
        )
        self._colour("line.color", "muted")
        self.pickable(subject.run, rows, follows=True)

    def _trajectories(self, subject: DrawnRun, path: PenPath) -> None:
        solid = self.view.dims == 3
        if self.several:  # whose path it is, under what it is worth
            line = {"width": 10 if solid else 6}
            self._line(path, line=line, opacity=0.35, hoverinfo="skip")
            self._colour("line.color", f"run-{subject.look + 1}")
            self.pickable(subject.run, path.rows, follows=True)
        coloured = self._coloured(subject, path.rows)
        if solid:  # a line can be picked at its snapshots; markers on it would cost most of a frame
            line = {"width": 4 if self.several else 7, **coloured}
            self._line(path, line=line, hoverinfo="none")
            self._scaled("line.colorscale")
        else:  # a line of SVG has one colour, so the snapshots carry theirs
            marker = {"size": 4 if self.several else 5.5, **coloured}
            line = {"width": 1}
            self._line(path, mode="lines+markers", line=line, marker=marker, hoverinfo="none")
            self._colour("line.color", "line")
            self._scaled("marker.colorscale")
        self.pickable(subject.run, path.rows)

    def _line(self, path: PenPath, *, mode: str = "lines", **how: Any) -> None:
        self._add(path.at, mode=mode, connectgaps=False, **how)

    def _jumps(self, subject: DrawnRun, path: PenPath, name: str) -> None:
        rows = path.rows[path.jumps]
        symbol = self._jump(subject.look)
        size = (5.5 if self.several else 6.5) if self.view.dims == 3 else 9
        marker: dict[str, Any] = {"size": size, "symbol": symbol, "line": {"width": 0}}
        if not self.several:
            marker |= self._coloured(subject, rows)
        self._add(path.at[path.jumps], mode="markers", marker=marker, hoverinfo="none")
        if self.several:
            self._colour("marker.color", name)
        else:
            self._scaled("marker.colorscale")
        self.pickable(subject.run, rows)

    def _jump(self, look: int) -> str:
        """The symbol of a jump; in a scene of several runs that of its look, hollow where there is
        such a one.
        """
        if not self.several:
            return "circle-open"
        if self.view.dims != 3:
            return f"{SYMBOLS[look]}-open"
        symbol = SYMBOLS_OF_SPACE[look]
        if symbol in ("cross", "x"):  # not drawn hollow in space
            return symbol
        return symbol.removesuffix("-open") if symbol.endswith("-open") else f"{symbol}-open"

    def _anchor(self, subject: DrawnRun, path: PenPath, colour: str) -> None:
        size = 7 if self.view.dims == 3 else 13
        self._add(
            path.anchor[None],
            mode="markers",
            marker={"size": size, "symbol": "diamond"},
            hoverinfo="none",
        )
        self._colour("marker.color", colour)
        self.pickable(subject.run, np.array([ANCHOR]))
        self.front.append(self.last)

    def _coloured(self, subject: DrawnRun, rows: np.ndarray) -> dict[str, Any]:
        known = rows >= 0
        values = np.full(len(rows), np.nan, dtype=np.float32)
        values[known] = self.scale.of(subject, rows[known])
        # A lifted pen has no value; plotly wants a number there, and its point is not drawn.
        values[~known] = self.scale.low
        return {"color": values, **self.scale.marker(self.view.palette)}

    def _overlay(self, name: str, at: np.ndarray, **how: Any) -> None:
        self.overlay[name] = len(self.traces)
        self.front.append(len(self.traces))
        self._add(at, hoverinfo="skip", **how)
        for part in ("line", "marker"):
            if part in how:
                self._colour(f"{part}.color", "pick")

    def _add(self, at: np.ndarray, **how: Any) -> None:
        place = {
            axis: np.ascontiguousarray(at[:, i]) for i, axis in enumerate(AXES[: self.view.dims])
        }
        self.add({"type": "scatter3d" if self.view.dims == 3 else "scatter", **place, **how})

    def _colour(self, where: str, colour: str) -> None:
        """Gives the last trace a named colour."""
        self.painted(where, colour)
        part, key = where.split(".")
        self.traces[-1].setdefault(part, {})[key] = self.view.palette.named()[colour]

    def _scaled(self, where: str) -> None:
        self.painted(where, "stepped" if self.scale.colour.category else "scale")


def _space(near: float) -> dict[str, Any]:
    axis = {
        "range": [-REACH, REACH],
        "showticklabels": False,
        "showspikes": False,
        "title": {"text": ""},
        "nticks": 5,
        "showbackground": False,
        "zeroline": False,
        "showline": False,
    }
    camera = {
        "eye": {axis: near * part for axis, part in zip(AXES, EYE, strict=True)},
        "center": CENTRE,
        "up": {"x": 0, "y": 0, "z": 1},
    }
    scene = {
        "xaxis": axis,
        "yaxis": axis,
        "zaxis": axis,
        "aspectmode": "cube",
        "camera": camera,
        "dragmode": "orbit",
        "uirevision": "kept",
    }
    return {"scene": scene, "hovermode": "closest"}


def _plane() -> dict[str, Any]:
    axis = {
        "range": [-1.1, 1.1],
        "showticklabels": False,
        "title": {"text": ""},
        "showline": False,
        "nticks": 5,
    }
    return {
        "xaxis": axis,
        "yaxis": {**axis, "scaleanchor": "x"},
        "dragmode": "lasso",
        "hovermode": "closest",
    }
