"""The figures of the page by name, all with the same axes and the same range of values, so that
they compare.

figures.surface draws one run alone and heights as logarithms; here they are put on common axes, in
linear heights where asked for, and every snapshot says in words what it is and how far from the
plane.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from landscape_app.dashboard.surface.choice import SurfaceChoice
from landscape_app.dashboard.surface.view import RunSurface, SurfaceView, values
from landscape_app.figures import surface
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.palette import PALETTES, template
from landscape_app.figures.view import Stored, Subject, View
from landscape_app.records.rows import look_up

Range = tuple[float, float]
REACH = 1.5  # how far beyond the computed points, in their extent, a frame follows the snapshots
AIR = 0.03  # of a range, left on both sides of it
LEVELS = 24  # of contours over the shared range; a relief has every second of them
FAINT = "rgba(255,255,255,0.3)"  # contour lines
NEAR, CENTRE = 1.26, {"x": 0, "y": 0, "z": -0.17}  # the camera, where a scene is wider than high
# how much farther it stands for as many runs: their scenes are higher than wide
NARROW = {1: 1.25, 3: 1.4, 4: 1.8}


@dataclass(frozen=True)
class CommonAxes:
    """values: the range of heights and colours as drawn (after the logarithm). across: that of both
    axes.
    """

    values: Range
    across: Range


def names(view: SurfaceView) -> list[str]:
    """Every figure of the page: a relief and contours a run, or its line. What has no surface has
    the first alone, for its words.
    """
    first = "line" if view.choice.kind == "line" else "relief"
    second = (
        []
        if first == "line"
        else [f"contours-{run.slot}" for run in view.runs if run.subject is not None]
    )
    return [f"{first}-{run.slot}" for run in view.runs] + second


def figures(view: SurfaceView, wanted: Iterable[str]) -> dict[str, go.Figure]:
    """{name: figure} of those `wanted`; what has no surface is an empty run."""
    shared, away = frame(view), NEAR * NARROW.get(len(view.runs), 1.0)
    by_slot = {run.slot: run for run in view.drawn}
    found = {}
    for name in wanted:
        kind, _, slot = name.partition("-")
        run = by_slot.get(int(slot)) if slot.isdigit() else None
        found[name] = (
            _empty(view.choice) if run is None else _drawn(run, kind, view.choice, shared, away)
        )
    return found


def frame(view: SurfaceView) -> CommonAxes:
    """What holds every drawn surface and, within REACH, every snapshot."""
    heights = [
        _heights(view.choice, part) for run in view.drawn for part in values(run, view.choice)
    ]
    return CommonAxes(
        _ends(np.concatenate([part.reshape(-1) for part in heights]) if heights else np.empty(0)),
        _across(view),
    )


def outside(run: RunSurface, shared: CommonAxes) -> int:
    """Snapshots of a run whose place is beyond the frame."""
    places = run.surface.arrays["coordinates"]
    with np.errstate(invalid="ignore"):
        return int(((places < shared.across[0]) | (places > shared.across[1])).any(axis=1).sum())


def _across(view: SurfaceView) -> Range:
    extent = max(
        (float(np.abs(run.surface.arrays["alpha"]).max()) for run in view.drawn), default=1.0
    )
    places = [np.abs(run.surface.arrays["coordinates"]).reshape(-1) for run in view.drawn]
    finite = np.concatenate([part[np.isfinite(part)] for part in places]) if places else np.empty(0)
    reach = min(max(extent, float(finite.max()) if len(finite) else 0.0), REACH * extent) * (
        1 + AIR
    )
    return -reach, reach


def _heights(choice: SurfaceChoice, values: np.ndarray) -> np.ndarray:
    """float32 heights, NaN where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        heights = np.log10(values) if choice.log else np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(heights), heights, np.nan).astype(np.float32)


def _ends(values: np.ndarray) -> Range:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    return low, high if high > low else low + 1.0


def _drawn(
    run: RunSurface, kind: str, choice: SurfaceChoice, shared: CommonAxes, away: float
) -> go.Figure:
    subject = run.subject
    assert subject is not None
    view = View(dims=2 if kind == "contours" else 3, colour=choice.value, scheme=choice.scheme)
    figure = surface.draw(subject, view, value=choice.value)
    for trace in figure.data:
        if trace.meta:
            _snapshots(trace, subject, choice, flat=kind == "line", dims=view.dims)
            _outlined(trace, view, over=kind != "line")
        else:
            _ground(trace, choice, shared)
    _axes(figure, kind, choice, shared, away)
    return figure


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
    """Heights as asked for, the colours of the shared range; the scale is in the header, once for
    all.
    """
    heights = _heights(choice, np.asarray(trace.customdata))
    trace.customdata = np.asarray(trace.customdata, dtype=np.float32)
    if isinstance(trace, go.Scatter):
        trace.y = heights
        return
    trace.z, trace.showscale = heights, False
    if isinstance(trace, go.Surface):
        low, high = shared.values
        trace.update(cmin=low, cmax=high, opacity=1)
        trace.contours.z.update(
            show=True,
            usecolormap=False,
            color=FAINT,
            width=1,
            start=low,
            end=high,
            size=2 * (high - low) / LEVELS,
        )
        trace.lighting.update(ambient=0.72, diffuse=0.6, specular=0.06, roughness=0.9, fresnel=0.05)
    else:
        low, high = shared.values
        trace.update(
            zmin=low,
            zmax=high,
            autocontour=False,
            contours={"start": low, "end": high, "size": (high - low) / LEVELS},
        )
        trace.line.update(width=0.5, color=FAINT)


def _snapshots(
    trace: go.Scatter | go.Scatter3d,
    subject: Subject,
    choice: SurfaceChoice,
    *,
    flat: bool,
    dims: int,
) -> None:
    """Their own value as height where there is one, and what each is in words."""
    rows = np.asarray(trace.meta["rows"])
    there = rows >= 0
    value = np.full(len(rows), np.nan)
    value[there] = subject.values(choice.value, rows[there])
    if flat:
        trace.y = _heights(choice, value)
    elif dims == 3:
        trace.z = _heights(choice, value)
    stored = subject.results["surface"]
    facts = np.full((len(rows), 5), np.nan, dtype=np.float32)
    for column, name in enumerate(("seed", "step_size", "epoch")):
        facts[there, column] = subject.values(name, rows[there])
    facts[:, 3] = value
    facts[there, 4] = look_up(stored.arrays["rows"], rows[there]).of(off_plane(stored))
    label = COLOURS[choice.value].label
    where = "line" if flat else "plane"
    own = (
        f"its own {label} %{{customdata[3]:.4g}}<br>off the {where} by %{{customdata[4]:.3f}}"
        " ‖θo‖<extra></extra>"
    )
    what = "seed %{customdata[0]} · step %{customdata[1]} · epoch %{customdata[2]}<br>"
    trace.customdata, trace.hoverinfo = facts, None
    trace.hovertemplate = (
        f"anchor<br>{label} %{{customdata[3]:.4g}}<extra></extra>"
        if len(rows) and rows[0] == 0
        else what + own
    )


def off_plane(stored: Stored) -> np.ndarray:
    """(n,) how far each snapshot lies from the plane, in ‖θo‖ of the weights that jumps move."""
    return np.asarray(stored.arrays["residual"]) / float(stored.meta["jump_length"])


def _axes(
    figure: go.Figure, kind: str, choice: SurfaceChoice, shared: CommonAxes, away: float
) -> None:
    label, muted = COLOURS[choice.value].label, PALETTES[choice.scheme].muted
    low, high = shared.values
    airy = [low - AIR * (high - low), high + AIR * (high - low)]
    title = f"log₁₀ {label}" if choice.log else label
    if kind == "relief":
        plain = {"tickfont": {"color": muted}, "title": {"font": {"color": muted}}}
        axis = {**plain, "range": list(shared.across), "nticks": 5}
        figure.update_scenes(xaxis=axis, yaxis=axis, zaxis={**plain, "range": airy, "nticks": 6})
        figure.update_scenes(
            zaxis_title_text=title,
            camera={"eye": {"x": away, "y": -away, "z": 0.72 * away}, "center": CENTRE},
        )
    elif kind == "contours":
        figure.update_xaxes(range=list(shared.across), constrain="domain", nticks=7)
        figure.update_yaxes(range=list(shared.across), constrain="domain", nticks=7)
    else:
        figure.update_xaxes(range=list(shared.across))
        figure.update_yaxes(
            range=airy, title={"text": title.replace("train ", "").replace("test ", "")}
        )


def _empty(choice: SurfaceChoice) -> go.Figure:
    """Nothing, without a WebGL context: the card says in words why."""
    hidden = {"visible": False, "fixedrange": True}
    return go.Figure(layout={"template": template(choice.scheme), "xaxis": hidden, "yaxis": hidden})
