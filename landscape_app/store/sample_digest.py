"""The digest of the sampled snapshots of a run. Results carry the digest of the snapshots that they
were computed from.
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
    """A hash of all that these journal lines say is sampled; of each file its newest line
    counts.
    """
    return _digest(
        {str(line["file"]): str(line["sha256"]) for line in lines if line["kind"] in KINDS}
    )


def own(folder: Path, inputs: str) -> bool:
    """Whether what was computed from `inputs` is of the run in `folder`: of all that it has now, or
    of what it had at an earlier time.

    True in a folder without a journal, which is a study's.
    """
    try:
        lines = Journal(folder / JOURNAL).lines()
    except RunDamagedError:
        return True  # said elsewhere: such a run is not opened
    return not lines or inputs == digest(lines) or inputs in _formerly(folder, lines)


def _formerly(folder: Path, lines: tuple[Line, ...]) -> frozenset[str]:
    """The digest after every line; remembered while the journal says the same."""
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
