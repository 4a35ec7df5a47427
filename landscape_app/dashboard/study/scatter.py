"""The chosen measure against the gap: its card, its figure, and what τ says about it."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
from dash import dcc, html

from landscape_app.dashboard.common.controls import GRAPH_CONFIG, select
from landscape_app.dashboard.common.taking import study_save_menu
from landscape_app.dashboard.study import ids, verdict
from landscape_app.dashboard.study.definitions import Known, tip
from landscape_app.dashboard.study.view import SEED, StudyView
from landscape_app.dashboard.study.words import FRACTIONS, column, plain, shown
from landscape_app.figures.gap_scatter import Marked, against


def card(study: StudyView, known: Known) -> Any:
    """The card with its figure and words."""
    graph = dcc.Graph(
        id=ids.SCATTER,
        figure=figure(study, known),
        config=GRAPH_CONFIG,
        responsive=True,
        className="ls-graph",
    )
    save = study_save_menu("scatter", study.choice.id, spoken="the measure against the gap")
    head = html.Span(verdict.head(study), id=ids.SCATTER_HEAD, className="ls-view-words")
    return html.Section(
        [
            html.Div([_select(study), _info(study, known), head, save], className="ls-view-head"),
            html.Div(words(study), id=ids.SCATTER_WORDS, className="ls-surface-foot ls-study-says"),
            html.Div(graph, className="ls-view-body"),
            html.P(verdict.summary(study), id=ids.SCATTER_SUMMARY, className="ls-unseen"),
        ],
        className="ls-card ls-view ls-study-scatter",
        role="figure",
        **{"aria-label": "The chosen measure against the gap, a point per network"},
    )


def _select(study: StudyView) -> Any:
    return select(
        ids.MEASURE,
        options(study),
        study.choice.measure,
        "Measure",
        searchable=True,
        w=250,
        maxDropdownHeight=420,
        nothingFoundMessage="No such measure",
    )


def _info(study: StudyView, known: Known) -> Any:
    return html.Span(
        "?",
        id=ids.ABOUT,
        className="ls-study-about",
        tabIndex="0",
        role="img",
        **{"aria-label": "What this measure is", "data-tip": about(study, known)},
    )


def options(study: StudyView) -> list[Any]:
    """Measures to choose from: those of the ranking, then those that are not judged here."""
    if study.table is None:
        return []
    ranked = [measure.name for measure in study.ranked]
    others = [name for name in study.measures if name not in ranked]
    return [
        {"group": group, "items": [{"value": name, "label": study.label(name)} for name in names]}
        for group, names in (("Ranked", ranked), ("Not judged here", others))
        if names
    ]


def about(study: StudyView, known: Known) -> str:
    """What the chosen measure is, as the script reads it."""
    label = "" if study.table is None else study.label(study.choice.measure)
    return json.dumps(tip(study.choice.measure, label, known))


def words(study: StudyView) -> list[Any]:
    """What τ says, and what must be known before it is believed."""
    sentences = verdict.sentences(study)
    return [
        html.P(" ".join(sentences)) if sentences else None,
        *(html.P(text, className="ls-caveat") for text in verdict.caveats(study)),
    ]


def figure(study: StudyView, known: Known) -> go.Figure:
    """The chosen measure against the gap; networks outside the chosen set grey, picked ones
    ringed.
    """
    table, choice = study.table, study.choice
    if table is None or not choice.measure or not choice.gap:
        return against(np.zeros(0), np.zeros(0), (), labels=("", ""), scheme=choice.scheme)
    picked = np.array([run in choice.runs for run in table.ids], bool)
    drawn = against(
        table.numbers(choice.measure),
        table.numbers(choice.gap),
        table.ids,
        labels=(_with_unit(study, known), table.label(choice.gap)),
        colour=None if choice.colour == "none" else table.columns.get(choice.colour),
        colour_label=column(choice.colour, table.label(choice.colour)),
        hover=[_hover(study, row) for row in range(len(table))],
        marked=Marked(outside=~study.inside, picked=picked, hollow=study.unfitted),
        scheme=choice.scheme,
    )
    for axis, name in (("xaxis", choice.measure), ("yaxis", choice.gap)):
        if name in FRACTIONS:
            drawn.update_layout({axis: {"tickformat": ".0%"}})
    if choice.colour in FRACTIONS:
        drawn.update_traces(marker_colorbar_tickformat=".1%", selector={"marker.showscale": True})
    return drawn.update_layout(uirevision=f"{choice.id} {choice.measure} {choice.gap}")


def _hover(study: StudyView, row: int) -> str:
    """What is said of a network on hover: its label and id, its settings, measure and gap; text of
    a person's own stays text.
    """
    table, choice = study.table, study.choice
    assert table is not None
    settings = [
        f"{escape(column(name, name)).lower()} {escape(plain(table.columns[name][row].item()))}"
        for name in (*study.settings, SEED)
        if name in table.columns
    ]
    numbers = [
        f"{escape(table.label(name))}: {shown(name, table.numbers(name)[row])}"
        for name in (choice.measure, choice.gap)
    ]
    parts = [f"<b>{escape(study.called(table.ids[row]))}</b>", " · ".join(settings), *numbers]
    return "<br>".join(part for part in parts if part)


def _with_unit(study: StudyView, known: Known) -> str:
    name, label = study.choice.measure, study.label(study.choice.measure)
    unit = str(known.get(name, {}).get("unit") or "")
    return f"{label} ({unit})" if unit and name not in FRACTIONS and unit != "fraction" else label
