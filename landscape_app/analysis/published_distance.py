"""The distance of the paper's pictures: cosine between snapshots after 100 principal components.

Horoi et al. 2022 (arXiv 2102.00485), as its public release calls the phate package: the snapshots
of trajectories with a step, epochs 0-39, without the optimum. The package finds its components by a
random method. Here they are exact, from the inner products of δ = θ − θo.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh
from scipy.spatial.distance import pdist, squareform

from landscape_app.analysis.coincidence import coinciding, equal_weights
from landscape_app.analysis.cosine_distance import AT_THE_MEAN, NO_DIRECTION
from landscape_app.analysis.distances import DIVERGED, Distances, diverged, mirror, products
from landscape_app.records import paper_sample
from landscape_app.records.pulse import waited
from landscape_app.records.snapshots import Snapshots

COMPONENTS = 100
K, DECAY = 5, 40  # phate's defaults, which the release leaves as they are
# a chord between unit vectors below which two directions are one: what rounding leaves of 0
SAME = 5e-8


def published(snapshots: Snapshots) -> Distances:
    """1 − cos of the angle between the principal scores of each pair, from 0 to 2.

    Only the snapshots that the paper embeds have a place. Fewer than 101 of them have fewer
    components, one less than there are; nothing is lost then. O(n²·parameters + n³).
    """
    groups = _left_out(snapshots)
    placed = np.flatnonzero(~np.logical_or.reduce(list(groups.values())))
    inner = products(snapshots.delta.rows(placed))
    mirror(inner)
    finite = np.isfinite(np.diagonal(inner))
    groups[DIVERGED][placed[~finite]] = True
    placed, inner = placed[finite], inner[np.ix_(finite, finite)]
    scores = principal_scores(inner)
    lengths = np.linalg.norm(scores, axis=1)
    directed = lengths > AT_THE_MEAN * lengths.max(initial=0.0)
    groups[NO_DIRECTION][placed[~directed]] = True
    at, lengths = placed[directed], lengths[directed]
    chords = squareform(pdist(scores[directed] / lengths[:, None], "sqeuclidean"))
    n = len(snapshots)
    values = np.full((n, n), np.nan)
    values[np.ix_(at, at)] = 0.5 * chords
    equal = equal_weights(snapshots.delta, at)
    start = np.searchsorted(at, equal[at])
    within = SAME * lengths.max(initial=0.0) / lengths
    representative = np.arange(n)
    representative[at] = at[coinciding(np.sqrt(chords), within=within, start=start)]
    because = {why: np.flatnonzero(mask) for why, mask in groups.items()}
    return Distances(values, representative, because)


def published_rows(snapshots: Snapshots) -> np.ndarray:
    """Positions (m,) of the snapshots that the paper embeds, and that are finite: of trajectories
    with a step, epochs 0-39, without the optimum.
    """
    return np.flatnonzero(~np.logical_or.reduce(list(_left_out(snapshots).values())))


def sampled_rows(snapshots: Snapshots) -> np.ndarray:
    """Positions (m,) of the snapshots of the paper's sample, also of those that are not finite."""
    return paper_sample.sampled(snapshots.column)


def diverged_rows(snapshots: Snapshots) -> int:
    """How many snapshots of the paper's sample are left out because they are not finite."""
    return int(_left_out(snapshots)[DIVERGED].sum())


def principal_scores(inner: np.ndarray) -> np.ndarray:
    """Scores (m, ≤ 100) on the first principal axes of m rows, from their inner products (m, m).

    Exact: eigenvectors of the doubly centred matrix, times the roots of its eigenvalues.
    """
    m = len(inner)
    count = min(COMPONENTS, m - 1)
    if count < 1:
        return np.zeros((m, 1))
    centred = inner - inner.mean(axis=0)
    centred -= centred.mean(axis=1)[:, None]
    values, vectors = waited(eigh, centred, subset_by_index=(m - count, m - 1))
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def nearest_to_anchor(snapshots: Snapshots, rows: np.ndarray, count: int) -> np.ndarray:
    """Positions (count,) in `rows` (m,), positions of snapshots, of those nearest to the anchor by
    the cosine of `published`. The anchor is none of the points that give the axes.
    """
    inner = products(snapshots.delta.rows(rows))
    mirror(inner)
    scores = principal_scores(inner)
    variances = np.square(scores).sum(axis=0)
    # δ of the anchor is 0, so that it lies at minus the mean
    centred = inner.mean() - inner.mean(axis=0)
    axes = scores / np.where(variances > 0, variances, 1.0)
    anchor = centred @ axes
    lengths = np.linalg.norm(scores, axis=1) * np.linalg.norm(anchor)
    cosine = scores @ anchor / np.where(lengths > 0, lengths, 1.0)
    return np.argsort(-cosine, kind="stable")[:count]


def _left_out(snapshots: Snapshots) -> dict[str, np.ndarray]:
    """Masks (n,) of the snapshots without a place, by the reason; no snapshot is in two."""
    groups = paper_sample.left_out(snapshots.column)
    gone = diverged(snapshots) & ~np.logical_or.reduce(list(groups.values()))
    return {**groups, DIVERGED: gone, NO_DIRECTION: np.zeros(len(snapshots), dtype=bool)}
