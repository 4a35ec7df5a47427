"""Lines that a journal has lost. They were damaged or cut out, and the other lines show that they
existed.

A run is written in one order: "prepared", the initial weights, the training, the anchor, the
chunks, "finished". A line shows that the lines before it existed. A journal without any line of the
training is not damaged.
"""

from __future__ import annotations

from collections.abc import Sequence

from landscape_app.settings import RunSpec
from landscape_app.store import coverage
from landscape_app.store.journal import Line

ORDER = ("prepared", "init", "base", "anchor", "chunk", "finished")
TRAINING = {"init", "base"}


def missing_kinds(
    spec: RunSpec, lines: Sequence[Line], committed: Sequence[Line]
) -> tuple[str, ...]:
    """The kinds of line that are lost, in the order in which they are written; () where the journal
    is complete. `committed`: the newest of `lines` for every file.
    """
    kinds = {line["kind"] for line in lines}
    reached = max((ORDER.index(kind) for kind in kinds if kind in ORDER), default=0)
    expected = ORDER[:reached] if kinds & TRAINING else ORDER[ORDER.index("chunk") : reached]
    whole = {"base": _trained, "chunk": _sampled}
    return tuple(
        kind
        for kind in expected
        if not (whole[kind](spec, committed) if kind in whole else kind in kinds)
    )


def _trained(spec: RunSpec, committed: Sequence[Line]) -> bool:
    """Whether every epoch of the training is in a line."""
    done = 0
    spans = [(line["first"], line["last"]) for line in committed if line["kind"] == "base"]
    for first, last in sorted(spans):
        if first > done + 1:
            break
        done = max(done, last)
    return done >= spec.train_epochs


def _sampled(spec: RunSpec, committed: Sequence[Line]) -> bool:
    """Whether every epoch of every trajectory is in a line."""
    return bool(coverage.covered(spec, committed)[1:].all())
