"""Short words that change when what is on disk for a run changes."""

from __future__ import annotations

import hashlib

from landscape_app.dashboard.common.context import Context
from landscape_app.store import damage


def stamp(context: Context, runs: tuple[str, ...]) -> str:
    """A short word for what the folders of `runs` hold and what their jobs do, by times of
    modification: reads no arrays.
    """
    parts = []
    for id in runs:
        entry, path = context.board.find(id), context.runs / id
        parts.append((id, damage.mark(path), entry and (entry.summary.problem, entry.job)))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
