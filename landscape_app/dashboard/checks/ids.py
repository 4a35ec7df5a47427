"""Every id of the page Checks: stable names for callbacks, its script and browser tests."""

from __future__ import annotations

CHECKS = "checks"  # the page
RUNS = "checks-runs"
SUMMARY = "checks-summary"
TABLE = "checks-table"
ALL = "checks-all"  # the button that asks every run shown
TICK = "checks-tick"
SEEN = "checks-seen"  # dcc.Store: a word for what was last drawn


def verify(run: str) -> dict[str, str]:
    """The button over a run's column."""
    return {"type": "checks-verify", "run": run}
