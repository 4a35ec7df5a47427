"""The train loss at the anchor: how well the network fits the labels it was given. Higher = fits
worse.
"""

from __future__ import annotations

from landscape_app.analysis.measures.gap import FREE, JIANG, classifies
from landscape_app.analysis.measures.measure import LOSS, Facts, Measured, measure
from landscape_app.analysis.measures.trajectories import anchor
from landscape_app.records.snapshots import Snapshots


@measure(unit=LOSS, direction="higher = fits worse", source=JIANG, cost=FREE)
def train_loss(snapshots: Snapshots, facts: Facts) -> Measured:
    """Mean loss over the train set at the anchor, labels as given, without augmentation."""
    here = anchor(snapshots)
    accuracy = snapshots.column("train_accuracy")[here]
    return Measured(
        float(snapshots.column("train_loss")[here]),
        f"train accuracy {accuracy:.4g}" if classifies(snapshots) else "",
    )
