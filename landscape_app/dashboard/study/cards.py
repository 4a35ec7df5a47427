"""The cards: the ranking, the chosen measure against the gap, and under it the tables."""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common.board import Entry
from landscape_app.dashboard.common.job_parts import badge
from landscape_app.dashboard.study import drawing, ids, tables, words
from landscape_app.dashboard.study.choice import BELOW, explore
from landscape_app.dashboard.study.definitions import Known, tip
from landscape_app.dashboard.study.reading import Seen

SHAPES = (("●", "measure"), ("◇", "baseline"), ("□", "linear samples"))


def main(seen: Seen, known: Known) -> list[Any]:
    """All cards; where there is no table yet, in words why, and the runs: the cards wait unseen
    then, as callbacks look for them.
    """
    there = seen.table is not None
    alone = html.Div(
        html.Div(nothing(seen), id=ids.NOTHING, className="ls-study-nothing"),
        className="ls-card ls-study-alone",
        hidden=there,
    )
    return [
        alone,
        html.Div(
            _figures(seen, known), className="ls-study-grid" if there else "", hidden=not there
        ),
    ]


def _figures(seen: Seen, known: Known) -> list[Any]:
    return [_ranking(seen, known), _scatter(seen, known), _below(seen, known)]


def nothing(seen: Seen) -> list[Any]:
    """Why there is no table, and what each run of the study is doing; empty where there is one."""
    if seen.table is not None:
        return []
    if seen.problem or seen.entry is None:
        return [html.P(seen.problem, role="alert")]
    lines = [_run(run, one) for run, one in seen.members]
    return [
        html.H2("No table yet"),
        html.P(
            f"{words.standing(seen)} Measures are held against the gap when all runs are done.",
            role="status",
        ),
        html.Ul(lines, className="ls-study-runs", **{"aria-label": "Runs of the study"}),
        dcc.Link("See it on Jobs", href=f"/jobs?show={seen.choice.id}"),
    ]


def _run(run: str, one: Entry | None) -> Any:
    """A run with its state; one that is sampled can be looked at already."""
    if one is None:
        return html.Li(
            [
                html.Span(run, className="ls-study-run"),
                html.Span("gone", className="ls-badge ls-badge-bad"),
            ]
        )
    name = dcc.Link(run, href=explore((run,))) if one.sampled else html.Span(run)
    return html.Li([html.Span(name, className="ls-study-run", title=run), badge(one)])


def _ranking(seen: Seen, known: Known) -> Any:
    shapes = [
        html.Span([html.Span(mark, className="ls-legend-shape"), name], className="ls-study-key")
        for mark, name in SHAPES
    ]
    graph = dcc.Graph(
        id=ids.RANKING,
        figure=drawing.ranked(seen, known),
        config={**drawing.CONFIG, "responsive": False},
        className="ls-study-ranks",
    )
    return html.Section(
        [
            html.Div(
                [
                    html.Div(html.H2("Measures, ranked"), className="ls-view-title"),
                    html.Span(shapes, className="ls-view-words"),
                ],
                className="ls-view-head",
            ),
            html.Div(
                [
                    html.Div(
                        graph,
                        className="ls-study-scroll",
                        tabIndex="0",
                        **{
                            "data-ranking": "",
                            "aria-label": "Ranking: up and down choose a measure",
                        },
                    ),
                    html.Div(ranking_state(seen), id=ids.RANKING_STATE, className="ls-state"),
                ],
                className="ls-view-body",
            ),
            html.P(
                ranking_foot(seen),
                className="ls-surface-foot ls-study-foot",
                id=f"{ids.RANKING}-foot",
            ),
            html.P(words.ranking_summary(seen), id=ids.RANKING_WORDS, className="ls-unseen"),
        ],
        className="ls-card ls-view ls-study-ranking",
        role="figure",
        **{"aria-label": "Ranking of measures by Kendall's τ with the gap"},
    )


def ranking_state(seen: Seen) -> Any:
    """Why there is no ranking; nothing where there is one."""
    if seen.stratum is not None and seen.stratum.lines:
        return ""
    return html.Div(html.P(tables.empty_ranking(seen), role="status"), className="ls-message")


def ranking_foot(seen: Seen) -> str:
    """How to read it."""
    if seen.report is None or seen.stratum is None or not seen.stratum.lines:
        return ""
    best = seen.stratum.line(seen.stratum.baseline)
    dotted = f" Dotted: ± the best baseline, {best.label}." if best is not None else ""
    return (
        f"Kendall's τ with its {100 * seen.report.level:g} % interval; pale: it holds 0, there is"
        f" none, or few networks have the measure.{dotted}"
    )


def options(seen: Seen) -> list[Any]:
    """Measures to choose from: those of the ranking, then those that are not judged here."""
    table = seen.table
    if table is None:
        return []
    ranked = [] if seen.stratum is None else [line.name for line in seen.stratum.lines]
    groups = {
        "Ranked": ranked,
        "Not judged here": [name for name in seen.measures if name not in ranked],
    }
    return [
        {"group": group, "items": [{"value": name, "label": table.label(name)} for name in names]}
        for group, names in groups.items()
        if names
    ]


def _scatter(seen: Seen, known: Known) -> Any:
    select = dmc.Select(
        id=ids.MEASURE,
        data=options(seen),
        value=seen.choice.measure,
        allowDeselect=False,
        searchable=True,
        size="xs",
        w=290,
        maxDropdownHeight=420,
        comboboxProps={"shadow": "md"},
        nothingFoundMessage="No such measure",
        **{"aria-label": "Measure"},
    )
    info = html.Span(
        "?",
        id=ids.ABOUT,
        className="ls-study-about",
        tabIndex="0",
        role="img",
        **{"aria-label": "What this measure is", "data-tip": about(seen, known)},
    )
    graph = dcc.Graph(
        id=ids.SCATTER,
        figure=drawing.scattered(seen, known),
        config=drawing.CONFIG,
        responsive=True,
        className="ls-graph",
    )
    return html.Section(
        [
            html.Div(
                [
                    select,
                    info,
                    html.Span(words.head(seen), id=ids.SCATTER_HEAD, className="ls-view-words"),
                ],
                className="ls-view-head",
            ),
            html.Div(
                scatter_words(seen), id=ids.SCATTER_WORDS, className="ls-surface-foot ls-study-says"
            ),
            html.Div(graph, className="ls-view-body"),
            html.P(words.scatter_summary(seen), id=ids.SCATTER_SUMMARY, className="ls-unseen"),
        ],
        className="ls-card ls-view ls-study-scatter",
        role="figure",
        **{"aria-label": "The chosen measure against the gap, a point per network"},
    )


def about(seen: Seen, known: Known) -> str:
    """What the chosen measure is, as the script reads it."""
    return json.dumps(
        tip(
            seen.choice.measure,
            "" if seen.table is None else seen.table.label(seen.choice.measure),
            known,
        )
    )


def scatter_words(seen: Seen) -> list[Any]:
    """What τ says, and what must be known before it is believed."""
    said, caveats = words.said(seen), words.caveats(seen)
    return [
        html.P(" ".join(said)) if said else None,
        *(html.P(text, className="ls-caveat") for text in caveats),
    ]


def _below(seen: Seen, known: Known) -> Any:
    shown = dmc.SegmentedControl(
        id=ids.BELOW,
        data=[{"value": name, "label": label} for name, label in BELOW.items()],
        value=seen.choice.below or "measures",
        size="xs",
        **{"aria-label": "Which table"},
    )
    save = html.Button(
        "CSV",
        id=ids.SAVE,
        type="button",
        className="ls-button",
        title="Download this table with all its digits",
    )
    data = tables.below(seen, known)
    return html.Section(
        [
            html.Div(
                [
                    shown,
                    html.Span(data["caption"], id=ids.TABLE_WORDS, className="ls-view-words"),
                    save,
                ],
                className="ls-view-head",
            ),
            dcc.Download(id=ids.CSV),
            dcc.Store(id=ids.TABLE, data=data),
            dcc.Store(id=ids.DRAWN),
            html.P(data["said"], id=ids.TABLE_SAID, className="ls-surface-foot ls-study-says"),
            html.Div(
                html.Div(id=f"{ids.TABLE}-place", className="ls-study-table"),
                className="ls-view-body",
            ),
        ],
        className="ls-card ls-view ls-study-below",
        **{"aria-label": "Tables"},
    )
