"""What the null models say of a run, in numbers and in words: are the sublevel bars of its loss, and the loops of its cloud, more than chance?

Loops are held against two worlds at once, noise and reordered steps (see `noise`), and are called significant only if they stand out
from both: in thousands of dimensions noise has no loops at all, so beating noise alone says only that retraining is no random walk.
The larger of the two p-values is a valid one for "neither world explains it" (an intersection-union test, Berger 1982).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from landscape_app.analysis.topology.noise import Walks, walks
from landscape_app.analysis.topology.null import LEVEL, Null, loops_against, permuted_each
from landscape_app.errors import AnalysisError

_NONE = {"observed": None, "p_high": None, "repeats": 0, "null_median": None, "null_low": None, "null_high": None}
Stream = Callable[[str], np.random.Generator]
Found = tuple[dict[str, np.ndarray], dict[str, Any]]  # samples by name, meta

NOT_TESTED = "not tested"
NO_NULL = "no null for this distance"
STATISTICS = {"longest": "longest finite H1 bar", "total": "total H1 persistence"}
WORLDS = {"noise": "noise with the same steps", "reordered": "the same steps in another order"}


def losses(edges: np.ndarray, values: Mapping[str, np.ndarray], *, rng: np.random.Generator, repeats: int) -> Found:
    """Per filtration of `values` (each (n,), finite) over the graph `edges`: total persistence against permuted losses.

    Samples by filtration, (repeats,) each. meta: statistic, observed, p_low, p_high, repeats, null_median, null_low and null_high
    (5th and 95th percentile), note; without repeats, the p-values and what they rest on are None.
    """
    found = permuted_each(edges, values, rng=rng, repeats=repeats)
    meta = {
        name: {"statistic": "total persistence", **_numbers(null), "p_low": null.p_low if repeats else None, "note": _of_losses(null)}
        for name, null in found.items()
    }
    return {name: null.samples for name, null in found.items()}, meta


def loops(distances: np.ndarray, steps: np.ndarray, *, parameters: int | None, stream: Stream, repeats: int) -> Found:
    """Longest H1 bar and total H1 persistence of a few of the snapshots at `distances` (m, m), against worlds without structure.

    steps (s, 2): positions of snapshots that follow each other. parameters: dimension of the space of weights if these are its
    Euclidean distances; None for another distance, in which only the order of the steps is tested, and not even that if its
    distances are not Euclidean. stream: the generator of each kind of world, by its name. Samples and meta by statistic ("longest",
    "total"); meta has no p_high where nothing is tested, and says why. Raises AnalysisError for what is no distance matrix.
    """
    among = walks(distances, steps)
    if not len(among.child):
        return {}, {key: _untested(name, f"{NOT_TESTED}: no snapshot was reached by retraining") for key, name in STATISTICS.items()}
    try:
        nulls = {name: loops_against(among, world, rng=stream(name), repeats=repeats) for name, world in
                 _worlds(among, parameters).items()}  # fmt: skip
    except AnalysisError as error:
        return {}, {key: _untested(name, f"{NO_NULL}: {error}") for key, name in STATISTICS.items()}
    samples: dict[str, np.ndarray] = {}
    meta = {}
    for key, statistic in STATISTICS.items():
        by_world = {name: null[key] for name, null in nulls.items()}
        harder = max(by_world, key=lambda name: by_world[name].p_high)
        meta[key] = {"statistic": statistic, **_numbers(by_world[harder]), "points": len(among.kept), "null": WORLDS[harder],
                     "nulls": {name: _numbers(null) for name, null in by_world.items()}, "words": _of_loops(by_world)}  # fmt: skip
        samples |= {f"{key}_{name}": null.samples for name, null in by_world.items()}
    return samples, meta


def _worlds(among: Walks, parameters: int | None) -> dict[str, Any]:
    worlds: dict[str, Any] = {} if parameters is None else {"noise": lambda rng: among.noise(parameters, rng)}
    return worlds | {"reordered": among.reordered}


def _numbers(null: Null) -> dict[str, Any]:
    """Without samples there is no p: it would be 1 for want of a test."""
    median, low, high = null.middle or (None, None, None)
    p_high = null.p_high if len(null.samples) else None
    return {"observed": null.observed, "p_high": p_high, "repeats": len(null.samples),
            "null_median": median, "null_low": low, "null_high": high}  # fmt: skip


def untested_losses(why: str) -> dict[str, Any]:
    """The meta of a filtration that has no bars to test, and why."""
    return {"statistic": "total persistence", **_NONE, "p_low": None, "note": why}


def _untested(statistic: str, words: str) -> dict[str, Any]:
    return {"statistic": statistic, **_NONE, "points": 0, "null": None, "nulls": {}, "words": words}


def _of_losses(null: Null) -> str:
    if not len(null.samples):
        return NOT_TESTED
    if null.observed == 0 and not null.samples.any():
        return "nothing to test: no vertex lies above another that it could be told from"
    if null.p_low <= LEVEL:
        return f"smoother over the graph than chance (p = {null.p_low:.2g})"
    if null.p_high <= LEVEL:
        return f"rougher over the graph than chance (p = {null.p_high:.2g})"
    return f"not told from chance (p = {min(null.p_low, null.p_high):.2g})"


def _of_loops(nulls: Mapping[str, Null]) -> str:
    """One sentence; a statistic of 0 is said to be none."""
    one = next(iter(nulls.values()))
    if not len(one.samples):
        return NOT_TESTED
    p = max(null.p_high for null in nulls.values())
    if one.observed == 0:
        return "not significant: there is no loop"
    if p <= LEVEL:
        return f"significant (p = {p:.2g}): more than comes of {' or '.join(WORLDS[name] for name in nulls)}"
    as_much = [WORLDS[name] for name, null in nulls.items() if null.p_high > LEVEL]
    return f"not significant (p = {p:.2g}): as much comes of {' and of '.join(as_much)}"
