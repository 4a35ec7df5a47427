"""The embedding of one run: trajectories from the anchor, coloured by a value; in three dimensions,
or two for a lasso.

Traces are named by `layout.meta` (figure_meta.FigureMeta): what can be picked, what a pick fills
(overlay: path, edge, focus), and what a change of scheme repaints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures import arm_names, scene_frame, scene_marks
from landscape_app.figures.colours import Scale
from landscape_app.figures.drawing import Drawing, plain
from landscape_app.figures.palette import HALO, MARKS, PALETTES, RAY, template
from landscape_app.figures.paths import (
    ANCHOR,
    PenPath,
    at_edge,
    centred,
    ends,
    framed,
    paths,
    rays,
    reach_of,
    trajectory,
)
from landscape_app.figures.shared_range import shown
from landscape_app.figures.view import DrawnRun, Need, View

AXES = "xyz"
CUBE = (1.0, 1.0, 1.0)  # how far a frame goes from its middle
SLACK = 1e-4  # of a frame: what lies so little beyond it is in it


def needs(view: View) -> tuple[Need, ...]:
    """Stored results of a run that the scene is made of."""
    return (
        Need("embedding", {"method": view.method, "dims": view.dims, "distance": view.between}),
    )


def draw(
    subject: DrawnRun,
    view: View,
    scale: Scale,
    *,
    wide: bool = False,
    reach: float | None = None,
) -> go.Figure:
    """The scene of one run. reach: of the cube, in the embedding's unit; None: it fills the cube.
    What goes beyond it has a mark at its edge, and the anchor is in its middle.
    """
    stored = subject.results["embedding"]
    rows, coordinates = np.asarray(stored.arrays["rows"]), stored.arrays["coordinates"]
    beyond = reach is not None and reach_of(coordinates) > reach * (1 + SLACK)
    placed = centred(rows, coordinates, reach or 1.0) if beyond else framed(coordinates, reach)
    path = paths(subject, rows, placed, every=int(stored.meta.get("thinned") or 1))
    return compose([(subject, path)], view, scale, name="scene", wide=wide)


def compose(
    drawn: Sequence[tuple[DrawnRun, PenPath]],
    view: View,
    scale: Scale,
    *,
    name: Literal["scene", "joint"],
    wide: bool,
    labels: Mapping[str, str] = {},
    frame: tuple[float, ...] = CUBE,
) -> go.Figure:
    """All traces of one scene: run by run, then the anchors, the names and the overlays. labels:
    what stands at the end of a run's arm, by its id. frame: how far it goes along each axis.
    """
    runs = [subject.run for subject, _ in drawn]
    pen = Pen(name, runs, view, scale, np.array(frame))
    for subject, path in drawn:
        pen.run(subject, path)
        pen.beyond(subject, path)
    for subject, path in drawn:
        pen.anchor(subject, path)
    if labels:
        pen.names(drawn, labels)
    if view.dims == 3:  # what is drawn in SVG gets its overlays from the page's scripts
        pen.overlays()
    layout = {
        "template": template(view.scheme),
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "showlegend": False,
        "uirevision": f"{view.method}-{view.dims}",
        **(
            scene_frame.space(wide=wide)
            if view.dims == 3
            else scene_frame.plane(arm_names.EDGE if labels else scene_frame.PLANE)
        ),
    }
    return pen.figure(layout)


class Pen(Drawing):
    """Draws the traces of one scene and says what each is for. In a scene of several runs each has
    its colour and shape.
    """

    def __init__(
        self,
        name: Literal["scene", "joint"],
        runs: Sequence[str],
        view: View,
        scale: Scale,
        frame: np.ndarray,
    ) -> None:
        self.frame = frame
        self.overlay: dict[str, int] = {}
        # traces that a script draws over all others, whatever their depth
        self.front: list[int] = []
        super().__init__(
            name,
            runs,
            scale=scale.stops(view.palette) if scale.kind == "stepped" else None,
            fading=_in_each_scheme(scale) if scale.kind == "fading" else None,
            dims=view.dims,
            colour=view.colour,
            base=[],
            overlay=self.overlay,
            front=self.front,
        )
        self.view, self.scale, self.several = view, scale, name == "joint"

    def run(self, subject: DrawnRun, path: PenPath) -> None:
        """Rays, trajectories and jumps of one run."""
        name = f"run-{subject.look + 1}"
        if not self.several:
            self._rays(subject, path)
        self._trajectories(subject, path)
        self._jumps(subject, path, name)

    def beyond(self, subject: DrawnRun, path: PenPath) -> None:
        """A triangle at the edge of the frame where a trajectory, or the anchor, is beyond it: how
        far is said under the pointer.
        """
        rows, at = np.append(path.rows, ANCHOR), np.vstack([path.at, path.anchor[None]])
        places, far = at_edge(at, self.frame)
        gone = np.flatnonzero((far > 1 + SLACK) & (rows >= 0))
        first = gone[np.unique(trajectory(subject, rows[gone]), return_index=True)[1]]
        if not len(first):
            return
        place = places[first].astype(np.float32)
        if self.view.dims == 3:  # plotly has no triangle in space
            self._add(place, mode="text", text=["▲"] * len(first), hoverinfo="none")
            self._colour("textfont.color", f"run-{subject.look + 1}")
        else:
            turned = np.degrees(np.arctan2(place[:, 0], place[:, 1])).tolist()
            marker = {"symbol": "triangle-up", "size": 11, "angle": turned, "line": {"width": 0}}
            self._add(place, mode="markers", marker=marker, hoverinfo="none")
            self._colour("marker.color", f"run-{subject.look + 1}")
        words = [f"beyond the frame, {shown(times)} × as far as its edge" for times in far[first]]
        self.pickable(subject.run, rows[first], words=words)

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
        solid = self.view.dims == 3
        faint: dict[str, Any] = {} if solid else {"opacity": RAY}
        self._add(at, mode="lines", line={"width": 1.5 if solid else 1}, hoverinfo="skip", **faint)
        self._colour("line.color", "ray" if solid else "muted")
        self.pickable(subject.run, rows, follows=True)

    def _trajectories(self, subject: DrawnRun, path: PenPath) -> None:
        solid = self.view.dims == 3
        if self.several:  # whose path it is, under what it is worth
            line = {"width": 10 if solid else 6}
            faint: dict[str, Any] = {} if solid else {"opacity": HALO}
            self._line(path, line=line, hoverinfo="skip", **faint)
            self._colour("line.color", f"{'halo' if solid else 'run'}-{subject.look + 1}")
            self.pickable(subject.run, path.rows, follows=True)
        coloured = self._coloured(subject, path.rows, self.scale)
        if solid:  # a line can be picked at its snapshots; markers on it would cost most of a frame
            line = {"width": 4 if self.several else 7, **coloured}
            self._line(path, line=line, hoverinfo="none")
            self._scaled("line.colorscale", self.scale)
        else:  # a line of SVG has one colour, so the snapshots carry theirs
            marker = {"size": 4 if self.several else 5.5, **coloured}
            line = {"width": 1}
            self._line(path, mode="lines+markers", line=line, marker=marker, hoverinfo="none")
            self._colour("line.color", "line")
            self._scaled("marker.colorscale", self.scale)
        self.pickable(subject.run, path.rows)

    def _line(self, path: PenPath, *, mode: str = "lines", **how: Any) -> None:
        self._add(path.at, mode=mode, connectgaps=False, **how)

    def _jumps(self, subject: DrawnRun, path: PenPath, name: str) -> None:
        rows, own = path.rows[path.jumps], self.scale.jumps
        symbol = scene_marks.jump(subject.look, self.view.dims, several=self.several)
        size = (5.5 if self.several else 6.5) if self.view.dims == 3 else 9
        line = {"width": 0}
        marker: dict[str, Any] = {
            "size": size,
            "symbol": "diamond" if own else symbol,
            "line": line,
        }
        scale = own or (None if self.several else self.scale)
        if scale is not None:
            marker |= self._coloured(subject, rows, scale)
        self._add(path.at[path.jumps], mode="markers", marker=marker, hoverinfo="none")
        if scale is None:
            self._colour("marker.color", name)
        else:
            self._scaled("marker.colorscale", scale)
        self.pickable(subject.run, rows)

    def anchor(self, subject: DrawnRun, path: PenPath) -> None:
        """The anchor of one run, over everything that is drawn."""
        colour = f"run-{subject.look + 1}" if self.several else "text"
        at, rows = path.anchor[None], np.array([ANCHOR])
        star = self.scale.colour.fades
        if self.view.dims == 2:
            self._add(at, mode="markers", marker=scene_marks.rim(star=star), hoverinfo="skip")
            self._colour("marker.color", "card")
            self.pickable(subject.run, rows, follows=True)
        where, look = scene_marks.anchor(self.view.dims, star=star)
        self._add(at, hoverinfo="none", **look)
        self._colour(where, colour)
        self.pickable(subject.run, rows)
        self.front.append(self.last)

    def names(self, drawn: Sequence[tuple[DrawnRun, PenPath]], labels: Mapping[str, str]) -> None:
        """The name of each run at the ends of its trajectories."""
        texts = [f"{MARKS[subject.look]} {plain(labels[subject.run])}" for subject, _ in drawn]
        lines = [replace(path, at=at_edge(path.at, self.frame)[0]) for _, path in drawn]
        places = arm_names.places([path.at for path in lines], list(map(ends, lines)), texts)
        self._add(
            places.astype(np.float32),
            mode="text",
            text=texts,
            textposition="middle center",
            textfont={"size": 13, "weight": 600},
            hoverinfo="skip",
        )
        self._colour("textfont.color", "text")

    def _coloured(self, subject: DrawnRun, rows: np.ndarray, scale: Scale) -> dict[str, Any]:
        known = rows >= 0
        values = np.full(len(rows), np.nan, dtype=np.float32)
        values[known] = scale.of(subject, rows[known])
        # A lifted pen has no value; plotly wants a number there, and its point is not drawn.
        values[~known] = scale.low
        return {"color": values, **scale.marker(self.view.palette)}

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

    def _scaled(self, where: str, scale: Scale) -> None:
        self.painted(where, scale.kind)


def _in_each_scheme(scale: Scale) -> dict[str, list[list[Any]]]:
    return {scheme: scale.stops(palette) for scheme, palette in PALETTES.items()}
