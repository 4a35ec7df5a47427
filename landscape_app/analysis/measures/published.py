"""The paper's statistic of a run, and what it mostly is: the squared range of the loss.

The sample is the paper's: the snapshots of jumps with a step, epochs 0-39, without the anchor. The
graph joins each to 20 others by the potential distance of PHATE as the paper computed it. A total
on the test loss uses the labels that the gap uses, so a study does not rank it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from landscape_app.analysis.diffusion import Diffusion
from landscape_app.analysis.geometry import Geometry
from landscape_app.analysis.geometry import measure as geometry_of
from landscape_app.analysis.kernel import paper
from landscape_app.analysis.measures.measure import LOSS, Facts, Measured, measure
from landscape_app.analysis.measures.trajectories import words
from landscape_app.analysis.published_distance import (
    DECAY,
    K,
    diverged_rows,
    published,
    published_rows,
)
from landscape_app.analysis.topology.published import (
    PublishedTotals,
    neighbour_edges,
    published_totals,
)
from landscape_app.errors import AnalysisError
from landscape_app.records.rows import look_up
from landscape_app.records.snapshots import Snapshots

# keys under which facts may hold what gives a PublishedSample, and the distances of the sample
PUBLISHED, PUBLISHED_GEOMETRY = "published", "published_geometry"
NEIGHBOURS = 20
HOROI = "Horoi et al. 2022, arXiv 2102.00485"
SQUARED = f"{LOSS}²"
COST = "PHATE's potential of the sample, n³, and the graph's n²; shared"
TEST = "test_loss", "test loss"
RELEASED = "released", "neighbours as released (the farthest)"
BOTH = "test_loss, released", f"test loss, {RELEASED[1]}"
NO_SAMPLE = "no snapshot of a jump is finite"


@dataclass(frozen=True)
class PublishedSample:
    """m distinct snapshots of the paper's sample: positions `at` (m,) in the run, and the totals by
    (loss, whether neighbours are the farthest); edges: of the graph (e, 2), by the latter; told: t,
    components and how many snapshots.
    """

    at: np.ndarray
    edges: Callable[[bool], np.ndarray]
    totals: Callable[[str, bool], PublishedTotals]
    told: str


def published_sample(snapshots: Snapshots, geometry: Geometry | None = None) -> PublishedSample:
    """The sample and its potential. geometry: of the distance `published`, if it is known. O(m³).

    Raises AnalysisError where PHATE has too few snapshots.
    """
    if (np.diff(snapshots.column("row")) < 0).any():  # close ties go by the order of the rows
        snapshots = snapshots.select(np.argsort(snapshots.column("row")))
    known = geometry_of(snapshots, published) if geometry is None else geometry
    at = look_up(snapshots.column("row"), known.rows[known.distinct]).at
    if len(at) < K + 2:
        raise AnalysisError(f"{len(at)} distinct snapshots; PHATE as published needs {K + 2}")
    affinity = paper(known.between_distinct(), np.zeros(len(at)), k=K, k_cross=1, decay=DECAY)
    diffusion = Diffusion(affinity)
    potential = diffusion.potential(diffusion.knee).distances
    edges = cache(lambda farthest: neighbour_edges(potential, NEIGHBOURS, farthest=farthest))

    @cache
    def totals(loss: str, farthest: bool) -> PublishedTotals:
        values = snapshots.column(loss)[at]
        if not np.isfinite(values).all():
            raise AnalysisError(f"a {loss.replace('_', ' ')} of the sample is not finite")
        return published_totals(edges(farthest), values)

    lost = diverged_rows(snapshots)
    told = words(
        f"{len(at):,} snapshots",
        f"{lost:,} not finite are left out" if lost else "",
        f"t = {diffusion.knee}",
        f"{NEIGHBOURS} neighbours",
    )
    return PublishedSample(at, edges, totals, told)


def _each(
    number: Callable[[PublishedTotals], float | None],
    snapshots: Snapshots,
    facts: Mapping[str, Any],
) -> list[Measured]:
    """A number of the totals: on the train loss and on the test loss, with the nearest neighbours
    and with those of the release.
    """

    def of(loss: str, farthest: bool) -> Measured:
        try:
            known = facts.get(PUBLISHED)
            sample = published_sample(snapshots) if known is None else known()
            totals = sample.totals(loss, farthest)
        except AnalysisError as error:
            return Measured(None, str(error))
        pieces = f"{totals.components} components, {totals.bars} finite bars"
        value = number(totals)
        none = "" if value is not None else "the loss is the same in the whole sample"
        return Measured(value, words(none, pieces, sample.told))

    return [
        of("train_loss", False),
        of("test_loss", False).as_part(*TEST),
        of("train_loss", True).as_part(*RELEASED),
        of("test_loss", True).as_part(*BOTH),
    ]


@measure(unit=SQUARED, direction="higher = losses spread wider", source=HOROI, cost=COST)
def published_d0(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """Σ over components (M − m_j)² + Σ over finite bars (d − b)²: M the greatest loss of the
    sample, m_j the least of a component.
    """
    return _each(lambda totals: totals.d0, snapshots, facts)


@measure(unit=SQUARED, direction="higher = more edges of low loss", source=HOROI, cost=COST)
def published_d1(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """Σ (M − f)² over the edges outside a minimum spanning forest; f is the larger loss of an
    edge's ends.
    """
    return _each(lambda totals: totals.d1, snapshots, facts)


@measure(
    unit="fraction",
    direction="higher = more of it is bars that never die",
    source="this program's, of the statistic of Horoi et al. 2022, arXiv 2102.00485",
    cost=COST,
)
def published_share(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """Σ over components (M − m_j)², divided by the total of D0."""
    return _each(lambda totals: totals.share, snapshots, facts)


@measure(
    unit=SQUARED,
    direction="higher = losses spread wider",
    source="this program's, beside the statistic of Horoi et al. 2022, arXiv 2102.00485",
    cost="free: recorded while sampling",
)
def loss_range(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """(M − m)²: M the greatest loss of the sample, m the least."""
    rows, lost = published_rows(snapshots), diverged_rows(snapshots)
    gone = f"{lost:,} not finite are left out" if lost else ""

    def of(loss: str) -> Measured:
        values = snapshots.column(loss)[rows]
        if not len(values):
            return Measured(None, words(NO_SAMPLE, gone))
        return Measured(float(np.ptp(values)) ** 2, words(f"{len(values):,} snapshots", gone))

    return [of("train_loss"), of("test_loss").as_part(*TEST)]
