"""What stands below the cards of a report: the surfaces, the study, the settings of the runs, and
where everything comes from.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.export import opened
from landscape_app.dashboard.export.static_html import element, html_of
from landscape_app.dashboard.study import choice as study_choice
from landscape_app.dashboard.study import definitions, network_table, ranking, scatter, verdict
from landscape_app.dashboard.study import ids as study_ids
from landscape_app.dashboard.study import view as study_view
from landscape_app.dashboard.study.view import StudyView
from landscape_app.dashboard.surface import cards as surface_cards
from landscape_app.dashboard.surface import figures as surface_figures
from landscape_app.number_text import DASH, plain

Figures = dict[str, go.Figure]
SURFACE = "surface"


def section(title: str, inside: str) -> str:
    """One part, under its title."""
    return element("section", {}, element("h2", {}, escape(title, quote=False)) + inside)


def surfaces(context: Context, ids: Sequence[str]) -> tuple[str, Figures]:
    """(the cards of the page Surface, their figures); nothing where no run has a surface."""
    view = opened.surfaces(context, ids, {})
    if not view.drawn:
        return "", {}
    cards = element("div", {"id": SURFACE}, html_of(surface_cards.grid(view)))
    names = [name for name in surface_figures.names(view) if _drawn(view.drawn, name)]
    return section("The loss around the anchors", cards), surface_figures.figures(view, names)


def _drawn(drawn: Iterable[Any], name: str) -> bool:
    return any(name.endswith(f"-{run.slot}") for run in drawn)


def study(context: Context, id: str) -> tuple[str, Figures]:
    """(the ranking of the study's measures, the first one against the gap, and its networks; their
    figures); nothing where it has no table.
    """
    shown = study_view.read(context, study_choice.StudyChoice(id=id))
    if shown.table is None:
        return "", {}
    known = definitions.known(context, shown)
    figures = {study_ids.SCATTER: scatter.figure(shown, known)}
    parts = [_figure(study_ids.SCATTER, shown.label(shown.choice.measure), _said(shown))]
    if shown.ranked:
        figures[study_ids.RANKING] = ranking.figure(shown, known)
        parts = [_figure(study_ids.RANKING, "Measures, ranked", ranking.foot(shown)), *parts]
    rows = list(network_table.cells(shown))
    networks = table([str(name) for name in rows[0]], rows[1:])
    folded = element("summary", {}, f"All {len(rows) - 1} networks") + networks
    return section(f"Study {id}", "".join(parts) + element("details", {}, folded)), figures


def _said(shown: StudyView) -> str:
    return " ".join([*verdict.sentences(shown), *verdict.caveats(shown)])


def _figure(name: str, title: str, words: str) -> str:
    tall = " ls-report-tall" if name == study_ids.RANKING else ""
    place = element("div", {"class": f"ls-report-figure{tall}", "data-figure": name})
    caption = element("p", {"class": "ls-muted ls-small"}, escape(words, quote=False))
    return element("h3", {}, escape(title, quote=False)) + place + caption


def settings(comparison: Comparison) -> str:
    """The settings of the runs, a column a run, those that differ first."""
    specs = {
        run.id: run.spec.model_dump(mode="json") for run in comparison.runs if run.spec is not None
    }
    names = list(dict.fromkeys(name for spec in specs.values() for name in spec))
    rows = [(name, [_text(spec.get(name)) for spec in specs.values()]) for name in names]
    rows.sort(key=lambda row: len(set(row[1])) == 1)
    return section(
        "Settings of the runs",
        table(["setting", *specs], [[name, *values] for name, values in rows]),
    )


def origin(facts: Mapping[str, Any], left: Sequence[str]) -> str:
    """Where everything comes from: version, runs, keys of the stored results, settings. left: runs
    that were asked for and are not shown.
    """
    lines = [f"Made with Landscape {facts['landscape']} of the runs {', '.join(facts['runs'])}."]
    if facts["study"]:
        lines.append(f"They are compared in the study {facts['study']}.")
    if left:
        lines.append(f"Left out: {', '.join(left)}.")
    words = "".join(element("p", {}, escape(line, quote=False)) for line in lines)
    text = escape(json.dumps(facts, indent=1, ensure_ascii=False), quote=False)
    whole = element("pre", {"class": "ls-report-facts"}, text)
    folded = element("summary", {}, "Snapshots, stored results and settings in full") + whole
    return section("Where it comes from", words + element("details", {}, folded))


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table as HTML."""
    names = "".join(element("th", {"scope": "col"}, escape(name, quote=False)) for name in head)
    lines = [
        "".join(element("td", {}, escape(_cell(cell), quote=False)) for cell in cells)
        for cells in rows
    ]
    body = "".join(element("tr", {}, line) for line in [names, *lines])
    return element("table", {"class": "ls-report-table"}, body)


def _cell(value: Any) -> str:
    return DASH if isinstance(value, float) and math.isnan(value) else plain(value)


def _text(value: Any) -> str:
    if value is None:
        return DASH
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
