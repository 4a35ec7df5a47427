"""The figures of the page Study, with all that is needed to write them into a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.export.data import picture_or_csv
from landscape_app.dashboard.study import choice, definitions, ranking, scatter
from landscape_app.dashboard.study import view as study_view
from landscape_app.dashboard.study.view import StudyView
from landscape_app.errors import AnalysisError, UnknownNameError
from landscape_app.records import csv_text

NAMES = ("ranking", "scatter")


@dataclass(frozen=True, eq=False)
class StudyFigure:
    """name: one of NAMES. study: what the page shows."""

    name: str
    figure: go.Figure
    study: StudyView

    def file(self, format: str, *, width_mm: float = 89.0, height_mm: float | None = None) -> bytes:
        """The content of a file: png, svg, pdf (figures.publication), or csv: what it is drawn
        from. Raises FigureError.
        """
        facts = {"study": self.study.choice.id, "settings": _settings(self.study)}

        def table() -> str:
            rows = _ranked(self.study) if self.name == "ranking" else _networks(self.study)
            return csv_text.lines(list(map(_cell, row)) for row in rows)

        return picture_or_csv(
            self.figure, format, table, facts, width_mm=width_mm, height_mm=height_mm
        )


def study_figure(context: Context, name: str, settings: Mapping[str, Any]) -> StudyFigure:
    """The figure `name` of a study. settings: the words of the page's address (id, measure,
    stratum, colour, gap, runs). Raises UnknownNameError; AnalysisError where there is nothing to
    draw, with the reason.
    """
    if name not in NAMES:
        raise UnknownNameError("figure of a study", name, NAMES)
    study = study_view.read(context, choice.of_query(settings, "light"))
    if study.table is None:
        raise AnalysisError(study.problem or "This study has no table yet.")
    if name == "ranking" and not study.ranked:
        raise AnalysisError(ranking.why_none(study))
    draw = ranking.figure if name == "ranking" else scatter.figure
    return StudyFigure(name, draw(study, definitions.known(context, study)), study)


def _settings(study: StudyView) -> dict[str, Any]:
    names = ("measure", "stratum", "colour", "gap")
    return {name: getattr(study.choice, name) for name in names}


def _ranked(study: StudyView) -> Iterable[list[Any]]:
    """A row a measure of the ranking, best first."""
    yield ["measure", "label", "tau", "tau_low", "tau_high", "networks", "baseline"]
    for measure in study.ranked:
        taus = [measure.number(name) for name in ("tau", "tau_low", "tau_high")]
        yield [measure.name, measure.label, *taus, measure.networks, measure.baseline]


def _networks(study: StudyView) -> Iterable[list[Any]]:
    """A row a network of the table: measure, gap, colour, and how it is marked."""
    table, shown = study.table, study.choice
    assert table is not None
    names = [name for name in (shown.measure, shown.gap, shown.colour) if name in table.columns]
    yield ["id", *names, "in the chosen set", "does not interpolate", "picked"]
    for i, run in enumerate(table.ids):
        values = [table.columns[name][i].item() for name in names]
        yield [run, *values, study.inside[i], study.unfitted[i], run in shown.runs]


def _cell(value: Any) -> Any:
    return "" if value is None or value != value else value
