"""What nothing reads any more in a runs folder: halves that crashes have left, and results of other
versions of the analyses that were computed again since. A result that is the only one of its kind
stays, whatever its version: without the runs or the caller's own network nobody can compute it
again. A run or study that a job works on is left alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from landscape_app.store import catalogue, derived, files, folder, lock, names
from landscape_app.store.import_stage import LEFT, STAGE
from landscape_app.store.stored_result import is_sound

HALF_RESULTS = (".new-", ".old-")  # prefixes of results that are being written or removed


@dataclass(frozen=True)
class Garbage:
    """A file or folder that nothing reads; kind: what it was, in words; bytes: of all its files."""

    path: Path
    kind: str
    bytes: int


def garbage(runs: Path) -> list[Garbage]:
    """Everything of that kind in `runs`, sorted by path. Removes nothing."""
    runs, now = Path(runs), time.time()
    listed = [*_hidden(runs, now)]
    for summary in [*catalogue.list_runs(runs), *catalogue.list_studies(runs)]:
        path = (runs if summary.kind == "run" else runs / folder.STUDIES) / summary.id
        if lock.holder(path / lock.NAME) is None:
            listed += [*_halves(path, now), *_old_results(path)]
    return sorted(listed, key=lambda left: left.path)


def remove(listed: Sequence[Garbage], runs: Path) -> None:
    """Remove what `garbage` has listed; what is gone by itself is no fault."""
    for left in listed:
        with suppress(FileNotFoundError):
            trusted = Path(runs) if left.path.parent == Path(runs) else None
            names.remove_all(left.path, trusted=trusted)


def _hidden(runs: Path, now: float) -> Iterator[Garbage]:
    """Folders of deleted runs and studies, and of imports that were killed."""
    for parent in (runs, runs / folder.STUDIES):
        with suppress(OSError):
            for name in names.folders(parent, trusted=runs):
                path = parent / name
                if name.startswith(catalogue.DELETED):
                    yield Garbage(path, "a deleted run or study", _size(path))
                elif name.startswith(STAGE) and _is_left(path, runs, now):
                    yield Garbage(path, "an import that was killed", _size(path))


def _is_left(stage: Path, runs: Path, now: float) -> bool:
    status = names.lstat(stage, trusted=runs)
    idle = lock.holder(stage / lock.NAME) is None
    return status is not None and idle and now - status.st_mtime > LEFT


def _halves(path: Path, now: float) -> Iterator[Garbage]:
    """Files and results that were not written or removed to their end, a while ago."""
    for inside in (path, path / derived.FOLDER):
        for name, status in names.stats(inside).items():
            half = files.HALF.fullmatch(name) or name.startswith(HALF_RESULTS)
            if half and now - status.st_mtime > LEFT:
                yield Garbage(inside / name, "half of a file or result", _size(inside / name))


def _old_results(path: Path) -> Iterator[Garbage]:
    """Results of another version, each with an intact one of this version and its parameters."""
    results = [result for place in derived.places(path) if (result := derived.read(place))]
    for result in results:
        if derived.by_another_version(result) and any(
            _replaces(other, result) and is_sound(other) for other in results
        ):
            kind = f"a result of version {result.version} of the analyses, computed again since"
            yield Garbage(result.path, kind, _size(result.path))


def _replaces(newer: derived.Result, older: derived.Result) -> bool:
    same = (newer.name, newer.parameters) == (older.name, older.parameters)
    return same and not derived.by_another_version(newer)


def _size(path: Path) -> int:
    """Bytes of the file, or of all files below the folder. Links are not followed."""
    if not names.is_folder(path):
        status = names.look(path)
        return 0 if status is None else status.st_size
    return sum(_size(path / name) for name in names.stats(path))
