"""A figure as a file for a paper: PNG, SVG or PDF, as wide as asked, in light colours, with its own
colour bar and legend.

Scenes in three dimensions are pixels at 300 dots per inch, in SVG and PDF too; all else is vectors
there. A browser on this machine draws it (package kaleido): Chromium, Chrome or Edge. It asks
nobody for anything.
"""

from __future__ import annotations

import logging
import math
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import plotly.graph_objects as go

from landscape_app.errors import FigureError, first_line
from landscape_app.figures.drawing import plain
from landscape_app.figures.figure_meta import Legend, LegendRun, LegendValue
from landscape_app.figures.palette import (
    PALETTES,
    SYMBOLS,
    SYMBOLS_OF_SPACE,
    colourscale,
    template,
)
from landscape_app.figures.scene_marks import STAR
from landscape_app.number_text import number, percent

FORMATS = ("png", "svg", "pdf")
INCH = 25.4  # mm
CSS_DPI, DPI = 96, 300  # of a browser's lengths, and of pixels in print
NARROWEST, WIDEST = 20.0, 1000.0  # mm
SHAPE = {"scene": 1.02, "joint": 1.02, "surface": 0.85}  # height over width; else …
ELSE = 0.62
UNSEEN = "rgba(0,0,0,0)"
MARKS, NAMED = 4, 12  # on a colour bar, about; categories that it names, at most
BAR, LINE = 44, 18  # px that a colour bar and a line of a legend take
TIMEOUT = 120.0  # s
NO_BROWSER = (
    "No browser was found to draw the picture. Install Chromium or Chrome, or set BROWSER_PATH to"
    " one. Data (.csv) and pages (.html) need none."
)


def publication(
    figure: go.Figure, format: str, *, width_mm: float = 89.0, height_mm: float | None = None
) -> bytes:
    """The file. height_mm: None: what suits the figure. Raises FigureError for an unknown format, a
    width out of range, and where no browser can draw it.
    """
    if format not in FORMATS:
        raise FigureError(
            f"A picture has the format {', '.join(FORMATS[:-1])} or {FORMATS[-1]}, not '{format}'."
        )
    width, height = _pixels(figure, width_mm, height_mm)
    scale = DPI / CSS_DPI if format == "png" else 1.0
    options = {"format": format, "width": width, "height": height, "scale": scale}
    drawn = _drawn(printable(figure, width, height), options)
    finish: Mapping[str, Callable[[bytes], bytes]] = {
        "png": with_resolution,
        "svg": lambda file: in_millimetres(file, width, height),
    }
    return finish.get(format, bytes)(drawn)


def printable(figure: go.Figure, width: float, height: float) -> go.Figure:
    """A copy in light colours on white, with the legend of its record. width, height: px."""
    meta: dict[str, Any] = figure.layout.meta or {}
    legend = cast("Legend", meta.get("legend") or {"runs": [], "value": None})
    copy = go.Figure(figure)
    _paint(copy, meta)
    solid = any(trace.type in ("scatter3d", "surface") for trace in copy.data)
    margin = copy.layout.margin.to_plotly_json()
    below = BAR if legend["value"] and _with_bar(copy, legend["value"]) else 0
    above = _with_legend(copy, meta, legend, solid)
    copy.update_layout(
        template=template("light"),
        paper_bgcolor="#fff",
        plot_bgcolor="#fff",
        width=width,
        height=height,
        margin={
            **margin,
            "t": (margin.get("t") or 0) + above,
            "b": (margin.get("b") or 0) + below,
        },
    )
    if solid:
        copy.update_scenes(bgcolor="#fff")
    return copy


def _pixels(figure: go.Figure, width_mm: float, height_mm: float | None) -> tuple[float, float]:
    """(width, height) in a browser's px. Raises FigureError."""
    for name, given in (("width", width_mm), ("height", height_mm)):
        if given is not None and not NARROWEST <= given <= WIDEST:
            raise FigureError(
                f"The {name} of a picture is {NARROWEST:g} to {WIDEST:g} mm, not {given:g} mm."
            )
    width = width_mm / INCH * CSS_DPI
    if height_mm is not None:
        return width, height_mm / INCH * CSS_DPI
    meta = figure.layout.meta or {}
    return width, figure.layout.height or width * SHAPE.get(str(meta.get("view")), ELSE) + BAR


def _paint(figure: go.Figure, meta: Mapping[str, Any]) -> None:
    """Gives every trace the colours of the light scheme."""
    palette = PALETTES["light"]
    ordered = colourscale(palette)
    colours = {**palette.named(), "scale": ordered, "stepped": meta.get("scale") or ordered}
    colours["fading"] = (meta.get("fading") or {}).get("light")
    for trace, where, colour in meta.get("paint") or []:
        figure.data[trace].update({where.replace(".", "_"): colours[colour]}, overwrite=False)


def _with_bar(figure: go.Figure, value: LegendValue) -> bool:
    """Gives the first trace that has the value's colours a colour bar; whether there is one."""
    bar = {
        "orientation": "h",
        "x": 0.5,
        "xanchor": "center",
        "y": 0,
        "yanchor": "top",
        "yref": "paper",
        "len": 0.72,
        "thickness": 8,
        "outlinewidth": 0,
        "title": {"text": plain(_title(value)), "side": "bottom", "font": {"size": 10}},
        **_ticks(value),
    }
    for trace in figure.data:
        for part in (trace, *(getattr(trace, name, None) for name in ("line", "marker"))):
            coloured = (
                part is trace
                if trace.type in ("surface", "contour")
                else (
                    part is not trace and part is not None and _many(getattr(part, "color", None))
                )
            )
            if coloured:
                part.update({"showscale": True, "colorbar": bar})
                return True
    return False


def _many(colour: Any) -> bool:
    """Whether it is a colour for each point."""
    return colour is not None and not isinstance(colour, str)


def _title(value: LegendValue) -> str:
    return f"{value['label']} (logarithmic)" if value["log"] else value["label"]


def _ticks(value: LegendValue) -> dict[str, Any]:
    """Where the colour bar has marks, and their words in the value's own unit: powers of ten where
    a logarithmic scale has some.
    """
    low, high = value["low"], value["high"]
    decades = range(math.ceil(low), math.floor(high) + 1)
    if value["category"]:
        count = round(high + 0.5)
        at: list[float] = list(range(0, count, -(-count // NAMED)))
        return {"tickvals": at, "ticktext": [f"{i:g}" for i in at]}
    if value["log"] and len(decades) > 1:
        at = list(decades[:: -(-len(decades) // MARKS)])
        return {"tickvals": at, "ticktext": [f"10<sup>{power:g}</sup>" for power in at]}
    at = [low + (high - low) * i / (MARKS - 1) for i in range(MARKS)]
    own = [10.0**tick for tick in at] if value["log"] else at
    return {"tickvals": at, "ticktext": [(percent if value["percent"] else number)(v) for v in own]}


def _with_legend(figure: go.Figure, meta: Mapping[str, Any], legend: Legend, solid: bool) -> float:
    """Adds a line that names the runs and, in scenes, the marks; the px that it takes."""
    several = len(legend["runs"]) > 1
    entries = [_run_entry(run, several=several, solid=solid) for run in legend["runs"]]
    value = legend["value"]
    if value is not None and "jumps" in value:
        star = (f"{STAR} anchor", "circle", UNSEEN) if solid else ("anchor", "star", "text")
        steps = [(f"jump {step:g}", "diamond", colour) for step, colour in value["jumps"]]
        entries += [star, *steps]
    elif "points" in meta:
        entries += [("anchor", "star", "text")]
    elif meta.get("view") in ("scene", "joint", "surface"):
        jump = [] if several else [("jump", "circle-open", "muted")]
        entries += [("anchor", "diamond", "text"), *jump]
    if not entries:
        return 0
    named = PALETTES["light"].named()
    kind = {"type": "scatter3d", "z": [None]} if solid else {"type": "scatter"}
    for trace in figure.data:
        trace.showlegend = False
    for name, symbol, colour in entries:
        marker = {"symbol": symbol, "color": named.get(colour, colour), "size": 6 if solid else 8}
        entry = {"x": [None], "y": [None], "mode": "markers", "marker": marker}
        figure.add_trace({**kind, **entry, "name": plain(name), "showlegend": True})
    place = {"x": 0, "xref": "container", "xanchor": "left"}
    place |= {"y": 1, "yref": "container", "yanchor": "top"}
    figure.update_layout(
        showlegend=True,
        legend={**place, "orientation": "h", "font": {"size": 10}, "itemsizing": "constant"},
    )
    return LINE


def _run_entry(run: LegendRun, *, several: bool, solid: bool) -> tuple[str, str, str]:
    """(name, symbol, colour) of a run."""
    alone = run["run"] if run["label"] == run["run"] else f"{run['label']} ({run['run']})"
    symbol = (SYMBOLS_OF_SPACE if solid else SYMBOLS)[run["look"]]
    return run["label"] if several else alone, symbol, f"run-{run['look'] + 1}"


def browser_page() -> Any:
    """The page that the browser draws in. All of it is on this machine: plotly lies in its package,
    and the script for formulas, which would come from elsewhere, is not needed.
    """
    import kaleido

    return kaleido.PageGenerator(mathjax=False, others=[Path(__file__).with_name("pixels.js")])


def _drawn(figure: go.Figure, options: dict[str, Any]) -> bytes:
    """What the browser drew. Raises FigureError."""
    import kaleido
    from choreographer.errors import BrowserFailedError, ChromeNotFoundError

    for name in ("kaleido", "choreographer"):  # each of its steps is no news
        logging.getLogger(name).setLevel(logging.WARNING)
    chosen = {"page_generator": browser_page(), "timeout": TIMEOUT}
    try:
        return cast("bytes", kaleido.calc_fig_sync(figure, opts=options, kopts=chosen))
    except ChromeNotFoundError:
        raise FigureError(NO_BROWSER) from None
    except (BrowserFailedError, TimeoutError, OSError) as error:
        raise FigureError(
            f"The browser that draws pictures did not work: {first_line(error)}. Set BROWSER_PATH"
            " to another one."
        ) from error


def with_resolution(png: bytes) -> bytes:
    """The PNG file with its resolution in it, so that programs know its width in print."""
    per_metre = round(DPI / INCH * 1000)
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    end = 8 + 25  # signature and header
    return png[:end] + chunk + png[end:]


def in_millimetres(svg: bytes, width: float, height: float) -> bytes:
    """The SVG file whose size is written in millimetres; width, height: px."""
    sizes = [
        f'{name}="{size / CSS_DPI * INCH:.6g}mm"'
        for name, size in (("width", width), ("height", height))
    ]
    text = svg.decode()
    head, inside, rest = text.partition(">")
    for name, size in zip(("width", "height"), sizes, strict=True):
        head = re.sub(rf'\b{name}="[^"]*"', size, head, count=1)
    return (head + inside + rest).encode()
