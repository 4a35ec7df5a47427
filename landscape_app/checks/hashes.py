"""Check: every committed file has the SHA-256 and size that its journal line names, and no line is
gone.
"""

from __future__ import annotations

from landscape_app.checks.checked_run import CheckedRun, Outcome
from landscape_app.store.missing_lines import gaps


def check(checked: CheckedRun) -> Outcome:
    """The number of files that do not match, and of kinds of journal line that are gone."""
    bad = [
        *checked.run.damaged(),
        *(f"the line '{kind}' of the journal" for kind in gaps(checked.run)),
    ]
    return Outcome(
        len(bad),
        "damaged: " + ", ".join(bad) if bad else f"{len(checked.run.committed())} files match",
    )
