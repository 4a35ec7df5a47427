"""The ranking: every measure by the size of Kendall's τ with the gap, its card and its figure."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from dash import dcc, html

from landscape_app.dashboard.common.controls import GRAPH_CONFIG
from landscape_app.dashboard.common.taking import study_save_menu
from landscape_app.dashboard.study import ids
from landscape_app.dashboard.study.definitions import Known, tip
from landscape_app.dashboard.study.view import GAPS, StudyView
from landscape_app.dashboard.study.words import short, signed
from landscape_app.figures.ranking import RankingMarks, ranking
from landscape_app.records.study_report import OUTSIDE

SHAPES = (("●", "measure"), ("◇", "baseline"), ("□", "linear samples"))
# share of the networks in which a measure must have a value to be ranked with those that all have
# (as the report does)
KNOWN = 0.8
NAMED = 3  # measures named in the summary


def card(study: StudyView, known: Known) -> Any:
    """The card with its figure."""
    title = html.Div(html.H2("Measures, ranked"), className="ls-view-title")
    save = study_save_menu("ranking", study.choice.id, spoken="the ranking")
    state_of = html.Div(state(study), id=ids.RANKING_STATE, className="ls-state")
    return html.Section(
        [
            html.Div([title, _shapes(), save], className="ls-view-head"),
            html.Div([_graph(study, known), state_of], className="ls-view-body"),
            html.P(
                foot(study), className="ls-surface-foot ls-study-foot", id=f"{ids.RANKING}-foot"
            ),
            html.P(summary(study), id=ids.RANKING_WORDS, className="ls-unseen"),
        ],
        className="ls-card ls-view ls-study-ranking",
        role="figure",
        **{"aria-label": "Ranking of measures by Kendall's τ with the gap"},
    )


def _shapes() -> Any:
    """What each shape of the figure is."""
    shapes = [
        html.Span([html.Span(mark, className="ls-legend-shape"), name], className="ls-study-key")
        for mark, name in SHAPES
    ]
    return html.Span(shapes, className="ls-view-words")


def _graph(study: StudyView, known: Known) -> Any:
    """The figure, in a box that scrolls and takes the keys."""
    graph = dcc.Graph(
        id=ids.RANKING,
        figure=figure(study, known),
        config={**GRAPH_CONFIG, "responsive": False},
        className="ls-study-ranks",
    )
    keys = {"data-ranking": "", "aria-label": "Ranking: up and down choose a measure"}
    return html.Div(graph, className="ls-study-scroll", tabIndex="0", **keys)


def figure(study: StudyView, known: Known) -> go.Figure:
    """The ranking of the chosen set of networks; empty where it has none."""
    measures, names = study.ranked, [measure.name for measure in study.ranked]
    best = None if study.stratum is None else study.stratum.measure(study.stratum.baseline)
    count = 0 if study.stratum is None else study.stratum.networks
    marks = RankingMarks(
        np.array([measure.baseline for measure in measures], dtype=bool),
        np.array([measure.linear for measure in measures], dtype=bool),
        np.array([measure.networks < KNOWN * count for measure in measures], dtype=bool),
        names.index(study.choice.measure) if study.choice.measure in names else None,
        None if best is None else abs(best.decided(study.decides)[0]),
    )
    decided = [measure.decided(study.decides) for measure in measures]
    taus, low, high = np.array(decided, dtype=np.float64).reshape(-1, 3).T
    return ranking(
        [short(measure.label) for measure in measures],
        taus,
        low,
        high,
        marks=marks,
        names=names,
        tips=[tip(measure.name, measure.label, known) for measure in measures],
        scheme=study.choice.scheme,
    )


def state(study: StudyView) -> Any:
    """Why there is no ranking; nothing where there is one."""
    if study.ranked:
        return ""
    return html.Div(html.P(why_none(study), role="status"), className="ls-message")


def why_none(study: StudyView) -> str:
    """Why there is no ranking, in words."""
    if study.report is None:
        return without_statistics(study)
    problem = "" if study.stratum is None else study.stratum.problem
    return problem or "No measure can be judged in these networks."


def without_statistics(study: StudyView) -> str:
    """There is a table and no statistics of the chosen gap: why, and what makes them."""
    gap = study.choice.gap
    if study.reports:
        return (
            f"No statistics of the {GAPS.get(gap, gap)} gap are stored. This makes them:"
            f" landscape study {study.choice.id} --only-table --gap {gap}"
        )
    message = "" if study.entry is None else study.entry.job.message
    return message or "No statistics yet. They are computed when all runs are done."


def foot(study: StudyView) -> str:
    """How to read it."""
    if study.report is None or study.stratum is None or not study.ranked:
        return ""
    best = study.stratum.measure(study.stratum.baseline)
    dotted = f" Dotted: ± the best baseline, {best.label}." if best is not None else ""
    outside = " outside the probe" if study.decides == OUTSIDE else ""
    return (
        f"Kendall's τ{outside} with its {100 * study.report.level:g} % interval. Pale: the interval"
        f" contains 0 or is missing, or few networks have the measure.{dotted}"
    )


def summary(study: StudyView) -> str:
    """The ranking in a sentence, for those who do not see it."""
    if study.stratum is None or not study.ranked:
        return "No ranking."
    first = ", ".join(
        f"{measure.label} {signed(measure.decided(study.decides)[0])}"
        for measure in study.ranked[:NAMED]
    )
    outside = " outside the probe" if study.decides == OUTSIDE else ""
    return (
        f"{len(study.ranked)} measures, ranked by |τ|{outside} over {study.stratum.networks}"
        f" networks. The first: {first}."
    )
