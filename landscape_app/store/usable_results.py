"""The stored results that can be used: their bytes are intact, and they have the form of results of
their name.

Use `find` where a result's snapshot ids are looked up; otherwise derived.find. `faults` says in
words which results are left out.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from landscape_app.errors import LandscapeError, RunDamagedError
from landscape_app.records import result_arrays
from landscape_app.store import derived, names, sample_digest
from landscape_app.store.derived import Arrays, Result
from landscape_app.store.run import RunFolder


def problem(result: Result) -> str:
    """Why `result` cannot be used, in words; empty if it can. Reads the arrays that name snapshots,
    not the numbers.
    """
    try:
        if not isinstance(result.arrays, Arrays):
            return ""
        return result_arrays.problem(
            result.name,
            result.arrays.headers,
            result.arrays.__getitem__,
            result.parameters,
            result.meta,
        )
    except RunDamagedError:
        return "its file is missing or damaged"


def find(folder: Path, name: str, **parameters: Any) -> Result | None:
    """The newest usable result `name` whose parameters contain the given ones, or None.

    A result of snapshots that this run never had does not count, for example one that was copied
    from another run.
    """
    fitting = derived.fitting(folder, name, **parameters)
    return next(
        (result for result in fitting if _own(Path(folder), result) and not problem(result)), None
    )


def _own(folder: Path, result: Result) -> bool:
    """Whether a result belongs to the run in `folder`. True where lines of its journal are lost,
    because then it cannot be known.
    """
    if sample_digest.own(folder, result.inputs):
        return True
    try:
        return bool(RunFolder.open(folder.parent, folder.name).inventory().missing)
    except LandscapeError:
        return False


def faults(folder: Path) -> dict[str, str]:
    """{name of the result's folder: why it is left out} of the results in the `folder` of a run or
    study. Reads all their bytes once.
    """
    reasons = {}
    for path in derived.places(folder):
        result = derived.read(path)
        reason = (
            "its facts or its size are not as they were written"
            if result is None
            else problem(result)
        )
        if reason:
            reasons[path.name] = reason
    return reasons


def sweep(folder: Path) -> bool:
    """Remove the damaged results of the run in `folder` that an intact one has replaced: one of the
    same parameters or, where the parameters cannot be read, any later one of that name. Returns
    whether there were such. The caller holds the lock.
    """
    gone = faults(folder)
    taken = [
        place
        for place in derived.places(folder)
        if place.name in gone and _taken(folder, place, gone)
    ]
    derived.remove(taken)
    return bool(taken)


def _taken(folder: Path, place: Path, gone: Collection[str]) -> bool:
    damaged, name = derived.read(place), place.name.rpartition("-")[0]
    changed = names.look(place / derived.RESULT) or names.look(place)
    since = (
        damaged.created if damaged is not None else changed.st_mtime if changed is not None else 0.0
    )
    later = [
        result
        for result in derived.all(folder, name)
        if result.created > since and result.path.name not in gone and _own(folder, result)
    ]
    return any(damaged is None or result.parameters == damaged.parameters for result in later)


def words(faults: dict[str, str]) -> str:
    """'2 stored results are damaged: embedding, sublevel'; empty where there is none."""
    if not faults:
        return ""
    names = sorted({place.rpartition("-")[0] for place in faults})
    return (
        f"{len(faults)} stored result{' is' if len(faults) == 1 else 's are'} damaged:"
        f" {', '.join(names)}"
    )
