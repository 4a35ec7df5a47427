"""The climbs of a run's sublevel bars: how far the train loss rises on the straight line between a
bar's two minima.
"""

from __future__ import annotations

import numpy as np

from landscape_app.figures.view import DrawnRun, Need, View


def needs(view: View) -> tuple[Need, ...]:
    """The stored result that has them."""
    return (Need("climbs", {"filtration": view.filtration, "distance": view.graph}),)


def of(subject: DrawnRun) -> dict[int, float]:
    """{bar: climb} of the bars that were checked; NaN where a loss on the line is not finite.

    A climb belongs to two snapshots: one that was found for others, or for snapshots that were
    sampled again since, is left out.
    """
    if not {"sublevel", "climbs"} <= set(subject.results):
        return {}
    diagram, stored = subject.results["sublevel"], subject.results["climbs"]
    if getattr(diagram, "inputs", None) != getattr(stored, "inputs", None):
        return {}
    row, into = diagram.arrays["birth_row"], diagram.arrays["into"]
    bars = {(int(row[bar]), int(row[into[bar]])): bar for bar in range(len(row)) if into[bar] >= 0}
    pairs = [(int(low), int(high)) for low, high in stored.arrays["pairs"]]
    return {
        bars[pair]: float(climb)
        for pair, climb in zip(pairs, stored.arrays["climb"], strict=True)
        if pair in bars
    }


def flat(subject: DrawnRun) -> np.ndarray:
    """Positions of the bars whose climb is 0: they are drawn hollow."""
    return np.array(sorted(bar for bar, climb in of(subject).items() if climb == 0), dtype=np.int64)
