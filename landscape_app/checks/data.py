"""Check: the data, loaded afresh, are those of the run, and its recipe (fewer rows, corrupted
labels) left the test set alone.
"""

from __future__ import annotations

from landscape_app.checks.check_subject import CheckSubject, Outcome
from landscape_app.records.pixels import Inputs, in_blocks


def check(checked: CheckSubject) -> Outcome:
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
