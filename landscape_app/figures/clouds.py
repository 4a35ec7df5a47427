"""The samplings of a run beside each other: clouds of points in the plane, each embedded alone, as
in the paper. A star stands at the anchor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.colours import Scale
from landscape_app.figures.drawing import Drawing
from landscape_app.figures.figure_meta import PointGroup
from landscape_app.figures.palette import PALETTES, template
from landscape_app.figures.paths import framed, middle_of, reach_of
from landscape_app.figures.view import JUMPS, SAMPLINGS, DrawnRun, Need, View
from landscape_app.number_text import number
from landscape_app.protocol import CLOUD, PAPER_METHOD

COLUMNS = (
    *("trajectory", "seed", "step_size", "epoch", "distance"),
    *("train_loss", "test_loss", "train_accuracy", "test_accuracy"),
)
GAP, EDGE, TITLE = 0.02, 1.08, 20  # between clouds, of a frame, and px of their names


def needs(view: View) -> tuple[Need, ...]:
    """The stored pictures of the samplings that the view shows."""
    return tuple(Need(CLOUD, {"kind": kind, "method": PAPER_METHOD}, kind) for kind in view.clouds)


def key(kind: str) -> str:
    """What the picture of a sampling is called among a run's results."""
    return f"{CLOUD} {kind}"


def kinds(subject: DrawnRun, view: View) -> list[str]:
    """The samplings of the view of which there is a picture."""
    return [kind for kind in view.clouds if key(kind) in subject.results]


def points(subject: DrawnRun, kind: str) -> DrawnRun:
    """The points of a sampling as snapshots of their own: jump and retrain has canonical ids, the
    others count theirs from 1.
    """
    stored = subject.results[key(kind)]
    columns = {name: np.asarray(stored.arrays[name]) for name in COLUMNS}
    columns["row"] = np.asarray(stored.arrays["rows"])
    epochs = subject.epochs if kind == JUMPS else 0
    return DrawnRun(subject.run, subject.label, subject.look, epochs, columns)


def drawn(subject: DrawnRun, view: View) -> list[DrawnRun]:
    """The points of every sampling that is shown."""
    return [points(subject, kind) for kind in kinds(subject, view)]


def name(cloud: DrawnRun, row: int) -> str:
    """Which point of a static sampling it is: direction 17 · step 0.3; a grid has no direction."""
    at = cloud.position(row)
    if at is None:
        return f"point {row} (not there)"
    seed, step = cloud.columns["seed"][at], cloud.columns["step_size"][at]
    what = f"direction {int(seed)}" if seed >= 0 else f"point {row}"
    return f"{what} · step {number(step)}"


def draw(subject: DrawnRun, view: View, scale: Scale) -> go.Figure:
    """The clouds of one run, from left to right."""
    shown = kinds(subject, view)
    pen = _Pen(subject, view, scale)
    for place, kind in enumerate(shown):
        pen.cloud(place, kind)
    return pen.figure(_layout(shown, view))


class _Pen(Drawing):
    """Draws one cloud after the other, each on axes of its own."""

    def __init__(self, subject: DrawnRun, view: View, scale: Scale) -> None:
        fading = {scheme: scale.stops(palette) for scheme, palette in PALETTES.items()}
        super().__init__(
            "scene",
            [subject.run],
            scale=scale.stops(view.palette) if scale.kind == "stepped" else None,
            fading=fading if scale.kind == "fading" else None,
            dims=2,
            base=[],
            points=[],
            front=[],
        )
        self.subject, self.view, self.scale = subject, view, scale

    def cloud(self, place: int, kind: str) -> None:
        """The points of a sampling and its star."""
        stored, cloud = self.subject.results[key(kind)], points(self.subject, kind)
        coordinates = np.asarray(stored.arrays["coordinates"], dtype=np.float64)
        at, rows = framed(coordinates), cloud.rows
        jumps = np.zeros(len(rows), dtype=bool)
        if self.scale.jumps is not None and kind == JUMPS:
            jumps = (cloud.columns["epoch"] == 0) & (cloud.columns["step_size"] > 0)
        for mask, scale in ((~jumps, self.scale), (jumps, self.scale.jumps)):
            if scale is not None and mask.any():
                self._points(place, kind, cloud, rows[mask], at[mask], scale)
        self._star(place, stored.meta.get("anchor"), coordinates)

    def _points(
        self,
        place: int,
        kind: str,
        cloud: DrawnRun,
        rows: np.ndarray,
        at: np.ndarray,
        scale: Scale,
    ) -> None:
        own = scale is self.scale.jumps
        marker: dict[str, Any] = {"size": 9 if own else 5, "symbol": "diamond" if own else "circle"}
        valued = not scale.colour.category or bool((cloud.columns["seed"] >= 0).any())
        if valued:
            marker |= {"color": scale.of(cloud, rows), **scale.marker(self.view.palette)}
        else:  # a grid has no direction
            marker["color"] = self.view.palette.muted
        self.add({**_where(place, at), "mode": "markers", "marker": marker, "hoverinfo": "none"})
        where, colour = "marker.colorscale", scale.kind
        self.painted(*((where, colour) if valued else ("marker.color", "muted")))
        if kind == JUMPS:
            self.pickable(self.subject.run, rows)
        else:
            group: PointGroup = {
                "trace": self.last,
                "run": self.subject.run,
                "sampling": kind,
                "rows": rows.tolist(),
                "words": [name(cloud, row) for row in rows.tolist()],
            }
            self.meta["points"].append(group)

    def _star(self, place: int, anchor: Any, coordinates: np.ndarray) -> None:
        if anchor is None:
            return
        reach = reach_of(coordinates) or 1.0
        at = ((np.asarray(anchor, dtype=np.float64) - middle_of(coordinates)) / reach)[None]
        star = {"size": 16, "symbol": "star", "color": self.view.palette.text}
        self.add({**_where(place, at), "mode": "markers", "marker": star, "hoverinfo": "skip"})
        self.painted("marker.color", "text")
        self.meta["front"].append(self.last)


def _where(place: int, at: np.ndarray) -> dict[str, Any]:
    number_of = "" if place == 0 else str(place + 1)
    x, y = np.asarray(at, dtype=np.float32).T
    axes = {"xaxis": f"x{number_of}", "yaxis": f"y{number_of}"}
    return {"type": "scatter", "x": np.ascontiguousarray(x), "y": np.ascontiguousarray(y), **axes}


def _layout(shown: Sequence[str], view: View) -> dict[str, Any]:
    """Equal axes without ticks, which mean nothing, and the names of the samplings over them."""
    axis = {"range": [-EDGE, EDGE], "showticklabels": False, "zeroline": False}
    layout: dict[str, Any] = {
        "template": template(view.scheme),
        "margin": {"l": 0, "r": 0, "t": TITLE if len(shown) > 1 else 0, "b": 0},
        "showlegend": False,
        "uirevision": view.sampling,
        "annotations": [],
    }
    width = (1 + GAP) / max(len(shown), 1)
    for place, kind in enumerate(shown):
        number_of = "" if place == 0 else str(place + 1)
        left, right = place * width, min(place * width + width - GAP, 1.0)
        across = {"domain": [left, right], "anchor": f"y{number_of}", "constrain": "domain"}
        layout[f"xaxis{number_of}"] = {**axis, **across}
        up = {"anchor": f"x{number_of}", "scaleanchor": f"x{number_of}", "constrain": "domain"}
        layout[f"yaxis{number_of}"] = {**axis, **up}
        if len(shown) > 1:
            layout["annotations"].append(
                {
                    **{"x": 0.5, "xref": f"x{number_of} domain", "xanchor": "center"},
                    **{"y": 1, "yref": f"y{number_of} domain", "yanchor": "bottom"},
                    **{"text": SAMPLINGS[kind], "showarrow": False},
                }
            )
    return layout
