"""The two measures that cost nothing and that every other has to beat: the size of the weights, and how far training moved them."""

from __future__ import annotations

from landscape_app.analysis.measures.measure import Facts, Measured
from landscape_app.records.snapshots import Snapshots

UNIT = "weight"
MISSING = "not recorded with this run"


def weight_norm(snapshots: Snapshots, facts: Facts) -> Measured:
    """‖θ‖₂ over the trainable weights at the anchor. Higher = larger weights."""
    return _recorded(facts, "weight_norm", "higher = larger weights", "Neyshabur et al. 2015, Norm-Based Capacity Control")


def distance_from_init(snapshots: Snapshots, facts: Facts) -> Measured:
    """‖θ − θ_init‖₂ over the trainable weights. Higher = training moved them further."""
    return _recorded(facts, "distance_from_init", "higher = moved further", "Nagarajan & Kolter 2019, Generalization in Deep Networks")


def _recorded(facts: Facts, name: str, direction: str, source: str) -> Measured:
    value = facts.get(name)
    return Measured(None if value is None else float(value), UNIT, direction, source, "" if value is not None else MISSING)
