"""The figures of the page Paper, with all that is needed to write them into a file."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.export.data import picture_or_csv
from landscape_app.dashboard.paper import figures
from landscape_app.dashboard.paper import view as paper_view
from landscape_app.dashboard.paper.figures import FIGURES
from landscape_app.dashboard.paper.view import PaperView
from landscape_app.errors import AnalysisError, UnknownNameError
from landscape_app.records import csv_text


@dataclass(frozen=True, eq=False)
class ExportedPaperFigure:
    """name: a key of FIGURES. view: what the page shows."""

    name: str
    figure: go.Figure
    view: PaperView

    def file(self, format: str, *, width_mm: float = 89.0, height_mm: float | None = None) -> bytes:
        """The content of a file: png, svg, pdf (figures.publication), or csv: what it is drawn
        from. Raises FigureError.
        """
        facts = {
            "study": self.view.id,
            "run": figures.run_of(self.view, self.name),
            "figure": FIGURES[self.name].title,
        }

        def table() -> str:
            return csv_text.of_columns(figures.columns(self.view, self.name))

        return picture_or_csv(
            self.figure, format, table, facts, width_mm=width_mm, height_mm=height_mm
        )


def paper_figure(context: Context, name: str, id: str) -> ExportedPaperFigure:
    """The figure `name` of the study `id`. Raises UnknownNameError; AnalysisError where there is
    nothing to draw, with the reason.
    """
    if name not in FIGURES:
        raise UnknownNameError("figure of the paper", name, FIGURES)
    view = paper_view.read(context, id, "light")
    drawn = figures.figure(view, name)
    if drawn is None:
        raise AnalysisError(figures.missing(view, name))
    return ExportedPaperFigure(name, drawn, view)
