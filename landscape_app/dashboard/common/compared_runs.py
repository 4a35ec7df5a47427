"""Which runs a page shows beside each other: those that its address or its run picker names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landscape_app.dashboard.common.addresses import run_ids
from landscape_app.dashboard.common.board import Board
from landscape_app.errors import SpecError

MOST = 4  # runs beside each other
UNASKED = 3  # runs that are shown where neither a run nor a study is named and there is no study


def of_query(query: Mapping[str, str], board: Board) -> tuple[str, ...]:
    """The runs that an address names; where it names none, the runs that are shown unasked."""
    named = run_ids(query)
    return members(named, board) if named else newest(board)


def of_value(runs: Any) -> tuple[str, ...]:
    """The runs that a run picker holds, each once, at most four. Raises SpecError."""
    if not isinstance(runs, (list, tuple)) or not all(isinstance(run, str) for run in runs):
        raise SpecError("Runs are a list of names.")
    return tuple(dict.fromkeys(runs))[:MOST]


def members(ids: list[str], board: Board) -> tuple[str, ...]:
    """`ids` without repeats, a study replaced by its runs, at most four."""
    runs: dict[str, None] = {}
    for id in ids:
        entry = board.find(id)
        runs.update(dict.fromkeys(entry.runs if entry is not None and entry.runs else (id,)))
    return tuple(runs)[:MOST]


def newest(board: Board) -> tuple[str, ...]:
    """The runs that are shown unasked: those of the newest study, else the newest runs."""
    entries = board.entries()
    study = next((entry for entry in entries if entry.runs), None)
    if study is not None:
        return study.runs[:MOST]
    return tuple(entry.id for entry in entries if entry.summary.kind == "run")[:UNASKED]
