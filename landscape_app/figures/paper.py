"""The figures of the paper from a study of one's own: a sampling as points coloured by its loss, or
by trajectory as in the paper; and persistence diagrams with their totals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.drawing import float32, plain
from landscape_app.figures.palette import (
    CATEGORIES,
    FADED,
    PALETTES,
    Palette,
    Scheme,
    colourscale,
    mixed,
    template,
)
from landscape_app.number_text import number

SYMBOLS = ("circle", "square", "diamond")


@dataclass(frozen=True)
class CloudPoints:
    """n embedded points. coordinates (n, 2); train_loss, seed, step_size, epoch (n,). anchor (2,):
    where the star stands; None where there is none.
    """

    coordinates: np.ndarray
    train_loss: np.ndarray
    seed: np.ndarray
    step_size: np.ndarray
    epoch: np.ndarray
    anchor: np.ndarray | None = None


@dataclass(frozen=True)
class ClosedDiagram:
    """A diagram of D0, (b,) each: `never` marks what never dies, closed at the greatest loss.
    label: of its network; total: Σ (death − birth)².
    """

    label: str
    birth: np.ndarray
    death: np.ndarray
    never: np.ndarray
    total: float


def by_loss(points: CloudPoints, scheme: Scheme = "light") -> go.Figure:
    """All points, coloured by the decimal logarithm of the train loss."""
    palette = PALETTES[scheme]
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.log10(points.train_loss)
    known = np.isfinite(values)
    bar = {
        "title": {"text": "log₁₀ train loss", "side": "right", "font": {"size": 10}},
        "thickness": 8,
        "outlinewidth": 0,
        "tickfont": {"size": 9},
    }
    marker = {
        "size": 4.5,
        "color": float32(values[known]),
        "colorscale": colourscale(palette),
        "colorbar": bar,
    }
    x, y = points.coordinates[known].T
    text = [f"train loss {number(value)}" for value in points.train_loss[known]]
    trace = _scatter(x, y, marker=marker, text=text, hoverinfo="text", showlegend=False)
    return _framed([trace, *_star(points, palette)], scheme)


def as_in_the_paper(points: CloudPoints, scheme: Scheme = "light") -> go.Figure:
    """Hue by the seed of the direction, fading with the epoch; jumps as diamonds coloured by step
    size; a star at the anchor.
    """
    palette = PALETTES[scheme]
    last = max(float(points.epoch.max(initial=0.0)), 1.0)
    traces = []
    for place, seed in enumerate(np.unique(points.seed)):
        hue = CATEGORIES[place % len(CATEGORIES)]
        mask = (points.seed == seed) & (points.epoch > 0)
        shares = FADED + (1 - FADED) * (1 - points.epoch[mask] / last)
        colours = [mixed(hue, palette.card, float(share)) for share in shares]
        text = [f"seed {seed:g}, epoch {epoch:g}" for epoch in points.epoch[mask]]
        x, y = points.coordinates[mask].T
        marker = {"size": 4.5, "color": colours}
        traces.append(_scatter(x, y, marker=marker, text=text, hoverinfo="text", showlegend=False))
        traces.append(_key(f"seed {seed:g}", hue, "circle"))
    return _framed([*traces, *_jumps(points, palette), *_star(points, palette)], scheme)


def diagrams(each: Sequence[ClosedDiagram], scheme: Scheme = "light") -> go.Figure:
    """The diagrams of several networks on common axes; the legend has their totals."""
    palette = PALETTES[scheme]
    ends = np.concatenate([np.zeros(1), *(np.r_[bars.birth, bars.death] for bars in each)])
    low, high = float(ends.min()), float(ends.max())
    line = {"width": 1, "color": palette.muted}
    traces = [
        go.Scatter(
            x=[low, high],
            y=[low, high],
            mode="lines",
            line=line,
            opacity=0.5,
            hoverinfo="skip",
            showlegend=False,
        )
    ]
    for place, bars in enumerate(each):
        shape = SYMBOLS[place % len(SYMBOLS)]
        symbols = [shape if never else f"{shape}-open" for never in bars.never]
        traces.append(
            _scatter(
                bars.birth,
                bars.death,
                name=plain(f"{bars.label}: total {number(bars.total)}"),
                marker={"size": 8, "symbol": symbols, "color": palette.runs[place]},
                text=[
                    f"{number(birth)} to {number(death)}{' (never dies)' if never else ''}"
                    for birth, death, never in zip(bars.birth, bars.death, bars.never, strict=True)
                ],
                hoverinfo="text+name",
            )
        )
    figure = go.Figure(traces).update_layout(
        template=template(scheme),
        margin={"l": 52, "r": 12, "t": 8, "b": 40},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 11}},
        hovermode="closest",
    )
    figure.update_xaxes(title={"text": "birth (test loss)"})
    return figure.update_yaxes(title={"text": "death (test loss)"})


def _scatter(x: np.ndarray, y: np.ndarray, **look: Any) -> Any:
    return go.Scatter(x=float32(x), y=float32(y), mode="markers", **look)


def _key(name: str, colour: str, symbol: str) -> Any:
    """An entry of the legend without a point."""
    marker = {"size": 7, "color": colour, "symbol": symbol}
    return go.Scatter(
        x=[None], y=[None], mode="markers", name=name, marker=marker, hoverinfo="skip"
    )


def _jumps(points: CloudPoints, palette: Palette) -> list[Any]:
    """The jumps, a trace for each step size, larger steps in higher colours of the scale."""
    jumped = points.epoch == 0
    steps = np.unique(points.step_size[jumped])
    last = len(palette.scale) - 1
    traces = []
    for place, step in enumerate(steps):
        mask = jumped & (points.step_size == step)
        colour = palette.scale[round(last * (0.2 + 0.8 * place / max(len(steps) - 1, 1)))]
        look: Mapping[str, Any] = {
            "size": 9,
            "symbol": "diamond",
            "color": colour,
            "line": {"width": 1, "color": palette.card},
        }
        x, y = points.coordinates[mask].T
        text = [f"jump of {step:g}, seed {seed:g}" for seed in points.seed[mask]]
        traces.append(
            _scatter(x, y, marker=look, name=f"jump {step:g}", text=text, hoverinfo="text")
        )
    return traces


def _star(points: CloudPoints, palette: Palette) -> list[Any]:
    if points.anchor is None:
        return []
    marker = {
        "size": 14,
        "symbol": "star",
        "color": palette.text,
        "line": {"width": 1, "color": palette.card},
    }
    x, y = points.anchor[:1], points.anchor[1:]
    return [_scatter(x, y, marker=marker, name="anchor", text=["anchor"], hoverinfo="text")]


def _framed(traces: list[Any], scheme: Scheme) -> go.Figure:
    """Equal axes without ticks: the axes of an embedding mean nothing."""
    axis = {
        "showticklabels": False,
        "ticks": "",
        "zeroline": False,
        "showgrid": False,
        "mirror": True,
        "showline": True,
    }
    figure = go.Figure(traces).update_layout(
        template=template(scheme),
        margin={"l": 6, "r": 6, "t": 6, "b": 6},
        hovermode="closest",
        legend={"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top", "font": {"size": 10}},
    )
    figure.update_xaxes(**axis)
    return figure.update_yaxes(**axis, scaleanchor="x", scaleratio=1)
