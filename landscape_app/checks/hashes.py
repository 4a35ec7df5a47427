"""Check: every committed file has the SHA-256 and size that its journal line names, and no line is
gone.
"""

from __future__ import annotations

from landscape_app.checks.subject import Outcome, Subject
from landscape_app.store.missing_lines import gaps


def check(subject: Subject) -> Outcome:
    """The number of files that do not match, and of kinds of journal line that are gone."""
    bad = [
        *subject.run.damaged(),
        *(f"the line '{kind}' of the journal" for kind in gaps(subject.run)),
    ]
    return Outcome(
        len(bad),
        "damaged: " + ", ".join(bad) if bad else f"{len(subject.run.committed())} files match",
    )
