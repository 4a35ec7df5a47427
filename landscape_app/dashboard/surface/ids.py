"""Every id of the page Surface: stable names for callbacks, its script and browser tests."""

from __future__ import annotations

SURFACE = "surface"  # the page; assets/surface.js looks for figures in it
LEGEND = "surface-legend"
GRID = "surface-grid"

# Rail
RUNS = "surface-runs"
KIND = "surface-kind"
KIND_HELP = "surface-kind-help"
VALUE = "surface-value"
HEIGHTS = "surface-heights"
POINTS = "surface-points"
EXTENT = "surface-extent"
COMPUTE = "surface-compute"  # the button for all runs, and the kind of those beside one run
COMPUTE_NOTE = "surface-compute-note"
SAVE = "surface-save"
CSV = "surface-csv"  # dcc.Download

TICK = "surface-tick"
SEEN = "surface-seen"  # dcc.Store: tokens of what was last drawn


def graph(name: str) -> dict[str, str]:
    """A dcc.Graph: relief-0 … relief-3, contours-0 …, line-0 …."""
    return {"type": "surface-graph", "name": name}


def words(name: str) -> dict[str, str]:
    """Words that change with what is drawn: head, state, foot and summary of a card, as
    relief-0-head.
    """
    return {"type": "surface-words", "name": name}
