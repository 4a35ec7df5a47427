"""The summaries of a persistence diagram: one table of numbers.

All of them are of the finite bars of a length above 0; essential and censored bars have no length
and are counted apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from landscape_app.measure_table import MEASURES
from landscape_app.records.diagram import Diagram

OF = "sublevel."  # how the table of measures calls a summary of a filtration's bars


def total_persistence(diagram: Diagram, *, power: float = 1.0) -> float:
    """Σ lᵅ over the finite bars, α = `power`; in the unit of the filtration to that power.
    Cohen-Steiner et al. 2010.
    """
    return math.fsum(_lengths(diagram) ** power)


def squared_persistence(diagram: Diagram) -> float:
    """Σ l², which weighs the long bars."""
    return total_persistence(diagram, power=2.0)


def bars(diagram: Diagram) -> int:
    """How many finite bars there are."""
    return int(diagram.finite.sum())


def longest(diagram: Diagram) -> float | None:
    """Length of the longest finite bar; None where there is none."""
    return float(_lengths(diagram).max()) if bars(diagram) else None


def entropy(diagram: Diagram) -> float:
    """−Σ p log p / log b with p = l / Σl over the b finite bars: 1 if all are as long; 0 for one
    bar or none. Atienza et al. 2020.
    """
    lengths = _lengths(diagram)
    if len(lengths) < 2:
        return 0.0
    share = lengths / lengths.sum()
    # a bar may be too short, beside the others, to have a share in floating point
    share = share[share > 0]
    return float(-(share * np.log(share)).sum() / math.log(len(lengths)))


def essential(diagram: Diagram) -> int:
    """How many bars never die: in H0 the connected components."""
    return int((~np.isfinite(diagram.death) & ~diagram.censored).sum())


def censored(diagram: Diagram) -> int:
    """How many bars are alive at the threshold, so that their death is unknown."""
    return int(diagram.censored.sum())


@dataclass(frozen=True)
class Summary:
    """One line of the table: the function of a diagram, what it is called, one sentence, and the
    power of the filtration's unit.
    """

    compute: Callable[[Diagram], float | None]
    label: str
    help: str
    power: int | None = None  # None: a pure number


SUMMARIES: dict[str, Summary] = {
    "total_persistence": Summary(
        total_persistence, "total persistence", "Σ of the finite bars.", 1
    ),
    "squared_persistence": Summary(
        squared_persistence, "total persistence, α = 2", "Σ of the squares of the finite bars.", 2
    ),
    "bars": Summary(bars, "bars", "Finite bars of a length above 0."),
    "longest": Summary(longest, "longest bar", "Length of the longest finite bar.", 1),
    "entropy": Summary(
        entropy, "persistent entropy", "1: all bars are as long; 0: one bar holds it all."
    ),
    "essential": Summary(
        essential, "essential bars", "Bars that never die; in H0 the connected components."
    ),
    "censored": Summary(
        censored,
        "censored bars",
        "Alive where the filtration was stopped: their length is unknown.",
    ),
}


def summarise(diagram: Diagram) -> dict[str, float | None]:
    """{name: value} of every summary: of the table above, and of the table of measures."""
    values = {name: summary.compute(diagram) for name, summary in SUMMARIES.items()}
    return values | {name: MEASURES[OF + name].load()(diagram)[0].value for name in added()}


def added() -> tuple[str, ...]:
    """The summaries that stand in the table of measures alone, each in a file of its own."""
    return tuple(
        name.removeprefix(OF) for name, entry in MEASURES.items() if entry.facts.get("summary")
    )


def _lengths(diagram: Diagram) -> np.ndarray:
    return np.asarray(diagram.length[diagram.finite])
