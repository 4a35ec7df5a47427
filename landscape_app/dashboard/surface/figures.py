"""The figures of the page by name, all on common axes.

figures.surface draws one run alone and heights as logarithms; here they are put on common axes, in
linear heights where asked for, and every snapshot says in words what it is and how far from the
plane.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import plotly.graph_objects as go

from landscape_app.dashboard.surface.axes import AIR, CommonAxes, frame, heights
from landscape_app.dashboard.surface.choice import SurfaceChoice
from landscape_app.dashboard.surface.view import RunSurface, SurfaceView
from landscape_app.figures import surface
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.palette import PALETTES, template
from landscape_app.figures.view import DrawnRun, Stored, View
from landscape_app.records.rows import look_up

LEVELS = 24  # of contours over the shared range; a relief has every second of them
FAINT = "rgba(255,255,255,0.3)"  # contour lines
NEAR, CENTRE = 1.26, {"x": 0, "y": 0, "z": -0.17}  # the camera, where a scene is wider than high
# how much farther it stands for as many runs: their scenes are higher than wide
NARROW = {1: 1.25, 3: 1.4, 4: 1.8}


def names(view: SurfaceView) -> list[str]:
    """Every figure of the page: a relief and contours a run (contours alone without WebGL), or its
    line. What has no surface has the first alone, for its words.
    """
    first = _first(view.choice)
    second = (
        []
        if first != "relief"
        else [f"contours-{run.slot}" for run in view.runs if run.subject is not None]
    )
    return [f"{first}-{run.slot}" for run in view.runs] + second


def _first(choice: SurfaceChoice) -> str:
    """The kind of figure that every run has, and that carries its words."""
    if choice.kind == "line":
        return "line"
    return "contours" if choice.flat else "relief"


def figures(view: SurfaceView, wanted: Iterable[str]) -> dict[str, go.Figure]:
    """{name: figure} of those `wanted`; what has no surface is an empty run."""
    shared, away = frame(view), NEAR * NARROW.get(len(view.runs), 1.0)
    by_slot = {run.slot: run for run in view.drawn}
    drawn = {}
    for name in wanted:
        kind, _, slot = name.partition("-")
        run = by_slot.get(int(slot)) if slot.isdigit() else None
        drawn[name] = (
            _empty(view.choice) if run is None else _drawn(run, kind, view.choice, shared, away)
        )
    return drawn


def _drawn(
    run: RunSurface, kind: str, choice: SurfaceChoice, shared: CommonAxes, away: float
) -> go.Figure:
    subject = run.subject
    assert subject is not None
    view = View(dims=2 if kind == "contours" else 3, colour=choice.value, scheme=choice.scheme)
    figure = surface.draw(subject, view, value=choice.value)
    for trace in figure.data:
        if trace.name == surface.TRAINED:
            _training(trace, choice, shared)
        elif trace.meta:
            _snapshots(trace, subject, choice, shared, flat=kind == "line", dims=view.dims)
            _outlined(trace, view, over=kind != "line")
        else:
            _ground(trace, choice, shared)
    _axes(figure, kind, choice, shared, away)
    return figure


def _training(trace: go.Scatter | go.Scatter3d, choice: SurfaceChoice, shared: CommonAxes) -> None:
    """The path of the training at the heights of the page."""
    values = np.asarray(trace.customdata)[:, 1]
    drawn = np.minimum(heights(choice, values), shared.values[1])
    if isinstance(trace, go.Scatter3d):
        trace.z = drawn
    elif choice.kind == "line":
        trace.y = drawn


def _outlined(trace: go.Scatter | go.Scatter3d, view: View, *, over: bool) -> None:
    """Marks with a rim and, `over` a coloured ground, paths in the colour of text: both are seen on
    every colour.
    """
    palette, solid = view.palette, isinstance(trace, go.Scatter3d)
    if trace.mode == "lines":
        trace.line.update(
            color=palette.text if over else trace.line.color, width=3 if solid else 1.4
        )
    else:
        trace.marker.update(
            size=(5 if solid else 8) + (2 if trace.meta["rows"] == [0] else 0),
            line={"color": palette.card, "width": 1.2},
        )


def _ground(
    trace: go.Surface | go.Contour | go.Scatter, choice: SurfaceChoice, shared: CommonAxes
) -> None:
    """Heights as asked for, flat where they go beyond the shared range, whose colours they have;
    the scale is in the header, once for all.
    """
    drawn = np.minimum(heights(choice, np.asarray(trace.customdata)), shared.values[1])
    trace.customdata = np.asarray(trace.customdata, dtype=np.float32)
    if isinstance(trace, go.Scatter):
        trace.y = drawn
        return
    trace.z, trace.showscale = drawn, False
    if isinstance(trace, go.Surface):
        _sheet(trace, *shared.values)
    else:
        _levels(trace, *shared.values)


def _sheet(trace: go.Surface, low: float, high: float) -> None:
    """Colours, light and contour lines of a relief, between the ends of the range."""
    trace.update(cmin=low, cmax=high, opacity=1)
    lines = {"show": True, "usecolormap": False, "color": FAINT, "width": 1}
    trace.contours.z.update(**lines, start=low, end=high, size=2 * (high - low) / LEVELS)
    trace.lighting.update(ambient=0.72, diffuse=0.6, specular=0.06, roughness=0.9, fresnel=0.05)


def _levels(trace: go.Contour, low: float, high: float) -> None:
    """Colours and contour lines seen from above, between the ends of the range."""
    levels = {"start": low, "end": high, "size": (high - low) / LEVELS}
    trace.update(zmin=low, zmax=high, autocontour=False, contours=levels)
    trace.line.update(width=0.5, color=FAINT)


def _snapshots(
    trace: go.Scatter | go.Scatter3d,
    subject: DrawnRun,
    choice: SurfaceChoice,
    shared: CommonAxes,
    *,
    flat: bool,
    dims: int,
) -> None:
    """Their own value as height where there is one, and what each is in words; on a line a triangle
    where that is beyond the shared range.
    """
    rows = np.asarray(trace.meta["rows"])
    there = rows >= 0
    value = np.full(len(rows), np.nan)
    value[there] = subject.values(choice.value, rows[there])
    height = heights(choice, value)
    beyond = height > shared.values[1]
    if flat:
        trace.y = np.minimum(height, shared.values[1])
        if trace.mode == "markers" and beyond.any():
            symbols = np.where(beyond, "triangle-up", trace.marker.symbol)
            trace.marker.symbol = symbols.tolist()
    elif dims == 3:
        trace.z = np.minimum(height, shared.values[1])
    trace.customdata, trace.hoverinfo = _facts(subject, rows, there, value), None
    anchor = len(rows) > 0 and rows[0] == 0
    trace.hovertemplate = _hover(COLOURS[choice.value].label, anchor=anchor, flat=flat)


def _facts(subject: DrawnRun, rows: np.ndarray, there: np.ndarray, value: np.ndarray) -> np.ndarray:
    """(n, 5) float32: seed, step size, epoch, value and distance off the plane of each row."""
    stored = subject.results["surface"]
    facts = np.full((len(rows), 5), np.nan, dtype=np.float32)
    for column, name in enumerate(("seed", "step_size", "epoch")):
        facts[there, column] = subject.values(name, rows[there])
    facts[:, 3] = value
    facts[there, 4] = look_up(stored.arrays["rows"], rows[there]).of(off_plane(stored))
    return facts


def _hover(label: str, *, anchor: bool, flat: bool) -> str:
    """What plotly writes on hover, from `_facts`."""
    if anchor:
        return f"anchor<br>{label} %{{customdata[3]:.4g}}<extra></extra>"
    where = "line" if flat else "plane"
    return (
        "seed %{customdata[0]} · step %{customdata[1]} · epoch %{customdata[2]}<br>"
        f"its own {label} %{{customdata[3]:.4g}}<br>off the {where} by %{{customdata[4]:.3f}}"
        " ‖θo‖<extra></extra>"
    )


def off_plane(stored: Stored) -> np.ndarray:
    """(n,) how far each snapshot is from the plane, in ‖θo‖ of the weights that jumps move."""
    return np.asarray(stored.arrays["residual"]) / float(stored.meta["jump_length"])


def _axes(
    figure: go.Figure, kind: str, choice: SurfaceChoice, shared: CommonAxes, away: float
) -> None:
    label, across = COLOURS[choice.value].label, list(shared.across)
    low, high = shared.values
    airy = [low - AIR * (high - low), high + AIR * (high - low)]
    title = f"log₁₀ {label}" if choice.log else label
    if kind == "relief":
        muted = PALETTES[choice.scheme].muted
        plain = {"tickfont": {"color": muted}, "title": {"font": {"color": muted}}}
        axis = {**plain, "range": across, "nticks": 5}
        figure.update_scenes(xaxis=axis, yaxis=axis, zaxis={**plain, "range": airy, "nticks": 6})
        camera = {"eye": {"x": away, "y": -away, "z": 0.72 * away}, "center": CENTRE}
        figure.update_scenes(zaxis_title_text=title, camera=camera)
    elif kind == "contours":
        figure.update_xaxes(range=across, constrain="domain", nticks=7)
        figure.update_yaxes(range=across, constrain="domain", nticks=7)
    else:
        short = title.replace("train ", "").replace("test ", "")
        figure.update_xaxes(range=across)
        figure.update_yaxes(range=airy, title={"text": short})


def _empty(choice: SurfaceChoice) -> go.Figure:
    """Nothing, without a WebGL context: the card says in words why."""
    hidden = {"visible": False, "fixedrange": True}
    return go.Figure(layout={"template": template(choice.scheme), "xaxis": hidden, "yaxis": hidden})
