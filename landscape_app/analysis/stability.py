"""How far an embedding depends on where it began: the mean Procrustes disparity to the ones made
from other starts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import procrustes

AT_FULL = 1_000  # snapshots up to which every start that was asked for is made
NOTHING_RANDOM = "nothing random"


@dataclass(frozen=True)
class Restart:
    """How a method with chance in it is begun again. make(i) gives coordinates (m, dims) from its
    i-th other start, i from 1.

    `words` say what differs; `most`: no more starts than that are worth their time.
    misfit(coordinates): what the method minimises, None where that is not known.
    """

    make: Callable[[int], np.ndarray]
    words: str
    most: int | None = None
    misfit: Callable[[np.ndarray], float] | None = None


def judge(coordinates: np.ndarray, restart: Restart | None, *, asked: int) -> dict[str, Any]:
    """stability (None if no start was made), stability_asked, stability_seeds (starts made),
    stability_note, stability_misfit: the least that another start came to (None where not known).
    Without chance it is 0.

    coordinates (m, dims). Cost: as many embeddings as starts; see `affordable`.
    """
    if restart is None:
        nothing = {"stability_seeds": 0, "stability_note": NOTHING_RANDOM, "stability_misfit": None}
        return {"stability": 0.0, "stability_asked": asked, **nothing}
    count = min(
        affordable(asked, len(coordinates)), asked if restart.most is None else restart.most
    )
    others = [restart.make(number) for number in range(1, count + 1)]
    disparities = [disparity(coordinates, other) for other in others]
    least = min(map(restart.misfit, others)) if restart.misfit is not None and others else None
    values = [value for value in disparities if value is not None]
    fewer = (
        f" ({asked} asked for; each costs as much as the embedding itself)" if count < asked else ""
    )
    note = f"{restart.words}, {count}×{fewer}" if count else "no other start was asked for"
    mean = float(np.mean(values)) if values else None
    made = {"stability_seeds": len(values), "stability_note": note, "stability_misfit": least}
    return {"stability": mean, "stability_asked": asked, **made}


def affordable(asked: int, m: int) -> int:
    """Starts that cost no more than `asked` at 1,000 snapshots would, as the cost of one grows with
    m²; one at least, if any.
    """
    return min(asked, max(1, round(asked * (AT_FULL / m) ** 2))) if asked else 0


def disparity(one: np.ndarray, other: np.ndarray) -> float | None:
    """Procrustes disparity of two configurations (m, dims), scipy.spatial.procrustes: from 0 (one
    up to moving, turning, mirroring, scaling) to 1 (unrelated). None if either is a single point.
    """
    if not (np.ptp(one, axis=0).max() > 0 and np.ptp(other, axis=0).max() > 0):
        return None
    return float(procrustes(one, other)[2])
