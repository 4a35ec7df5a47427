"""What the pages are given when they register their callbacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from flask_caching import Cache

from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.common.pictures import Pictures


@dataclass(frozen=True)
class Context:
    """`runs`: the runs folder. `cache`: bounded memory of reads, keyed by the caller with digests.
    `board`: jobs, as last read.

    pictures: what is worked out beside the requests.
    """

    runs: Path
    cache: Cache
    board: Board = field(repr=False)
    pictures: Pictures = field(default_factory=Pictures, repr=False)
