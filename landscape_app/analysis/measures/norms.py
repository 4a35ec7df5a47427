"""The measures that cost nothing and that every other has to beat: the size of the weights, how far
training moved them, and how many there are.
"""

from __future__ import annotations

from landscape_app.analysis.measures.gap import FREE
from landscape_app.analysis.measures.measure import Facts, Measured, measure
from landscape_app.records.snapshots import Snapshots

UNIT = "weight"
MISSING = "not recorded with this run"


@measure(
    unit=UNIT,
    direction="higher = larger weights",
    source="Neyshabur et al. 2015, Norm-Based Capacity Control",
    cost=FREE,
)
def weight_norm(snapshots: Snapshots, facts: Facts) -> Measured:
    """‖θ‖₂ over the trainable weights at the anchor. Higher = larger weights."""
    return _recorded(facts, "weight_norm")


@measure(
    unit=UNIT,
    direction="higher = moved further",
    source="Nagarajan & Kolter 2019, Generalization in Deep Networks",
    cost=FREE,
)
def distance_from_init(snapshots: Snapshots, facts: Facts) -> Measured:
    """‖θ − θ_init‖₂ over the trainable weights. Higher = training moved them further."""
    return _recorded(facts, "distance_from_init")


@measure(
    unit="weights",
    direction="higher = a larger network",
    source="Jiang et al. 2020, Fantastic Generalization Measures",
    cost=FREE,
)
def parameters(snapshots: Snapshots, facts: Facts) -> Measured:
    """How many trainable weights there are."""
    return Measured(float(snapshots.delta.shape[1]))


def _recorded(facts: Facts, name: str) -> Measured:
    value = facts.get(name)
    return Measured(None if value is None else float(value), "" if value is not None else MISSING)
