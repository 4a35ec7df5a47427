"""How closely every measure follows the gap: a row per measure, with its τ and the interval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.drawing import float32, plain
from landscape_app.figures.figure_meta import RankingMeta
from landscape_app.figures.palette import PALETTES, Palette, Scheme, template

ROW, TOP, BOTTOM = 20, 30, 12  # pixels of a measure in the ranking, and above and below all of them
SHAPES = {"measure": "circle", "baseline": "diamond-open", "linear samples": "square-open"}


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

    def kinds(self) -> Iterator[tuple[str, np.ndarray]]:
        """Each key of SHAPES and the mask (m,) of its rows."""
        linear = (
            np.zeros_like(self.baseline) if self.linear is None else self.linear & ~self.baseline
        )
        yield "measure", ~self.baseline & ~linear
        yield "baseline", self.baseline
        yield "linear samples", linear


@dataclass(frozen=True)
class Taus:
    """τ of each measure (m,) and its interval from `low` to `high` (m,), NaN where there is
    none.
    """

    values: np.ndarray
    low: np.ndarray
    high: np.ndarray


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
    measure says nothing. Pale: no interval, one that holds 0, or known of few networks. `names` and
    `tips` (m,) go into layout.meta, for a script that knows which row is under the pointer.
    """
    palette, meta = PALETTES[scheme], RankingMeta(names=list(names), tips=[[*tip] for tip in tips])
    layout = {"template": template(scheme), "meta": meta, **_layout(labels, palette)}
    shapes = [*_references(marks, palette), *_band(marks, palette)]
    figure = go.Figure(list(_rows(Taus(values, low, high), marks, palette)))
    return figure.update_layout(**layout, shapes=shapes)


def _rows(taus: Taus, marks: RankingMarks, palette: Palette) -> Iterator[Any]:
    """A trace of each kind, and one of its pale rows."""
    sure = (taus.low > 0) | (taus.high < 0)  # NaN: no interval, nothing is sure
    sure &= True if marks.few is None else ~marks.few
    for kind, mask in marks.kinds():
        for strong in (True, False):
            drawn = mask & (sure == strong)
            if drawn.any():
                named = strong or not (mask & sure).any()
                trace = _row_trace(kind, taus, drawn, palette)
                yield trace.update(opacity=1.0 if strong else 0.55, showlegend=named)


def _row_trace(kind: str, taus: Taus, mask: np.ndarray, palette: Palette) -> Any:
    runs = {"measure": palette.runs[1], "linear samples": palette.runs[2]}
    colour = runs.get(kind, palette.text)
    return go.Scatter(
        x=float32(taus.values[mask]),
        y=np.flatnonzero(mask),
        mode="markers",
        name=kind,
        marker={
            "symbol": SHAPES[kind],
            "size": 8,
            "color": colour,
            "line": {"width": 1.6, "color": colour} if "open" in SHAPES[kind] else {},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": float32((taus.high - taus.values)[mask]),
            "arrayminus": float32((taus.values - taus.low)[mask]),
            "thickness": 1.4,
            "width": 0,
            "color": colour,
        },
        hoverinfo="skip",
    )


def _layout(labels: Sequence[str], palette: Palette) -> dict[str, Any]:
    return {
        "margin": {"l": 8, "r": 14, "t": TOP, "b": BOTTOM},
        "height": TOP + BOTTOM + ROW * max(len(labels), 1),
        "showlegend": False,
        "hovermode": False,
        "dragmode": False,
        "xaxis": _tau_axis(palette, visible=len(labels) > 0),
        "yaxis": {
            "tickvals": np.arange(len(labels)),
            "ticktext": [plain(label) for label in labels],
            "range": [len(labels) - 0.5, -0.5],
            "automargin": True,
            "fixedrange": True,
            "showgrid": False,
            "tickfont": {"size": 11, "color": palette.text},
        },
    }


def _tau_axis(palette: Palette, *, visible: bool) -> dict[str, Any]:
    return {
        "range": [-1.06, 1.06],
        "tickvals": [-1, -0.5, 0, 0.5, 1],
        "ticktext": ["−1", "−0.5", "0", "0.5", "1"],
        "side": "top",
        "zeroline": True,
        "zerolinecolor": palette.muted,
        "zerolinewidth": 1,
        "fixedrange": True,
        "visible": visible,
    }


def _references(marks: RankingMarks, palette: Palette) -> list[dict[str, Any]]:
    """Two lines at the τ of the best baseline, and at its opposite."""
    if marks.reference is None or not np.isfinite(marks.reference):
        return []
    line = {"color": palette.muted, "width": 1, "dash": "dot"}
    place = {"y0": 0, "y1": 1, "yref": "paper", "layer": "below"}
    return [
        {"type": "line", "x0": x, "x1": x, "line": line, **place}
        for x in (-marks.reference, marks.reference)
    ]


def _band(marks: RankingMarks, palette: Palette) -> list[dict[str, Any]]:
    """Behind the whole chosen row, its label included."""
    if marks.chosen is None:
        return []
    look = {"line": {"width": 0}, "fillcolor": palette.pick, "opacity": 0.16, "layer": "below"}
    place = {"x0": -3, "x1": 1, "xref": "paper", "y0": marks.chosen - 0.5, "y1": marks.chosen + 0.5}
    return [{"type": "rect", "name": "chosen", **place, **look}]
