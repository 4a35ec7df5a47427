"""Which runs the page Checks shows, as the address line carries it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.common.compared_runs import MOST, members, newest
from landscape_app.errors import SpecError


def of_query(query: Mapping[str, str], board: Board) -> tuple[str, ...]:
    """The runs that `query` names, a study's runs in its place; unasked those that Explore shows
    unasked.
    """
    named = [id for id in query.get("runs", "").split(",") if id]
    return members(named, board) if named else newest(board)


def of_value(runs: Any) -> tuple[str, ...]:
    """The runs that the control stands at, each once, four at most. Raises SpecError."""
    if not isinstance(runs, (list, tuple)) or not all(isinstance(run, str) for run in runs):
        raise SpecError("Runs are a list of names.")
    return tuple(dict.fromkeys(runs))[:MOST]
