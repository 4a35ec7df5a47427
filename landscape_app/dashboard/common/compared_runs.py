"""Which runs a page shows beside each other, as its address names them."""

from __future__ import annotations

from landscape_app.dashboard.common.board import Board

MOST = 4  # runs beside each other


def members(ids: list[str], board: Board) -> tuple[str, ...]:
    """`ids` without repeats, a study replaced by its runs, at most four."""
    found: dict[str, None] = {}
    for id in ids:
        entry = board.find(id)
        found.update(dict.fromkeys(entry.runs if entry is not None and entry.runs else (id,)))
    return tuple(found)[:MOST]


def newest(board: Board) -> tuple[str, ...]:
    """What is shown unasked: the runs of the newest study, else the newest runs."""
    entries = board.entries()
    study = next((entry for entry in entries if entry.runs), None)
    if study is not None:
        return study.runs[:MOST]
    return tuple(entry.id for entry in entries if entry.summary.kind == "run")[:3]
