"""Check: the loops of the cloud were held against noise, so that none is taken for structure unasked (SCIENCE §6)."""

from __future__ import annotations

from landscape_app.checks.subject import DoesNotApply, Outcome, Subject, on

WORLDS = 19  # with fewer no p-value can be below 0.05
TOLERANCE = 1e-6


def check(subject: Subject) -> Outcome:
    """The p-value of the longest loop; sound where there were worlds enough, and where it is a value that so many can give."""
    missing = f"not tested against noise; {subject.how('analyse')}"
    result = subject.result("significance", missing=missing)
    found = result.meta.get("rips_h1") or {}
    if found.get("p_high") is None:
        raise DoesNotApply(str(found.get("words") or missing))
    p, worlds = float(found["p_high"]), int(found["repeats"])
    share = p * (worlds + 1)
    possible = 1 - TOLERANCE <= share <= worlds + 1 + TOLERANCE and abs(share - round(share)) < TOLERANCE
    faults = [] if worlds >= WORLDS else [f"{worlds} worlds are too few"]
    faults += [] if possible else ["no p-value that so many worlds can give"]
    said = f"{found.get('words') or f'p = {p:.2g}'}, {worlds} worlds"
    return Outcome(p, "; ".join([said, *faults]), not faults, on=on(result))
