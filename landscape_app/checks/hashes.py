"""Check: every committed file has the SHA-256 and size that its journal line names."""

from __future__ import annotations

from landscape_app.checks.subject import Outcome, Subject


def check(subject: Subject) -> Outcome:
    """The number of files that do not match; 0 is right."""
    bad = len(subject.damaged)
    detail = f"{subject.files} files match" if not bad else "damaged: " + ", ".join(subject.damaged)
    return Outcome(bad, "= 0", bad == 0, detail)
