"""The cards of the page Paper: verdicts beside what the paper reports, figures, and Table 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from landscape_app.dashboard.common import addresses, gallery
from landscape_app.dashboard.common.controls import GRAPH_CONFIG, Tone, badge
from landscape_app.dashboard.common.taking import paper_save_menu
from landscape_app.dashboard.paper import figures, ids
from landscape_app.dashboard.paper.figures import FIGURES
from landscape_app.dashboard.paper.table import table
from landscape_app.dashboard.paper.view import PaperView
from landscape_app.finding.claim_verdict import ClaimVerdict, capital
from landscape_app.finding.decision import DOES_NOT, HOLDS, UNDECIDED

TONES: dict[str, Tone] = {HOLDS: "ok", DOES_NOT: "bad", UNDECIDED: "warn"}
FIRST = (
    "The paper shows the samples of one network by four methods, and says that PHATE keeps both the"
    " branches and the way along them where the others lose one of the two. It compares by eye, so"
    " there is nothing here to hold or not to hold. PHATE has the paper's cosine distance; the"
    " others have the Euclidean distance between the same points."
)
SECOND = (
    "Top, as in the paper: what jump and retrain, naive and grid sampling show of one network. The"
    " paper says that only jump and retrain shows structure. Bottom: hue by direction, fading with"
    " the epoch; diamonds are jumps, by step size. The paper's good network had a test accuracy of"
    " 94.4 %, its bad one 87.3 %. The star is the middle of the five points nearest to the anchor,"
    " which has no place of its own in the paper's embedding."
)
THIRD = (
    "The paper's three networks, of 83, 87 and 91 % test accuracy, had totals of 1198, 100 and 73."
    " Filled: never dies, closed at the greatest loss."
)


def body(view: PaperView) -> list[Any]:
    """Every card, in the order of the paper."""
    if view.entry is None or view.stored.table is None:
        return [_nothing(view)]
    return [
        _card(
            "Fig. 1: one network's samples, by four methods",
            FIRST,
            _figures(view, [name for name in FIGURES if name.startswith("fig1")]),
        ),
        _card(
            "Fig. 2: three samplings, and three networks",
            SECOND,
            _figures(view, [name for name in FIGURES if name.startswith("fig2")], three=True),
            _verdicts(view.verdicts(2)),
        ),
        _card(
            "Table 1: what the samples tell of a label",
            "",
            table(view),
            _verdicts(view.verdicts(1)),
        ),
        _card(
            "Fig. 3: total persistence",
            THIRD,
            _figures(view, ["fig3a", "fig3b"]),
            _verdicts(view.verdicts(3)),
        ),
        _card(
            "Beyond the paper: what retrained networks answer",
            "Not a claim of the paper. End points of different directions are asked the same"
            " probe inputs; the share of different answers is the end disagreement. It uses no"
            " labels.",
            _verdicts(view.verdicts(4)),
        ),
    ]


def _nothing(view: PaperView) -> Any:
    words = view.stored.problem
    if not words and view.entry is not None:
        words = "This study has no table yet. It appears when its networks are analysed."
    if not words and view.id:
        words = f"There is no study called '{view.id}' here that was made from a grid."
    words = words or "There is no study here yet. Make a grid of networks, or the preset."
    return html.Section(
        [html.P(words), gallery.offer(view.runs, "paper")], className="ls-card ls-paper-card"
    )


def _card(title: str, words: str, *parts: Any) -> Any:
    return html.Section(
        [html.H2(title), html.P(words, className="ls-muted") if words else None, *parts],
        className="ls-card ls-paper-card",
    )


def _figures(view: PaperView, names: Sequence[str], *, three: bool = False) -> Any:
    """The figures side by side; three: in rows of three, where there is room."""
    look = "ls-paper-figures ls-paper-three" if three else "ls-paper-figures"
    return html.Div([_figure(view, name) for name in names], className=look)


def _figure(view: PaperView, name: str) -> Any:
    """A figure with its network, or why there is none."""
    title, drawn = FIGURES[name].title, figures.figure(view, name)
    run = figures.run_of(view, name)
    shown = (
        dcc.Graph(
            id=ids.graph(name),
            figure=drawn,
            config=GRAPH_CONFIG,
            responsive=True,
            className="ls-graph",
        )
        if drawn is not None
        else html.P(figures.missing(view, name), className="ls-muted ls-small ls-paper-missing")
    )
    there = [] if run is None or view.alone else [run]
    link = [dcc.Link("Explore", href=addresses.explore([id]), title=id) for id in there]
    save = [] if drawn is None else [paper_save_menu(name, view.id, spoken=title)]
    return html.Div(
        [
            html.Div([html.H3(title), *link, *save], className="ls-paper-head"),
            html.Div(shown, className="ls-paper-figure"),
            html.P(figures.caption(view, name), className="ls-muted ls-small"),
        ],
        className="ls-paper-cell",
        role="figure",
        **{"aria-label": title},
    )


def _verdicts(verdicts: Sequence[ClaimVerdict]) -> Any:
    """Each verdict; what the paper reports of several is said with the first of them."""
    before: set[str] = set()
    parts = []
    for verdict in verdicts:
        parts.append(_verdict(verdict, reported=verdict.reported not in before))
        before.add(verdict.reported)
    return html.Div(parts, className="ls-paper-verdicts")


def _verdict(verdict: ClaimVerdict, *, reported: bool) -> Any:
    """The word, the sentence with its numbers, what stands beside it, and what the paper says."""
    word = "not tested" if verdict.word is None else verdict.word
    parts = [
        html.Div([badge(word, TONES.get(word, "wait")), html.H3(verdict.title)]),
        html.P(capital(verdict.sentence)),
        *(html.P(text, className="ls-muted") for text in verdict.beside),
        html.P(verdict.reported, className="ls-muted ls-paper-reported")
        if verdict.reported and reported
        else None,
    ]
    return html.Div(parts, className="ls-paper-verdict")
