"""The digest of a run's sampled snapshots. A result stores the digest of the snapshots that it was
computed from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from landscape_app.errors import RunDamagedError
from landscape_app.store.journal import Journal, Line

JOURNAL = "journal.jsonl"  # of a run
KINDS = ("anchor", "chunk")
# lines that are looked at, at most, to tell what a run was before; of a longer journal only the
# latest are
WORK = 500_000
REMEMBERED = 500  # runs

_former: dict[Path, tuple[tuple[Line, ...], frozenset[str]]] = {}


def digest(lines: Sequence[Line]) -> str:
    """A hash of everything that these journal lines say is sampled. Only the newest line of each
    file counts.
    """
    return _digest(
        {str(line["file"]): str(line["sha256"]) for line in lines if line["kind"] in KINDS}
    )


def own(folder: Path, inputs: str) -> bool:
    """Whether a result computed from `inputs` belongs to the run in `folder`: to its present
    snapshots, or to those that it had earlier.

    True in a folder without a journal, for example of a study.
    """
    try:
        lines = Journal(folder / JOURNAL).lines()
    except RunDamagedError:
        return True  # said elsewhere: such a run is not opened
    return not lines or inputs == digest(lines) or inputs in _formerly(folder, lines)


def _formerly(folder: Path, lines: tuple[Line, ...]) -> frozenset[str]:
    """The digest after every line. Remembered while the lines do not change."""
    entry = _former.get(folder)
    if entry is None or entry[0] != lines:
        if len(_former) >= REMEMBERED:
            _former.clear()
        entry = _former[folder] = (lines, frozenset(_digests(lines)))
    return entry[1]


def _digests(lines: Sequence[Line]) -> list[str]:
    first = max(0, len(lines) - WORK // (len(lines) + 1))
    hashes, digests = dict[str, str](), list[str]()
    for number, line in enumerate(lines):
        if line["kind"] in KINDS:
            hashes[str(line["file"])] = str(line["sha256"])
            if number >= first:
                digests.append(_digest(hashes))
    return [*digests, _digest(hashes)]


def _digest(hashes: dict[str, str]) -> str:
    text = "\n".join(sorted(f"{file} {sha256}" for file, sha256 in hashes.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
