"""Table 1 of a study beside the paper's: the accuracy of each set of features, by label."""

from __future__ import annotations

from typing import Any

from dash import html

from landscape_app.dashboard.paper.view import PaperView
from landscape_app.finding.table_claim import PAPER
from landscape_app.number_text import DASH
from landscape_app.records.experiment import Experiment, FeatureScore

LOSSES = "train losses and accuracies"


def table(view: PaperView) -> Any:
    """A table for each label that has an experiment; why there is none."""
    made = view.stored.experiments
    if not made:
        words = "No experiment is stored."
        if not view.alone:
            words += (
                f" Compute what is missing, or type: {view.command('experiment')} --label test_loss"
            )
        return html.P(words, className="ls-muted ls-paper-missing")
    order = sorted(made, key=lambda column: ([*PAPER, column].index(column), column))
    return html.Div(
        [_of_label(made[column], stale=column in view.stored.stale) for column in order],
        className="ls-paper-tables",
    )


def _of_label(experiment: Experiment, *, stale: bool) -> Any:
    """Mean ± standard error over classifiers here, and in the paper, in percent."""
    paper = PAPER.get(experiment.column, {})
    head = html.Tr([html.Th(words, scope="col") for words in ("features", "here, %", "paper, %")])
    rows = [_row(score, paper.get(score.name)) for score in experiment.scores]
    label = experiment.column_label.replace("_", " ")
    caption = (
        f"{label}: {len(experiment.classes)} classes, {experiment.networks} networks of"
        f" {experiment.configurations} configurations"
        f"{'; of an earlier table of this study' if stale else ''}"
    )
    return html.Div(
        html.Table(
            [html.Caption(caption), html.Thead(head), html.Tbody(rows)],
            className="ls-twin-table ls-paper-table",
        )
    )


def _row(score: FeatureScore, paper: tuple[float, float] | None) -> Any:
    name = score.words + (f" ({score.what})" if score.what and score.what != LOSSES else "")
    few = len(score.accuracies) < 2
    own = f"{100 * score.mean:.1f}" + ("" if few else f" ± {100 * score.error:.1f}")
    theirs = DASH if paper is None else f"{paper[0]:.1f}" + (f" ± {paper[1]}" if paper[1] else "")
    return html.Tr([html.Th(name, scope="row"), html.Td(own), html.Td(theirs)])
