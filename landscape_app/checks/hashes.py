"""Check: every committed file has the SHA-256 and size that its journal line names."""

from __future__ import annotations

from landscape_app.checks.subject import Outcome, Subject


def check(subject: Subject) -> Outcome:
    """The number of files that do not match."""
    bad = subject.run.damaged()
    return Outcome(len(bad), "damaged: " + ", ".join(bad) if bad else f"{len(subject.run.committed())} files match")
