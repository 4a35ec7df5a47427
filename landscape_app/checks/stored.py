"""Checks of what is stored: the files, the results, the data."""

from __future__ import annotations

from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome
from landscape_app.errors import RunDamagedError
from landscape_app.records.pixels import Inputs, in_blocks
from landscape_app.store import derived, files
from landscape_app.store.derived import Result

ITSELF = "checks"  # the result that holds the answers


def hashes(checked: CheckSubject) -> Outcome:
    """The number of files that do not match, and of kinds of journal line that are gone."""
    inventory = checked.run.inventory()
    bad = [
        *inventory.damaged,
        *(f"the line '{kind}' of the journal" for kind in inventory.missing),
    ]
    return Outcome(
        len(bad),
        "damaged: " + ", ".join(bad) if bad else f"{len(inventory.committed)} files match",
    )


def results(checked: CheckSubject) -> Outcome:
    """The number of results that are damaged or of other snapshots; of equal ones (name,
    parameters) the newest counts.

    A result by another version of the analyses is whole and of these snapshots: it is named and
    counts as none. A new analysis does not make it again where the old one had other parameters,
    for example another t or a distance asked for on the page.
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
    digest = checked.run.digest()
    stale = [result.name for result in newest.values() if result.inputs != digest]
    older = [result.name for result in newest.values() if derived.by_another_version(result)]
    words = [f"{len(newest)} results"]
    words += [f"damaged: {_count(damaged)}"] if damaged else []
    words += [f"{unreadable} cannot be read"] if unreadable else []
    words += [f"of other snapshots: {_count(stale)}"] if stale else []
    words += [] if len(words) > 1 or older else ["all current"]
    words += [f"by another version of the analyses, no fault: {_count(older)}"] if older else []
    return Outcome(len({*damaged, *stale}) + unreadable, "; ".join(words))


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


def data(checked: CheckSubject) -> Outcome:
    """How many of three things differ: the hash of all four arrays, the probe set's, and the test
    set from its source's bytes.
    """
    from landscape_app.datasets.recipe import probe_digest

    data, clean = checked.loaded.data, checked.loaded.clean
    differs = {
        "other data than it was begun with": data.digest() != checked.facts["data_hash"],
        "another probe set": probe_digest(clean) != checked.facts["probe_hash"],
        "the test set is not its source's": not (
            _same(data.x_test, clean.x_test) and _same(data.y_test, clean.y_test)
        ),
    }
    wrong = [words for words, so in differs.items() if so]
    sound = (
        f"{len(data.x_train):,} train and {len(data.x_test):,} test rows of {data.name}, the same"
        " bytes"
    )
    return Outcome(len(wrong), "; ".join(wrong) if wrong else sound)


def _same(a: Inputs, b: Inputs) -> bool:
    alike = a.dtype == b.dtype and a.shape == b.shape
    return alike and all(
        block.tobytes() == other.tobytes()
        for block, other in zip(in_blocks(a), in_blocks(b), strict=True)
    )
