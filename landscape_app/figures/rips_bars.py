"""The Rips diagram of one run: components, loops and voids of the distances between snapshots.

H0 is all born at 0: ticks on the left edge. A loop that is alive at the threshold stands as a
triangle there. Where loops were tested, those of the tested snapshots are drawn, and the tested one
is filled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from landscape_app.figures.bar_members import edges, present
from landscape_app.figures.drawing import BarTrace, float32, scatter
from landscape_app.figures.palette import SYMBOLS
from landscape_app.figures.view import DrawnRun

TICK = 0.07  # width of a tick of H0, of the axis
PLACE = {"xaxis": "x2", "yaxis": "y2"}


def loops(subject: DrawnRun) -> tuple[Mapping[str, np.ndarray], bool]:
    """(h1_birth, h1_death, … of the loops that are drawn, whether they were tested): what has a p
    is drawn, else those of all snapshots.
    """
    stored = subject.results.get(subject.loops)
    if (
        stored is not None
        and (stored.meta.get("rips_h1") or {}).get("p_high") is not None
        and "h1_birth" in stored.arrays
    ):
        return stored.arrays, True
    return (subject.results["rips"].arrays if "rips" in subject.results else {}), False


def traces(subject: DrawnRun, reach: float) -> Iterator[BarTrace]:
    """H0, H1 and H2, as far as they are stored; the axis goes to `reach`."""
    if "rips" in subject.results:
        yield _components(subject, TICK * reach)
        yield from _loops(subject)
        yield from _voids(subject)


def _components(subject: DrawnRun, tick: float) -> BarTrace:
    arrays = subject.results["rips"].arrays
    death = np.asarray(arrays["h0_death"])
    # One path for hundreds of ticks: left end, right end, pen up.
    x = np.tile([0.0, tick, np.nan], len(death))
    y = np.stack([death, death, np.full(len(death), np.nan)], axis=1).reshape(-1)
    look = {"mode": "lines", "line": {"width": 1}, "opacity": 0.6, "connectgaps": False}
    ends = edges(subject, arrays["h0_rows"])
    group = {"kind": "rips0", "stride": 3, "bar": list(range(len(death))), "edge": ends}
    return BarTrace(scatter(x=float32(x), y=float32(y), **PLACE, **look), group, "line")


def _loops(subject: DrawnRun) -> Iterator[BarTrace]:
    """Loops that close, those that are alive at the threshold, and the one that is tested."""
    limit, (arrays, tested) = float(subject.results["rips"].meta["threshold"]), loops(subject)
    censored, symbol = np.asarray(arrays["h1_censored"], dtype=bool), SYMBOLS[subject.look]
    first = np.arange(len(censored)) < tested  # the longest is the tested one
    for mask, shape, size, width, never in (
        (~censored & ~first, f"{symbol}-open", 6, 1.3, False),
        (censored, "triangle-up-open", 8, 1.3, True),
        (first, symbol, 8, 0, False),
    ):
        chosen = np.flatnonzero(mask)
        at = np.full(len(chosen), limit) if never else arrays["h1_death"][chosen]
        marker = {"symbol": shape, "size": size, "line": {"width": width}}
        place = {"x": float32(arrays["h1_birth"][chosen]), "y": float32(at), **PLACE}
        kind = {"kind": "rips1", "stride": 1, "never": never, "bar": chosen.tolist()}
        yield BarTrace(
            scatter(**place, mode="markers", marker=marker),
            {**kind, **_loop_members(subject, arrays, chosen)},
        )


def _loop_members(
    subject: DrawnRun, arrays: Mapping[str, np.ndarray], chosen: np.ndarray
) -> dict[str, Any]:
    """The edge that closes each loop, and the snapshots of its cycle."""
    offsets, rows = arrays["h1_cycle_offsets"], arrays["h1_cycle_rows"]
    cycles = [rows[offsets[i] : offsets[i + 1]] for i in chosen]
    return {
        "edge": edges(subject, arrays["h1_birth_rows"][chosen]),
        "cycle": present(subject, cycles),
    }


def _voids(subject: DrawnRun) -> Iterator[BarTrace]:
    """Small crosses, where they were asked for; one that is alive at the threshold stands there."""
    stored = subject.results["rips"]
    if not stored.meta.get("bars_h2") or "h2_birth" not in stored.arrays:
        return
    arrays, death = stored.arrays, np.asarray(stored.arrays["h2_death"])
    at = np.where(np.isfinite(death), death, float(stored.meta["threshold"]))
    place = {"x": float32(arrays["h2_birth"]), "y": float32(at), **PLACE}
    marker = {"symbol": "x-thin-open", "size": 5, "line": {"width": 1.3}}
    corners = np.hstack([arrays["h2_birth_rows"], arrays["h2_death_rows"]])
    group = {
        "kind": "rips2",
        "stride": 1,
        "bar": list(range(len(death))),
        "death": [float(value) if np.isfinite(value) else None for value in death],
        "edge": edges(subject, arrays["h2_birth_rows"]),
        "rows": present(subject, list(corners)),
    }
    yield BarTrace(scatter(**place, mode="markers", marker=marker), group)
