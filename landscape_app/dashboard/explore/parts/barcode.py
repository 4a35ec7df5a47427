"""The part "barcode": the same persistence as in the diagrams, a line for each bar."""

from __future__ import annotations

import plotly.graph_objects as go

from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.panel import Card
from landscape_app.dashboard.explore.parts import Part, persistence
from landscape_app.dashboard.explore.verdicts import by_chance, loops_compared
from landscape_app.figures import barcode, diagrams
from landscape_app.figures.view import DrawnRun


def draw(card: Card, subject: DrawnRun) -> go.Figure | None:
    """Both barcodes on axes common to all runs; one whose result is not there stays empty."""
    if not {"sublevel", "rips"} & set(subject.results):
        return None
    return barcode.draw(subject, card.view, card.comparison.common(diagrams.axes_of(card.view)))


def note(comparison: Comparison) -> str:
    """What a bar is, and how many tests come out significant by chance."""
    about = "A bar is a line from birth to death."
    off, spaces = persistence.off_scale(comparison), persistence.spaces(comparison)
    parts = off, loops_compared(comparison), about, spaces, by_chance(comparison)
    return " ".join(filter(None, parts))


PART = Part(persistence.stored, draw, persistence.foot, persistence.summary, persistence.twin, note)
