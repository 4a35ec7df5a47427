"""The figures of the pages by name: scene, joint, diagram, barcode, curves, surface, measures.

Each is drawn by the page's own panel. Beside what the page needs, `layout.meta` has a legend: the
names of the runs and of the colour, which stand around the figure on the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import plotly.graph_objects as go

from landscape_app.dashboard.explore import cards, measures
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.panel import Card
from landscape_app.dashboard.export.shown_snapshots import ALL, ShownSnapshots
from landscape_app.dashboard.export.static_html import text_of
from landscape_app.dashboard.surface import figures as surface_figures
from landscape_app.dashboard.surface.axes import frame
from landscape_app.dashboard.surface.captions import why
from landscape_app.dashboard.surface.view import SurfaceView
from landscape_app.errors import AnalysisError, RunMissingError, UnknownNameError
from landscape_app.figures import colours, measure_bars
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.figure_meta import Legend, LegendRun, LegendValue
from landscape_app.figures.filtered import hide
from landscape_app.figures.view import PARTS


class CardFigure(NamedTuple):
    """A figure that is a card of Explore: its panel, and what of the view it is drawn with."""

    panel: str
    view: Mapping[str, Any] = {}


TOPOLOGY, DIAGRAMS = "diagrams", "diagrams"  # the panel of topology, and its first part
OF_NO_CARD = ("measures", "surface")  # a table on the page, and a page of its own
KEY_ROWS = "key"
ROWS = {KEY_ROWS: "key", "all": "rows"}  # {set of measures: its rows in measures.table}
COLOURED = ("scene", "joint")  # figures whose points have the colour of the view


def of_cards() -> dict[str, CardFigure]:
    """{name: figure}: one for each panel of Explore that draws, and for each part of topology."""
    parts = {of_part(part): CardFigure(TOPOLOGY, {"part": part}) for part in PARTS}
    panels = cards.panels()
    drawing = [key for key, panel in panels.items() if panel.draw is not None]
    return {key: CardFigure(key) for key in drawing if key != TOPOLOGY} | parts


def of_part(part: str) -> str:
    """The figure that the cards of topology show; part: a key of PARTS."""
    return "diagram" if part == DIAGRAMS else part


def names() -> list[str]:
    """Every figure that there is."""
    return [*of_cards(), *OF_NO_CARD]


def check(name: str) -> None:
    """Raises UnknownNameError for a figure that there is not."""
    if name not in names():
        raise UnknownNameError("figure", name, names())


def explore_figure(
    comparison: Comparison,
    name: str,
    run: str,
    *,
    shown: ShownSnapshots = ALL,
    rows: str = KEY_ROWS,
) -> go.Figure:
    """The figure `name` of Explore: of `run` where there is one for each run, else of all compared
    runs. shown: the filters, which act on what draws snapshots. rows: of the measures, a key of
    ROWS. Raises UnknownNameError; AnalysisError where it cannot be drawn, with the reason.
    """
    check(name)
    if name == "measures":
        return _measures(comparison, rows)
    chosen = of_cards()[name]
    card = _card(
        replace(comparison, view=replace(comparison.view, **chosen.view)), chosen.panel, run
    )
    figure = None if card is None or card.panel.draw is None else card.panel.draw(card)
    if figure is None:
        raise AnalysisError(f"The figure '{name}' cannot be drawn. {_why(card, name)}")
    if shown != ALL:
        subjects = comparison.subjects
        hide(figure, subjects, {subject.run: shown.passing(subject) for subject in subjects})
    value = _value(comparison) if name in COLOURED else None
    figure.layout.meta = {**figure.layout.meta, "legend": _legend(comparison, figure, value)}
    return figure


def surface_figure(view: SurfaceView, run: str, *, dims: int = 3) -> go.Figure:
    """The surface of `run`: its relief (dims 3) or its contours (2), of a line its curves. Raises
    RunMissingError; AnalysisError where there is none, with the reason.
    """
    shown = next((other for other in view.runs if other.id == run), None)
    if shown is None:
        raise RunMissingError(f"The run '{run}' is not among those that are shown.")
    if shown.subject is None:
        raise AnalysisError(f"The figure 'surface' cannot be drawn. {why(shown, view)}")
    kind = "line" if view.choice.kind == "line" else "relief" if dims == 3 else "contours"
    name = f"{kind}-{shown.slot}"
    figure = surface_figures.figures(view, [name])[name]
    low, high = frame(view).values
    colour = COLOURS[view.choice.value]
    value: LegendValue = {
        "label": colour.label,
        "low": low,
        "high": high,
        "log": view.choice.log,
        "percent": colour.percent,
        "category": False,
    }
    named: LegendRun = {"run": run, "label": shown.label, "look": shown.look}
    legend: Legend = {"runs": [named], "value": None if kind == "line" else value}
    figure.layout.meta = {**figure.layout.meta, "legend": legend}
    return figure


def _card(comparison: Comparison, panel: str, run: str) -> Card | None:
    """The card of the panel: the run's own, or that of all runs; None where there is none."""
    return next(
        (
            card
            for card in cards.cards(comparison)
            if card.key == panel and (card.of is None or card.of.id == run)
        ),
        None,
    )


def _why(card: Card | None, name: str) -> str:
    """Why a figure cannot be drawn, in the words of its card."""
    if card is None and name == "joint":
        return "It shows several runs: name the others too."
    reason = "" if card is None else text_of(card.panel.captions(card).state)
    return reason or "What it is made of has not been computed."


def _measures(comparison: Comparison, rows: str) -> go.Figure:
    if rows not in ROWS:
        raise UnknownNameError("set of measures", rows, ROWS)
    table = measures.table(comparison)
    if not table[ROWS[rows]]:
        raise AnalysisError(
            "The figure 'measures' cannot be drawn. These runs have no measures yet: analyse them."
        )
    figure = measure_bars.draw(table["runs"], table[ROWS[rows]], comparison.view)
    figure.layout.meta = {
        **figure.layout.meta,
        "runs": [run.id for run in comparison.runs],
        "legend": {"runs": _runs(comparison), "value": None},
    }
    return figure


def _legend(comparison: Comparison, figure: go.Figure, value: LegendValue | None) -> Legend:
    shown = figure.layout.meta["runs"]
    return {"runs": [run for run in _runs(comparison) if run["run"] in shown], "value": value}


def _runs(comparison: Comparison) -> list[LegendRun]:
    return [{"run": run.id, "label": run.label, "look": run.look} for run in comparison.runs]


def _value(comparison: Comparison) -> LegendValue:
    return colours.legend_value(comparison.scale)
