"""A figure of the pages with all that is needed to write it into a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go
from plotly.io import to_html

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import linked
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.export import data, figures, opened
from landscape_app.dashboard.export.shown_snapshots import ALL, ShownSnapshots, apart
from landscape_app.errors import FigureError, UnknownNameError
from landscape_app.figures.palette import Scheme
from landscape_app.figures.publication import FORMATS as PICTURES
from landscape_app.figures.publication import publication
from landscape_app.figures.view import DrawnRun

FORMATS = (*PICTURES, "csv", "npz", "html", "json")
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
)


@dataclass(frozen=True, eq=False)
class ExportedFigure:
    """name: one of figures.names. runs: those that it shows. facts: where it comes from.
    comparison: all that Explore shows; None of a surface. shown: the filters.
    """

    name: str
    figure: go.Figure
    runs: list[DrawnRun]
    facts: Mapping[str, Any]
    comparison: Comparison | None = None
    shown: ShownSnapshots = ALL

    def file(self, format: str, *, width_mm: float = 89.0, height_mm: float | None = None) -> bytes:
        """The content of a file: png, svg, pdf (figures.publication); csv: its points; npz:
        all that Explore shows; html: a page that needs nothing else; json: as plotly reads it.
        Raises FigureError.
        """
        if format in PICTURES:
            return publication(self.figure, format, width_mm=width_mm, height_mm=height_mm)
        if format == "csv":
            return data.figure_csv(self.figure, self.runs, dict(self.facts))
        if format == "npz" and self.comparison is not None:
            return data.shown_npz(self.comparison, self.shown)
        if format == "html":
            return self._page().encode()
        if format == "json":
            return str(self.figure.to_json()).encode()
        raise FigureError(f"There is no format '{format}'. Choose from: {', '.join(FORMATS)}.")

    def _page(self) -> str:
        title = escape(f"{self.name}: {', '.join(self.facts['runs'])}")
        figure = to_html(self.figure, full_html=False, config={"displaylogo": False})
        facts = escape(json.dumps(self.facts, ensure_ascii=False), quote=False)
        return (
            "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
            f"<meta http-equiv='Content-Security-Policy' content=\"{POLICY}\">"
            f"<title>{title}</title></head><body>{figure}"
            f"<details><summary>Where it comes from</summary><pre>{facts}</pre></details>"
            "</body></html>"
        )


def exported(
    runs: Context,
    ids: Sequence[str],
    name: str,
    settings: Mapping[str, Any],
    *,
    run: str | None = None,
    scheme: Scheme = "light",
    camera: Mapping[str, Any] | None = None,
) -> ExportedFigure:
    """The figure `name` (figures.names) of `run`, or of all of the runs `ids` that are compared.

    run: None: the first of `ids`. settings: those of the page's address (method, dims, colour,
    filtration, distance), and the filters seeds, steps and epochs; of measures also rows
    (figures.ROWS); of a surface kind, value, heights and dims. camera: of what is drawn in three
    dimensions, as plotly has it. Raises UnknownNameError, SpecError, RunMissingError; AnalysisError
    where the figure cannot be drawn.
    """
    figures.check(name)
    members = opened.members(runs, ids)
    whose = members[0] if run is None else run
    if name == "surface":
        drawn = _surface(runs, members, whose, dict(settings), scheme)
    else:
        settings, shown = apart(settings)
        rows = settings.pop("rows", figures.KEY_ROWS) if name == "measures" else figures.KEY_ROWS
        comparison = opened.compared(runs, members, opened.view_of(settings, scheme))
        figure = figures.explore_figure(comparison, name, whose, shown=shown, rows=str(rows))
        facts = data.provenance(comparison, shown)
        drawn = ExportedFigure(name, figure, comparison.subjects, facts, comparison, shown)
    if camera is not None:
        turned = linked.turned_to(camera)
        if drawn.figure.layout.scene.camera.eye.x is not None:
            drawn.figure.layout.scene.camera = turned
    return drawn


def _surface(
    runs: Context, ids: Sequence[str], run: str, settings: dict[str, Any], scheme: Scheme
) -> ExportedFigure:
    dims = str(settings.pop("dims", 3))
    if dims not in ("2", "3"):
        raise UnknownNameError("number of dimensions", dims, ("2", "3"))
    view = opened.surfaces(runs, ids, settings, scheme)
    figure = figures.surface_figure(view, run, dims=int(dims))
    subjects = [run.subject for run in view.runs if run.subject is not None]
    return ExportedFigure("surface", figure, subjects, data.surface_provenance(view))
