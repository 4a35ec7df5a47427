"""What the null models say of the loops of a run's cloud, in numbers and in words: is the longest
one more than chance?

It is compared with two kinds of null draws at once, noise and reordered steps (see `noise`), and is
called significant only if it stands out from both: in thousands of dimensions noise has no loops at
all, so beating noise alone says only that retraining is no random walk. The larger of the two
p-values is a valid one for "neither null draw explains it" (an intersection-union test, Berger
1982).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from landscape_app.analysis.topology import rips
from landscape_app.analysis.topology.noise import Walks, walks
from landscape_app.analysis.topology.null import LEVEL, Null, longest_against
from landscape_app.analysis.topology.thinning import smallest_p
from landscape_app.errors import AnalysisError

NUMBERS = ("observed", "p_high", "null_median", "null_low", "null_high")
Stream = Callable[[str], np.random.Generator]

NOT_TESTED = "not tested"
NO_NULL = "no null for this distance"
STATISTIC = "longest finite H1 bar"
SURROGATES = {"noise": "noise with the same steps", "reordered": "the same steps in another order"}


@dataclass(frozen=True, eq=False)
class Loops:
    """A test of the longest loop: `meta` in numbers and words, `samples` (repeats,) by null draw,
    and what was tested.

    rips: persistence of the snapshots at `positions` (p,); its own positions index these p. None
    where nothing was tested.
    """

    meta: dict[str, Any]
    samples: dict[str, np.ndarray] = field(default_factory=dict)
    rips: rips.Rips | None = None
    positions: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def loops(
    distances: np.ndarray,
    steps: np.ndarray,
    protocol: np.ndarray | None = None,
    *,
    parameters: int | None,
    stream: Stream,
    repeats: int,
) -> Loops:
    """The longest H1 bar of some of the snapshots at `distances` (m, m), compared with null draws
    without structure.

    steps (s, 2): positions of snapshots that follow each other. protocol (m, 2): seed and step size
    of each. parameters: dimension of the space of weights if these are its Euclidean distances;
    None for another distance, in which only the order of the steps is tested, and not even that if
    its distances are not Euclidean. stream: the generator of each kind of null draw, by its name.
    meta has no p_high where nothing is tested, and says why. Raises AnalysisError for what is no
    distance matrix.
    """
    among = walks(distances, steps, protocol)
    if not len(among.paths.child):
        return Loops(_untested(f"{NOT_TESTED}: no snapshot was reached by retraining"))
    diagrams = rips.persistence(among.distances.astype(np.float32), quantile=1.0)
    observed = float((diagrams.h1.death - diagrams.h1.birth).max(initial=0.0))
    try:
        nulls = {
            name: longest_against(observed, surrogate, rng=stream(name), repeats=repeats)
            for name, surrogate in _surrogates(among, parameters).items()
        }
    except AnalysisError as error:
        return Loops(_untested(f"{NO_NULL}: {error}"))
    samples = {name: null.samples for name, null in nulls.items()}
    return Loops(_tested(among, nulls, repeats), samples, diagrams, among.thinning.positions)


def _tested(among: Walks, nulls: Mapping[str, Null], repeats: int) -> dict[str, Any]:
    """The test in numbers and words: those of the null draws that are harder to beat."""
    harder = max(nulls, key=lambda name: (nulls[name].p_high, nulls[name].middle or ()))
    least = smallest_p(int(among.thinning.moves.max(initial=0)), repeats)
    return {
        "statistic": STATISTIC,
        **numbers(nulls[harder]),
        "smallest_p": least if repeats else None,
        "points": len(among.distances),
        "thinning": among.thinning.words,
        "null": SURROGATES[harder],
        "nulls": {name: numbers(null) for name, null in nulls.items()},
        "words": _words(nulls, least),
    }


def numbers(null: Null) -> dict[str, Any]:
    """Without samples there is no p: it would be 1 for want of a test."""
    median, low, high = null.middle or (None, None, None)
    p_high = null.p_high if len(null.samples) else None
    return {"observed": null.observed, "p_high": p_high, "repeats": len(null.samples),
            "null_median": median, "null_low": low, "null_high": high}  # fmt: skip


def _surrogates(among: Walks, parameters: int | None) -> dict[str, Any]:
    draws: dict[str, Any] = (
        {} if parameters is None else {"noise": lambda rng: among.noise(parameters, rng)}
    )
    return draws | {"reordered": among.reordered}


def _untested(words: str) -> dict[str, Any]:
    none: dict[str, Any] = {
        "repeats": 0,
        "smallest_p": None,
        "points": 0,
        "thinning": "",
        "null": None,
        "nulls": {},
    }
    return {"statistic": STATISTIC, **dict.fromkeys(NUMBERS), **none, "words": words}


def _words(nulls: Mapping[str, Null], least: float) -> str:
    """One sentence; a statistic of 0 is said to be none."""
    first = next(iter(nulls.values()))
    if not len(first.samples):
        return NOT_TESTED
    p = max(null.p_high for null in nulls.values())
    if first.observed == 0:
        return "not significant: there is no loop"
    if p <= LEVEL:
        return (
            f"significant (p = {p:.2g}): more than comes of"
            f" {' or '.join(SURROGATES[name] for name in nulls)}"
        )
    as_much = [SURROGATES[name] for name, null in nulls.items() if null.p_high > LEVEL]
    bound = (
        f"; with so few moves, or null draws, no p is below {least:.2g}" if least > LEVEL else ""
    )
    return f"not significant (p = {p:.2g}): as much comes of {' and of '.join(as_much)}{bound}"
