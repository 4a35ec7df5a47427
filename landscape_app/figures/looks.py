"""The look of a run: one number that decides its colour and its shape, on every page and in every
figure.

A run has the look of its regime. Where several runs of a regime are shown, the oldest has it, and
each of the others takes the next one that no regime has. So a run keeps its look when a run of
another regime comes or goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from landscape_app.figures.palette import MARKS
from landscape_app.registries import REGIMES


class LookedAt(NamedTuple):
    """A run as its look needs it. regime: empty where the run cannot be read. created: seconds, or
    None.
    """

    id: str
    regime: str
    created: float | None


def of_regime(regime: str) -> int:
    """The look of a regime, from 0."""
    return list(REGIMES).index(regime) % len(MARKS) if regime in REGIMES else 0


def looks(runs: Iterable[LookedAt]) -> dict[str, int]:
    """{id: look} of runs that are shown together, at most as many as there are looks; no two have
    the same. The order of the runs does not matter.
    """
    known: dict[str, list[str]] = {}
    oldest_first = sorted(runs, key=lambda run: (run.created or 0.0, run.id))
    for run in oldest_first:
        known.setdefault(run.regime, []).append(run.id)
    places = {id: place for ids in known.values() for place, id in enumerate(ids)}
    order = sorted(oldest_first, key=lambda run: (run.regime not in REGIMES, places[run.id]))
    taken: dict[str, int] = {}
    for run in order:
        wishes = _wishes(run.regime, places[run.id])
        free = (look for look in wishes if look not in taken.values())
        taken[run.id] = next(free, wishes[0])
    return taken


def _wishes(regime: str, place: int) -> list[int]:
    """Every look, the wanted one first: that of the regime for the oldest run of it (`place` 0);
    for the others those that no regime has, each regime beginning at another one.
    """
    own, every = of_regime(regime), list(range(len(MARKS)))
    shared = [look for look in every if look >= len(REGIMES)] or every
    start = (own + place - 1) % len(shared)
    others = [*shared[start:], *shared[:start]]
    rest = [look for look in every if look not in others]
    return [own, *others, *rest] if place == 0 and regime in REGIMES else [*others, *rest]
