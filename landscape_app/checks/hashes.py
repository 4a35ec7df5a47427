"""Check: every committed file has the SHA-256 and size that its journal line names, and no line is
gone.
"""

from __future__ import annotations

from landscape_app.checks.check_subject import CheckSubject, Outcome


def check(checked: CheckSubject) -> Outcome:
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
