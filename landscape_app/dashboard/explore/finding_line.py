"""The finding above the scenes: what the numbers of the compared runs say, and the numbers behind
it one click away.
"""

from __future__ import annotations

from typing import Any

from dash import html

from landscape_app.dashboard.explore import ids, messages
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.finding.sentences import Finding, finding

SHOWN = 2  # sentences above the scenes; the others stand with the reasons


def line(comparison: Comparison) -> Any:
    """The finding; screen readers announce it when it changes."""
    return html.Section(
        content(comparison),
        id=ids.FINDING,
        className="ls-finding",
        **{"aria-label": "Finding", "aria-live": "polite"},
    )


def content(comparison: Comparison) -> list[Any]:
    """The first sentences, that filters do not act on them, and everything behind a button."""
    known = of(comparison)
    if not known.sentences:
        return [html.P("The finding appears when the runs have snapshots.", className="ls-muted")]
    short = " ".join(known.sentences[:SHOWN])
    return [html.P(short, title=short), messages.unfiltered(), _reasons(known)]


def of(comparison: Comparison) -> Finding:
    """What the numbers of the runs that can be drawn say."""
    return finding([run.numbers for run in comparison.runs if run.subject is not None])


def _reasons(finding: Finding) -> Any:
    rest = [html.P(sentence) for sentence in finding.sentences[SHOWN:]]
    reasons = html.Ul([html.Li(reason) for reason in finding.reasons])
    behind = html.Div([*rest, reasons], className="ls-finding-reasons")
    return html.Details([html.Summary("Why"), behind], className="ls-finding-why")
