"""A study in two figures: a measure against the gap, a point per network, and how closely every
measure follows the gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.palette import (
    CATEGORIES,
    PALETTES,
    Palette,
    Scheme,
    colourscale,
    template,
)
from landscape_app.figures.palette import SYMBOLS as RUN_SYMBOLS

# beside the colours of a category
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "x", "star")
FEW = 6  # distinct numbers that are told apart by a shape each; more take a colour bar
DECADES = 2.0  # positive values that span more are drawn on a logarithmic axis: τ is of ranks
ROW, TOP, BOTTOM = 20, 30, 12  # pixels of a measure in the ranking, and above and below all of them
OUTSIDE = "other networks"


@dataclass(frozen=True)
class Marked:
    """Masks (n,) of networks: `outside` those the statistics leave out, drawn small and grey;
    `picked` those with a ring.
    """

    outside: np.ndarray | None = None
    picked: np.ndarray | None = None


def against(
    measure: np.ndarray,
    gap: np.ndarray,
    ids: Sequence[str],
    *,
    labels: tuple[str, str],
    colour: np.ndarray | None = None,
    colour_label: str = "",
    hover: Sequence[str] | None = None,
    marked: Marked | None = None,
    scheme: Scheme = "light",
) -> go.Figure:
    """The measure (n,) to the right and the gap (n,) upwards; networks without a finite value of
    either are not drawn, and counted.

    colour: (n,) a hyper-parameter: words, or numbers of at most FEW different values, as categories
    with a shape of their own, a trace each; other numbers on the ordered scale. hover: (n,) what is
    said of a point, its id where not given. Every point carries its id.
    """
    known, marked = np.isfinite(measure) & np.isfinite(gap), marked or Marked()
    inside = known if marked.outside is None else known & ~marked.outside
    palette, cloud = (
        PALETTES[scheme],
        NetworkPoints(measure, gap, np.asarray(ids), np.asarray(ids if hover is None else hover)),
    )
    traces = []
    if marked.outside is not None and (known & marked.outside).any():
        traces.append(
            cloud.trace(
                known & marked.outside,
                name=OUTSIDE,
                legendrank=2000,
                marker=_marker(palette.muted, "circle-open", size=5, opacity=0.6),
            )
        )
    traces += _points(cloud, inside, colour, colour_label, palette)
    if marked.picked is not None and (known & marked.picked).any():
        traces.append(_rings(cloud, known & marked.picked, palette))
    absent = int((~known).sum())
    figure = go.Figure(traces)
    figure.update_layout(
        template=template(scheme),
        margin={"l": 58, "r": 14, "t": 26, "b": 40},
        hovermode="closest",
        hoverlabel={"align": "left"},
        legend=_legend(
            colour_label,
            beside_bar=any("colorbar" in trace.marker.to_plotly_json() for trace in traces),
        ),
        xaxis={"title": {"text": _plain(labels[0])}, **_scale(measure[known])},
        yaxis={"title": {"text": _plain(labels[1])}},
        annotations=[_note(f"{absent} of {len(known)} without a value", palette)] if absent else [],
    )
    return figure


@dataclass(frozen=True)
class RankingMarks:
    """How a row of the ranking is drawn: masks (m,) of `baseline`, of `linear` samples, and of
    measures that `few` of the networks have; the row that is `chosen`, and the size of τ
    (`reference`) of the best baseline, which every other measure has to beat.
    """

    baseline: np.ndarray
    linear: np.ndarray | None = None
    few: np.ndarray | None = None
    chosen: int | None = None
    reference: float | None = None


def ranking(
    labels: Sequence[str],
    values: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    *,
    marks: RankingMarks,
    names: Sequence[str] = (),
    tips: Sequence[Sequence[str]] = (),
    scheme: Scheme = "light",
) -> go.Figure:
    """A row per measure, the first on top: its τ (m,) with its interval from `low` to `high` (m,),
    NaN where there is none.

    Baselines are open diamonds, measures of linear samples open squares; the line is at 0, where a
    measure says nothing; what has no interval, or one that holds 0, or is known of few networks, is
    pale. `names` and `tips` (m,) go into layout.meta, for a script that knows which row is under
    the pointer.
    """
    palette, place = PALETTES[scheme], np.arange(len(values))
    sure = (low > 0) | (high < 0)  # NaN: no interval, nothing is sure
    sure &= True if marks.few is None else ~marks.few
    traces = [
        _row_trace(
            kind,
            values,
            low,
            high,
            mask & (sure == strong),
            palette,
            pale=not strong,
            legend=strong or not (mask & sure).any(),
        )
        for kind, mask in _kinds(marks, len(values))
        for strong in (True, False)
        if (mask & (sure == strong)).any()
    ]
    figure = go.Figure(traces)
    figure.update_layout(
        template=template(scheme),
        margin={"l": 8, "r": 14, "t": TOP, "b": BOTTOM},
        height=TOP + BOTTOM + ROW * max(len(values), 1),
        showlegend=False,
        hovermode=False,
        dragmode=False,
        xaxis={
            "range": [-1.06, 1.06],
            "tickvals": [-1, -0.5, 0, 0.5, 1],
            "ticktext": ["−1", "−0.5", "0", "0.5", "1"],
            "side": "top",
            "zeroline": True,
            "zerolinecolor": palette.muted,
            "zerolinewidth": 1,
            "fixedrange": True,
            "visible": len(values) > 0,
        },
        yaxis={
            "tickvals": place,
            "ticktext": [_plain(one) for one in labels],
            "range": [len(values) - 0.5, -0.5],
            "automargin": True,
            "fixedrange": True,
            "showgrid": False,
            "tickfont": {"size": 11, "color": palette.text},
        },
        shapes=[
            *_references(marks, palette),
            *([] if marks.chosen is None else [_band(marks.chosen, palette)]),
        ],
        meta={"names": list(names), "tips": [list(lines) for lines in tips]},
    )
    return figure


SHAPES = {"measure": "circle", "baseline": "diamond-open", "linear samples": "square-open"}


def _kinds(marks: RankingMarks, count: int) -> Iterator[tuple[str, np.ndarray]]:
    linear = np.zeros(count, bool) if marks.linear is None else marks.linear & ~marks.baseline
    yield "measure", ~marks.baseline & ~linear
    yield "baseline", marks.baseline
    yield "linear samples", linear


def _row_trace(
    kind: str,
    values: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    mask: np.ndarray,
    palette: Palette,
    *,
    pale: bool,
    legend: bool,
) -> Any:
    colour = (
        palette.text
        if kind == "baseline"
        else palette.runs[1]
        if kind == "measure"
        else palette.runs[2]
    )
    return go.Scatter(
        x=_f4(values[mask]),
        y=np.flatnonzero(mask),
        mode="markers",
        name=kind,
        showlegend=legend,
        opacity=0.55 if pale else 1.0,
        marker={
            "symbol": SHAPES[kind],
            "size": 8,
            "color": colour,
            "line": {"width": 1.6, "color": colour} if "open" in SHAPES[kind] else {},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": _f4((high - values)[mask]),
            "arrayminus": _f4((values - low)[mask]),
            "thickness": 1.4,
            "width": 0,
            "color": colour,
        },
        hoverinfo="skip",
    )


def _references(marks: RankingMarks, palette: Palette) -> list[dict[str, Any]]:
    if marks.reference is None or not np.isfinite(marks.reference):
        return []
    line = {"color": palette.muted, "width": 1, "dash": "dot"}
    return [
        {
            "type": "line",
            "x0": x,
            "x1": x,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": line,
            "layer": "below",
        }
        for x in (-marks.reference, marks.reference)
    ]


def _band(row: int, palette: Palette) -> dict[str, Any]:
    """Behind the whole row, its label included."""
    return {
        "type": "rect",
        "xref": "paper",
        "x0": -3,
        "x1": 1,
        "y0": row - 0.5,
        "y1": row + 0.5,
        "layer": "below",
        "line": {"width": 0},
        "fillcolor": palette.pick,
        "opacity": 0.16,
        "name": "chosen",
    }


@dataclass(frozen=True)
class NetworkPoints:
    """Networks as points: measure x, gap y, ids and what is said of each, all (n,)."""

    x: np.ndarray
    y: np.ndarray
    ids: np.ndarray
    text: np.ndarray

    def trace(self, mask: np.ndarray, **more: Any) -> Any:
        """The networks of a mask; each carries its id (a list: numpy arrays do not reach
        events).
        """
        ids = self.ids[mask].tolist()
        return go.Scatter(
            x=_f4(self.x[mask]),
            y=_f4(self.y[mask]),
            mode="markers",
            text=self.text[mask].tolist(),
            customdata=ids,
            hoverinfo="text",
            **more,
        )


def _points(
    cloud: NetworkPoints, known: np.ndarray, colour: np.ndarray | None, title: str, palette: Palette
) -> list[Any]:
    if colour is None:
        return [cloud.trace(known, marker=_marker(palette.runs[1]), showlegend=False)]
    numbers = colour.dtype.kind == "f"
    finite = np.unique(colour[np.isfinite(colour)]) if numbers else np.unique(colour)
    if numbers and len(finite) > FEW:
        bar = {
            "title": {"text": _plain(title), "font": {"size": 11}},
            "thickness": 10,
            "outlinewidth": 0,
            "tickfont": {"size": 10},
        }
        marker = {
            **_marker(_f4(colour[known])),
            "colorscale": colourscale(palette),
            "showscale": True,
            "colorbar": bar,
        }
        return [cloud.trace(known, marker=marker, showlegend=False)]
    words = (
        [f"{value:g}" for value in finite.tolist()]
        if numbers
        else [_plain(str(name)) for name in finite]
    )
    traces = [
        cloud.trace(
            known & (colour == value),
            name=word,
            showlegend=True,
            marker=_category(i, len(finite), palette, ordered=numbers),
        )
        for i, (value, word) in enumerate(zip(finite, words, strict=True))
    ]
    if numbers and (nameless := known & ~np.isfinite(colour)).any():
        traces.append(
            cloud.trace(nameless, name="none", marker=_marker(palette.muted, "circle-open"))
        )
    return traces


def _category(i: int, count: int, palette: Palette, *, ordered: bool) -> dict[str, Any]:
    """Numbers in the order of the scale; up to four words as Explore draws four runs; more by the
    categories. Each with its shape.
    """
    if ordered:
        # the lowest colours vanish into a dark background as small points
        first, last = 2, len(palette.scale) - 1
        return _marker(
            palette.scale[first + round((last - first) * i / max(count - 1, 1))],
            SYMBOLS[i % len(SYMBOLS)],
        )
    if count <= len(palette.runs):
        return _marker(palette.runs[i], RUN_SYMBOLS[i])
    return _marker(CATEGORIES[i % len(CATEGORIES)], SYMBOLS[i % len(SYMBOLS)])


def _rings(cloud: NetworkPoints, mask: np.ndarray, palette: Palette) -> Any:
    marker = {
        "symbol": "circle-open",
        "size": 16,
        "color": palette.pick,
        "line": {"width": 2, "color": palette.pick},
    }
    return go.Scatter(
        x=_f4(cloud.x[mask]),
        y=_f4(cloud.y[mask]),
        mode="markers",
        name="picked",
        marker=marker,
        hoverinfo="skip",
        showlegend=False,
    )


def _marker(
    colour: Any, symbol: str = "circle", *, size: float = 9, opacity: float = 0.85
) -> dict[str, Any]:
    return {"size": size, "color": colour, "symbol": symbol, "opacity": opacity}


def _legend(title: str, *, beside_bar: bool) -> dict[str, Any]:
    """To the right, under the name of what colours; above the points where a colour bar stands
    there.
    """
    if beside_bar:
        return {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "font": {"size": 11}}
    return {
        "title": {"text": _plain(title), "font": {"size": 11}},
        "y": 1,
        "yanchor": "top",
        "font": {"size": 11},
    }


def _scale(values: np.ndarray) -> dict[str, Any]:
    """A logarithmic axis for positive values over more than DECADES; it says so by its ticks."""
    if len(values) and values.min() > 0 and np.log10(values.max() / values.min()) > DECADES:
        return {"type": "log", "exponentformat": "power", "dtick": 1}
    return {}


def _note(text: str, palette: Palette) -> dict[str, Any]:
    font = {"size": 10, "color": palette.muted}
    return {
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "x": 1,
        "y": 1,
        "yanchor": "bottom",
        "showarrow": False,
        "font": font,
    }


def _plain(text: str) -> str:
    """Text that plotly shows as it is: it takes some tags for markup."""
    return escape(text, quote=False)


def _f4(values: Any) -> np.ndarray:
    with np.errstate(over="ignore"):  # what is too large for a picture is infinite there
        return np.asarray(values, dtype=np.float32)
