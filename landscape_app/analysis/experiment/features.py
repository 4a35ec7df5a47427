"""What the classifiers see of a network: the values of a sampling at its points, in a fixed order,
so that a feature means the same for every network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from landscape_app.errors import AnalysisError

# share of a network's features that may not be finite before the network is left out
MOST_NOT_FINITE = 0.1
# the kinds of features, by what they are made of
LOSSES, ANSWERS = "losses", "answers"


@dataclass(frozen=True, eq=False)
class SampledPoints:
    """A sampling of one network at m points. train_loss, train_accuracy (m,) float64; probe (m,
    example, class) the softmax outputs, and anchor (example, class) those at the anchor; None where
    they are not stored.
    """

    train_loss: np.ndarray
    train_accuracy: np.ndarray
    probe: np.ndarray | None = None
    anchor: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """values (n, feature) float64, finite. left_out: {network: why it has no row}; ids: of the
    rows. dropped: features that are not finite in some network.
    """

    ids: tuple[str, ...]
    values: np.ndarray
    left_out: Mapping[str, str]
    dropped: int = 0

    def of(self, ids: Sequence[str]) -> np.ndarray:
        """(len(ids), feature): the row of each network, NaN for one without."""
        rows = dict(zip(self.ids, self.values, strict=True))
        nothing = np.full(self.values.shape[1], np.nan)
        return np.array([rows.get(id, nothing) for id in ids]).reshape(len(ids), len(nothing))


def losses(points: SampledPoints) -> np.ndarray:
    """(2m,) the train losses, then the train accuracies: the features of the paper."""
    return np.concatenate([points.train_loss, points.train_accuracy])


def answers(points: SampledPoints) -> np.ndarray:
    """(3m,) at every point: the share of probe inputs that are classed unlike at the anchor, the
    rms softmax distance to the anchor, and the mean probability of the class that is given. No
    label is used. Raises AnalysisError without softmax outputs.
    """
    if points.probe is None or points.anchor is None:
        raise AnalysisError("it has no softmax outputs on a probe set")
    probe, anchor = points.probe.astype(np.float64), points.anchor.astype(np.float64)
    unlike = (probe.argmax(axis=2) != anchor.argmax(axis=1)).mean(axis=1)
    apart = np.sqrt(((probe - anchor) ** 2).sum(axis=2).mean(axis=1))
    return np.concatenate([unlike, apart, probe.max(axis=2).mean(axis=1)])


KINDS = {LOSSES: losses, ANSWERS: answers}
VALUES = {LOSSES: 2, ANSWERS: 3}  # of each point


def least_points(rows: Mapping[str, np.ndarray], kind: str) -> int:
    """How many points the network with the fewest has, of features {id: (feature,)} of a kind."""
    return min((len(row) // VALUES[kind] for row in rows.values()), default=0)


def shortened(rows: Mapping[str, np.ndarray], kind: str, points: int) -> dict[str, np.ndarray]:
    """The same features at the first `points` points of each network."""
    return {id: row.reshape(VALUES[kind], -1)[:, :points].ravel() for id, row in rows.items()}


def table(rows: Mapping[str, np.ndarray], left_out: Mapping[str, str]) -> FeatureTable:
    """The features of all networks {id: (feature,)}. One with another number of features than most,
    or with many that are not finite, is left out by name; then features that are not finite in some
    network are dropped and counted. Raises AnalysisError where nothing is left.
    """
    why = dict(left_out)
    usual = _usual([len(row) for row in rows.values()])
    finite_rows = {}
    for id, row in rows.items():
        broken = np.count_nonzero(~np.isfinite(row)) / max(1, len(row))
        if len(row) != usual:
            why[id] = f"it has {len(row)} values where the others have {usual}"
        elif broken > MOST_NOT_FINITE:
            why[id] = f"{broken:.0%} of its values are not finite"
        else:
            finite_rows[id] = row
    if not finite_rows:
        first = next(iter(why.items()), ("", "there is no network"))
        raise AnalysisError(f"No network has these features: {': '.join(filter(None, first))}.")
    values = np.array(list(finite_rows.values()), dtype=np.float64)
    finite = np.isfinite(values).all(axis=0)
    return FeatureTable(tuple(finite_rows), values[:, finite], why, int(np.count_nonzero(~finite)))


def _usual(lengths: Sequence[int]) -> int:
    """The most frequent; of equally frequent ones the largest."""
    return max(lengths, key=lambda length: (lengths.count(length), length), default=0)
