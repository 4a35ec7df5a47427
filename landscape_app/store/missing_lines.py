"""What a journal no longer says: lines that were damaged or cut out after they were written, told
by those that are still there.

A run is written in one order: "prepared", the initial weights, the training, the anchor, the
chunks, "finished". Whatever is there says that what comes before it was there. A journal that says
nothing of the training at all is not held against it.
"""

from __future__ import annotations

from landscape_app.store import coverage
from landscape_app.store.run import RunFolder

ORDER = ("prepared", "init", "base", "anchor", "chunk", "finished")
TRAINING = {"init", "base"}


def gaps(run: RunFolder) -> tuple[str, ...]:
    """The kinds of line that were there and are gone, in the order in which they are written; ()
    where the journal is whole.
    """
    kinds = {line["kind"] for line in run.journal.lines()}
    reached = max((ORDER.index(kind) for kind in kinds if kind in ORDER), default=0)
    asked = ORDER[:reached] if kinds & TRAINING else ORDER[ORDER.index("chunk") : reached]
    several = {"base": _trained, "chunk": _sampled}
    return tuple(
        kind for kind in asked if (not several[kind](run) if kind in several else kind not in kinds)
    )


def complete(run: RunFolder) -> bool:
    """Whether going on with `run` would make nothing: every snapshot is committed and as it was
    written. Hashes its files.
    """
    return run.finished and not run.damaged() and not set(gaps(run)) - {"prepared"}


def _trained(run: RunFolder) -> bool:
    """Whether every epoch of the training is in a line."""
    done = 0
    for first, last in sorted((line["first"], line["last"]) for line in run.committed("base")):
        if first > done + 1:
            break
        done = max(done, last)
    return done >= run.spec.train_epochs


def _sampled(run: RunFolder) -> bool:
    """Whether every epoch of every trajectory is in a line."""
    return bool(coverage.covered(run)[1:].all())
