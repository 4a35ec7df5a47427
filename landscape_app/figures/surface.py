"""A stored surface: the loss on a plane through the anchor as relief and as contours, or along a
line, with the projected snapshots.

A snapshot stands at its least-squares place, at the height of its own loss: where that is not the
relief's, the loss changes along the directions that the plane does not show. Losses are drawn by
their decimal logarithm; what is not finite is a hole, and counted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.colours import COLOURS, Colour
from landscape_app.figures.drawing import Drawing, plain
from landscape_app.figures.palette import SYMBOLS, SYMBOLS_OF_SPACE, colourscale, template
from landscape_app.figures.paths import ANCHOR, paths
from landscape_app.figures.view import DrawnRun, Need, Stored, View
from landscape_app.number_text import number

VALUES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
MOST = 151  # points drawn along an axis; a finer grid is thinned around its centre
TRAINED = "training"  # the name of the trace of the training's path
TRAINING = "path_step"  # the array by which a path of the training is known
EYE = {"x": 1.5, "y": -1.5, "z": 1.0}


def needs(view: View, kind: str = "random") -> tuple[Need, ...]:
    """Stored results of a run that its surface is made of."""
    return (Need("surface", {"kind": kind}),)


def draw(subject: DrawnRun, view: View, *, value: str = "train_loss") -> go.Figure:
    """The surface of one run: relief (view.dims 3), contours (2), or, whatever the view, the curves
    of a line.
    """
    stored = subject.results["surface"]
    if len(stored.arrays["beta"]) == 1:
        return line(subject, view, value=value)
    return (
        relief(subject, view, value=value)
        if view.dims == 3
        else contours(subject, view, value=value)
    )


def relief(subject: DrawnRun, view: View, *, value: str = "train_loss") -> go.Figure:
    """The plane in three dimensions, height and colour the value; trajectories, jumps and anchor at
    their own.
    """
    sheet = _Sheet(subject, view, value)
    sheet.ground("surface", cmin=sheet.low, cmax=sheet.high, opacity=0.92)
    sheet.snapshots(solid=True)
    sheet.training(solid=True)
    axis = {"showspikes": False, "showbackground": False, "tickfont": {"size": 10}}
    x, y, z = (
        {**axis, "title": {"text": title, "font": {"size": 10.5}}}
        for title in (*sheet.titles, sheet.title)
    )
    scene = {
        "xaxis": x,
        "yaxis": y,
        "zaxis": {**z, "range": [sheet.low, sheet.high]},
        "aspectmode": "manual",
        "aspectratio": {"x": 1, "y": 1, "z": 0.7},
        "camera": {"eye": EYE},
        "uirevision": "kept",
    }
    return sheet.figure(scene=scene, margin={"l": 0, "r": 0, "t": 0, "b": 0})


def contours(subject: DrawnRun, view: View, *, value: str = "train_loss") -> go.Figure:
    """The plane from above: lines of equal value, trajectories, jumps and anchor at their
    places.
    """
    sheet = _Sheet(subject, view, value)
    levels = {"zmin": sheet.low, "zmax": sheet.high, "ncontours": 24, "line": {"width": 0.6}}
    sheet.ground("contour", **levels)
    sheet.snapshots()
    sheet.training()
    first, second = sheet.titles
    return sheet.figure(
        xaxis={"title": {"text": first}}, yaxis={"title": {"text": second}, "scaleanchor": "x"}
    )


def line(subject: DrawnRun, view: View, *, value: str = "train_loss") -> go.Figure:
    """Train and test values along the line, and the snapshots at their places on it."""
    sheet = _Sheet(subject, view, value)
    what = value.partition("_")[2]
    for name, dash in ((f"train_{what}", "solid"), (f"test_{what}", "dot")):
        label, values = COLOURS[name].label, subject.results["surface"].arrays[name][0]
        curve = {
            "x": sheet.alpha,
            "y": _finite(replace(COLOURS[name], log=sheet.colour.log).scaled(values)),
            "mode": "lines",
            "line": {"width": 2, "dash": dash, "color": view.palette.text},
            "name": label,
            "customdata": values,
            "hovertemplate": f"%{{x:.3g}}<br>{label} %{{customdata:.4g}}<extra></extra>",
            "connectgaps": False,
        }
        sheet.drawing.add({"type": "scatter", **curve}, {"line.color": "text"})
    sheet.snapshots(flat=True)
    sheet.training(flat=True)
    return sheet.figure(
        xaxis={"title": {"text": sheet.titles[0]}}, yaxis={"title": {"text": sheet.title}}
    )


def caption(stored: Stored) -> str:
    """What the picture is of, what one unit is, and what it does not show."""
    meta = stored.meta
    parts = [f"{meta['label']}; 1 unit is {meta['unit']}."]
    if meta.get("residual_share") is not None:
        parts.append(
            f"{meta['residual_share']:.0%} of the snapshots' Σ‖δ‖² lies outside of it: they stand"
            " at the height of their own loss."
        )
    if meta.get("batchnorm"):
        parts.append(f"BatchNorm statistics: {meta['batchnorm']}.")
    if TRAINING in stored.arrays:
        far = float(np.max(stored.arrays["path_residual"]))
        parts.append(
            f"Dashed: the training, at the height of its own loss; it lies up to {number(far)}"
            " away from it, in weights."
        )
    holes = int((~np.isfinite(stored.arrays["train_loss"])).sum())
    if holes:
        points = stored.arrays["train_loss"].size
        parts.append(f"{holes} of {points} points have no finite loss and are not drawn.")
    return " ".join(parts)


class _Sheet:
    """What all three drawings need of one stored surface and one value."""

    def __init__(self, subject: DrawnRun, view: View, value: str) -> None:
        self.subject, self.view, self.value = subject, view, value
        self.stored = subject.results["surface"]
        arrays = self.stored.arrays
        self.colour = _colour(value).over(
            [arrays[value], subject.values(value, np.asarray(arrays["rows"]))]
        )
        keep_a, keep_b = (_thinned(len(arrays[name])) for name in ("alpha", "beta"))
        self.alpha, self.beta = arrays["alpha"][keep_a], arrays["beta"][keep_b]
        self.values = arrays[value][np.ix_(keep_b, keep_a)].astype(np.float32)
        self.drawn = _finite(self.colour.scaled(self.values))
        rows = np.asarray(arrays["rows"])
        height = _finite(self.colour.scaled(subject.values(value, rows)))
        self.path = paths(subject, rows, np.column_stack([arrays["coordinates"], height]))
        trained = self.colour.scaled(np.asarray(arrays.get(f"path_{value}", ())))
        every = [self.drawn.reshape(-1), height, _finite(trained)]
        self.low, self.high = _range(np.concatenate(every))
        self.drawing = Drawing("surface", [subject.run], overlay={}, caption=caption(self.stored))

    @property
    def title(self) -> str:
        return f"log₁₀ {self.colour.label}" if self.colour.log else self.colour.label

    @property
    def titles(self) -> list[str]:
        """Of both axes."""
        return [*(plain(label) for label in self.stored.meta["labels"]), ""][:2]

    def ground(self, kind: str, **how: Any) -> None:
        """Adds the plane."""
        label = self.colour.label
        title = {"text": self.title, "side": "right"}
        hover = f"%{{x:.3g}}, %{{y:.3g}}<br>{label} %{{customdata:.4g}}<extra></extra>"
        plane = {
            "type": kind,
            "x": self.alpha,
            "y": self.beta,
            "z": self.drawn,
            "customdata": self.values,
            "hovertemplate": hover,
            "colorbar": {"title": title, "thickness": 10, "len": 0.7},
            "colorscale": colourscale(self.view.palette),
            "connectgaps": False,
        }
        self.drawing.add({**plane, **how})

    def snapshots(self, *, solid: bool = False, flat: bool = False) -> None:
        """Adds trajectories, jumps and the anchor. solid: in three dimensions. flat: the second
        axis is the value.
        """
        path, look = self.path, self.subject.look
        jumps = {"size": 5, "symbol": (SYMBOLS_OF_SPACE if solid else SYMBOLS)[look]}
        parts: tuple[tuple[np.ndarray, np.ndarray, str, dict[str, Any], str], ...] = (
            (path.rows, path.at, "line", {"width": 4 if solid else 1.5}, f"run-{look + 1}"),
            (path.rows[path.jumps], path.at[path.jumps], "marker", jumps, f"run-{look + 1}"),
            (
                np.array([ANCHOR]),
                path.anchor[None],
                "marker",
                {"size": 7, "symbol": "diamond"},
                "text",
            ),
        )
        axes = "xyz" if solid else "xy"
        for rows, at, part, drawn, colour in parts:
            columns = (at[:, [0, 2]] if flat else at).T
            place = {
                axis: np.ascontiguousarray(values)
                for axis, values in zip(axes, columns, strict=False)
            }
            mark = {"mode": f"{part}s", part: {**drawn, "color": self.view.palette.named()[colour]}}
            quiet = {"connectgaps": False, "hoverinfo": "none", "showlegend": False}
            named = {"type": "scatter3d" if solid else "scatter", "meta": {"rows": rows.tolist()}}
            self.drawing.add({**named, **place, **mark, **quiet}, {f"{part}.color": colour})
            self.drawing.pickable(self.subject.run, rows)

    def training(self, *, solid: bool = False, flat: bool = False) -> None:
        """Adds the path of the training, where it is stored: a dashed line of its own."""
        arrays = self.stored.arrays
        if TRAINING not in arrays:
            return
        values, residual = arrays[f"path_{self.value}"], arrays["path_residual"]
        at = np.asarray(arrays["path_coordinates"])
        height = _finite(self.colour.scaled(values))
        columns = [at[:, 0], height] if flat else [at[:, 0], at[:, 1], height]
        axes = "xyz" if solid else "xy"
        place = dict(zip(axes, columns, strict=False))
        told = np.column_stack([arrays[TRAINING], values, residual]).astype(np.float32)
        hover = (
            f"training, step %{{customdata[0]:.0f}}<br>{self.colour.label} %{{customdata[1]:.4g}}"
            "<br>%{customdata[2]:.3g} from here, in weights<extra></extra>"
        )
        look = {"dash": "dash", "width": 4 if solid else 2, "color": self.view.palette.text}
        mark = {"size": 3 if solid else 5, "symbol": "cross", "color": self.view.palette.text}
        drawn = {"mode": "lines+markers", "line": look, "marker": mark, "name": TRAINED}
        quiet = {"customdata": told, "hovertemplate": hover, "showlegend": False}
        kind = {"type": "scatter3d" if solid else "scatter"}
        colours = {"line.color": "text", "marker.color": "text"}
        self.drawing.add({**kind, **place, **drawn, **quiet}, colours)

    def figure(self, **layout: Any) -> go.Figure:
        margin = {"l": 46, "r": 10, "t": 6, "b": 32}
        shared = {"template": template(self.view.scheme), "hovermode": "closest"}
        return self.drawing.figure({"margin": margin, **shared, "showlegend": False, **layout})


def _colour(value: str) -> Colour:
    if value not in VALUES:
        raise ValueError(f"a surface has no '{value}'; it has {', '.join(VALUES)}")
    return COLOURS[value]


def _finite(values: np.ndarray) -> np.ndarray:
    """float32 with NaN for what has no place on an axis."""
    return np.where(np.isfinite(values), values, np.nan).astype(np.float32)


def _range(values: np.ndarray) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    return low, high if high > low else low + 1.0


def _thinned(count: int) -> np.ndarray:
    """Positions of at most MOST of `count` (odd) values, evenly on both sides of the middle one,
    which is kept.
    """
    step = -(-count // MOST)
    half = count // 2 // step
    return count // 2 + step * np.arange(-half, half + 1)
