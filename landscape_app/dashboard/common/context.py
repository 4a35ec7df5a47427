"""What the pages are given when they register their callbacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from flask_caching import Cache

from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.common.pictures import Pictures
from landscape_app.dashboard.common.readings import Readings


@dataclass(frozen=True)
class Context:
    """`runs`: the runs folder. `cache`: bounded memory of reads, keyed by the caller with digests.
    `board`: jobs, as last read.

    pictures: what is worked out beside the requests. readings: what was read for a page, for those
    who answer for it later.
    """

    runs: Path
    cache: Cache
    board: Board = field(repr=False)
    pictures: Pictures = field(default_factory=Pictures, repr=False)
    readings: Readings = field(default_factory=Readings, repr=False)
