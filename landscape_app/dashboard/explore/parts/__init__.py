"""The parts of the topology card: one of them is shown at a time, the same for all runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.panel import Card
from landscape_app.figures.view import DrawnRun


def not_computed() -> list[Any]:
    """Words for a run that was analysed without this part."""
    return ["Not computed yet."]


@dataclass(frozen=True)
class Part:
    """stored: whether a run has what the part is made of. draw, foot, summary, twin: of the card of
    one run that has it. note: said once for all cards. missing: why a sampled run may lack it,
    whatever its analysis. uncomputed: words for a run that was analysed without it.
    """

    stored: Callable[[DrawnRun], bool]
    draw: Callable[[Card, DrawnRun], go.Figure | None]
    foot: Callable[[Card], list[Any]]
    summary: Callable[[Card], str]
    twin: Callable[[Card], Any]
    note: Callable[[Comparison], str]
    missing: str = ""
    uncomputed: Callable[[], list[Any]] = not_computed
