"""Every id of the page Study: stable names for callbacks, its script and browser tests."""

from __future__ import annotations

STUDY = "study"  # the page; assets/study.js looks for figures and tables in it
RAIL = "study-rail"
MAIN = "study-main"
TICK = "study-tick"
SEEN = "study-seen"  # dcc.Store: tokens of what was last drawn

# Rail
NOTHING = "study-nothing"  # what is said where there is no table
NAME = "study-name"
STATE = "study-state"
STRATUM = "study-stratum"
GAP = "study-gap"
COLOUR = "study-colour"
TRAY = "study-tray"  # dcc.Store: ids of the picked runs
PICKED = "study-picked"  # dcc.Store: the run that was clicked last, and when
TRAY_LIST = "study-tray-list"

# Main
MEASURE = "study-measure"
RANKING = "study-ranking"
RANKING_STATE = "study-ranking-state"
RANKING_WORDS = "study-ranking-words"
SCATTER = "study-scatter"
ABOUT = "study-about"  # what the chosen measure is
SCATTER_HEAD = "study-scatter-head"
SCATTER_WORDS = "study-scatter-words"
SCATTER_SUMMARY = "study-scatter-summary"
BELOW = "study-below"  # which table is shown under the figures
TABLE = "study-table"  # dcc.Store: its plain values, which the script draws
TABLE_SAID = "study-table-said"
SAVE = "study-save"
CSV = "study-csv"  # dcc.Download
DRAWN = "study-drawn"  # dcc.Store: which table the script has drawn
TABLE_WORDS = "study-table-words"

# New study
FORM = "study-form"
FORM_NAME = "study-form-name"
FORM_PRESET = "study-form-preset"
FORM_REGIMES = "study-form-regimes"
FORM_NETWORKS = "study-form-networks"
FORM_DATA = "study-form-data"
FORM_SEEDS = "study-form-seeds"
FORM_SAMPLINGS = "study-form-samplings"
FORM_OUTLOOK = "study-form-outlook"
FORM_STATUS = "study-form-status"
FORM_TOML = "study-form-toml"
FORM_LAUNCH = "study-form-launch"


def knob(place: int) -> str:
    """Which setting the knob at `place` turns."""
    return f"study-form-knob-{place}"


def knob_values(place: int) -> str:
    """The values it takes."""
    return f"study-form-knob-values-{place}"


def effort(name: str) -> str:
    """The control of a setting that every run has alike."""
    return f"study-form-effort-{name}"  # seeds is also a name of the grid
