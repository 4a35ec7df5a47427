"""Every id of the page Paper."""

from __future__ import annotations

PAPER = "paper"  # the page
NAME = "paper-name"  # which study
TICK = "paper-tick"
SEEN = "paper-seen"  # dcc.Store: a word for what was last drawn
STATE = "paper-state"  # how the study stands, what is missing, and the button that computes it
BODY = "paper-body"  # verdicts, figures and the table
COMPUTE = "paper-compute"
PRESET = "paper-preset"  # launches the preset study


def graph(name: str) -> dict[str, str]:
    """A figure of the page, a key of figures.FIGURES."""
    return {"type": "paper-graph", "name": name}
