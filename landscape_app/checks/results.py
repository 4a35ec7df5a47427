"""Check: every stored result is as it was written, and was computed from the snapshots that the run
has now.
"""

from __future__ import annotations

from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome
from landscape_app.errors import RunDamagedError
from landscape_app.store import derived, files
from landscape_app.store.derived import Result

ITSELF = "checks"


def check(checked: CheckSubject) -> Outcome:
    """The number of results that are damaged or out of date; of equal ones (name, parameters) the
    newest counts.
    """
    folder = checked.run.path
    places = derived.places(folder)
    names = sorted({path.name.rpartition("-")[0] for path in places} - {ITSELF})
    there = [result for name in names for result in derived.all(folder, name)]
    if not names:
        raise DoesNotApply(f"nothing is computed from it yet; {checked.how('analyse')}")
    unreadable = sum(not path.name.startswith(f"{ITSELF}-") for path in places) - len(there)
    newest: dict[bytes, Result] = {}
    for result in there:  # newest first
        newest.setdefault(files.to_json([result.name, result.parameters]), result)
    damaged = [result.name for result in newest.values() if not _sound(result)]
    stale = [result.name for result in newest.values() if derived.stale(result, checked.run)]
    words = [f"{len(newest)} results"]
    words += [f"damaged: {_count(damaged)}"] if damaged else []
    words += [f"{unreadable} cannot be read"] if unreadable else []
    words += [f"of other snapshots or by another version: {_count(stale)}"] if stale else []
    return Outcome(
        len({*damaged, *stale}) + unreadable,
        "; ".join(words if len(words) > 1 else [*words, "all current"]),
    )


def _sound(result: Result) -> bool:
    try:
        len(result.arrays)
    except RunDamagedError:
        return False
    return True


def _count(names: list[str]) -> str:
    return ", ".join(
        f"{name} × {names.count(name)}" if names.count(name) > 1 else name
        for name in sorted(set(names))
    )
