"""Verdicts on the paper's claims as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from landscape_app.finding.claim_verdict import ClaimVerdict


def told(verdict: ClaimVerdict) -> Iterator[str]:
    """The title, the word with its sentence, and what must be read with it."""
    yield f"{verdict.title}."
    yield f"  {verdict.text}"
    for text in verdict.beside:
        yield f"  {text}"


def listed(verdicts: Iterable[ClaimVerdict]) -> Iterator[str]:
    """All verdicts, an empty line between claims."""
    claim = None
    for verdict in verdicts:
        if verdict.claim != claim:
            yield from [""] * (claim is not None)
            yield f"Claim {verdict.claim}"
            claim = verdict.claim
        yield from told(verdict)
