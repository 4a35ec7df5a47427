"""Measures of a run's snapshots as a cloud of points: the length of their spanning tree, their
magnitude, and their dimension.

They use all finite snapshots, controls included; snapshots with equal weights count once. The
distance is that between the weights, or ρ(w, w') = mean over train examples of
|ℓ(w, z) − ℓ(w', z)|, which does not change when units are rescaled or permuted. Distances between
weights grow with the weights' norm, so most measures are also given in units of that norm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from landscape_app.analysis.function_space import mean_absolute
from landscape_app.analysis.geometry import Geometry
from landscape_app.analysis.geometry import measure as geometry_of
from landscape_app.analysis.measures.measure import LOSS, Facts, Measured, measure
from landscape_app.analysis.measures.trajectories import words
from landscape_app.analysis.topology import scale
from landscape_app.errors import AnalysisError
from landscape_app.protocol import NORM_UNIT
from landscape_app.records.rows import count, look_up
from landscape_app.records.snapshots import Matrix, Snapshots
from landscape_app.seeds import numpy_stream

# keys under which facts may hold Clouds, and what gives the weights' geometry
CLOUDS, GEOMETRY = "clouds", "geometry"
# differences |ℓ − ℓ'| that ρ computes at most: with more snapshots it uses fewer examples
DIFFERENCES = 2e9
MOST = 2_500  # snapshots of which the magnitude is computed, in time that grows with their cube
SIZES, REPEATS = 6, 4  # of the subsamples that the dimension is fitted to
# relative error of a dimension: above SURE it is computed again, above LARGEST it has no value
SURE, LARGEST = 0.1, 1 / 3
# a magnitude lies between 1 and the number of snapshots; further outside than this it has no value
ROUNDING = 1e-3
NORMED = NORM_UNIT
TREE = "the minimum spanning tree of the distances, n²"
BIRDAL = "Birdal et al. 2021, arXiv 2111.13171"
ANDREEVA = "Andreeva et al. 2024, arXiv 2407.08723"


class Clouds:
    """Distances between the m distinct, finite snapshots. Each matrix is computed when it is first
    used. Raises AnalysisError for a run without enough snapshots.
    """

    def __init__(self, snapshots: Snapshots, facts: Facts) -> None:
        self.snapshots, self.facts = snapshots, facts

    @cached_property
    def geometry(self) -> Geometry:
        """The distances between the weights: from `facts` where they hold them, else computed."""
        known = self.facts.get(GEOMETRY)
        geometry: Geometry = geometry_of(self.snapshots) if known is None else known()
        return geometry

    @cached_property
    def weights(self) -> np.ndarray:
        """(m, m) ‖θ − θ'‖."""
        return self.geometry.between_distinct()

    @property
    def normed(self) -> np.ndarray:
        """(m, m) ‖θ − θ'‖ in units of the anchor's norm."""
        norm = self.facts.get("weight_norm")
        if not norm:
            raise AnalysisError("the weights' norm is not recorded with this run")
        return self.weights / float(norm)

    @cached_property
    def losses(self) -> np.ndarray:
        """(m', m') ρ between the snapshots whose losses are finite and not all equal."""
        matrix, rows = self.snapshots.losses, self.geometry.rows[self.geometry.distinct]
        if matrix is None:
            raise AnalysisError(
                self.snapshots.unsplit or "no losses of single examples are stored with this run"
            )
        place = look_up(self.snapshots.column("row"), rows)
        if place.missing:
            raise AnalysisError(
                f"{count(place.missing)} that were measured are in files that are damaged now"
            )
        values = matrix.whole()[place.at, :: self.stride]
        values = values[np.isfinite(values).all(axis=1)]
        if len(values) < 3:
            raise AnalysisError("fewer than three snapshots have finite losses of all examples")
        distances = mean_absolute(Matrix.of(values))
        distinct = np.unique((distances == 0).argmax(axis=1))
        return np.asarray(distances[np.ix_(distinct, distinct)])

    def told(self, distances: np.ndarray) -> str:
        """How many snapshots a number is computed from, and how many are left out."""
        lost = len(self.snapshots) - len(self.geometry.rows)
        return words(
            f"{len(distances):,} distinct snapshots",
            f"{lost:,} not finite are left out" if lost else "",
        )

    @property
    def stride(self) -> int:
        """ρ takes every k-th example; k is this number."""
        width = 0 if self.snapshots.losses is None else self.snapshots.losses.shape[1]
        return max(1, int(np.ceil(width * len(self.geometry.distinct) ** 2 / (2 * DIFFERENCES))))

    @property
    def examples(self) -> str:
        """How many examples ρ is a mean over, in words."""
        width = 0 if self.snapshots.losses is None else self.snapshots.losses.shape[1]
        return (
            f"mean over {len(range(0, width, self.stride)):,} of the {width:,} examples stored"
            if self.stride > 1
            else f"{width:,} examples"
        )

    @cached_property
    def scale(self) -> float:
        """The square root of the number of train rows, as in Andreeva et al."""
        return root_of_rows(self.facts)


def root_of_rows(facts: Facts) -> float:
    """√(train rows), the scale of a magnitude. Raises AnalysisError where it is not recorded."""
    rows = facts.get("train_rows")
    if not rows:
        raise AnalysisError("the number of train rows is not recorded with this run")
    return float(np.sqrt(rows))


def clouds_of(snapshots: Snapshots, facts: Mapping[str, Any]) -> Clouds:
    """The distances that `facts` hold; new ones where they hold none."""
    clouds = facts.get(CLOUDS)
    return clouds if isinstance(clouds, Clouds) else Clouds(snapshots, facts)


def _told(
    compute: Callable[[Clouds], Measured | list[Measured]], snapshots: Snapshots, facts: Facts
) -> Measured | list[Measured]:
    """The measure that `compute` gives; where it raises, no value and the reason."""
    try:
        return compute(clouds_of(snapshots, facts))
    except AnalysisError as error:
        return Measured(None, str(error))


@measure(unit="weight", direction="higher = spread wider", source=BIRDAL, cost=TREE)
def mst_length(snapshots: Snapshots, facts: Facts) -> Measured | list[Measured]:
    """E₁ = Σ of the edges of the minimum spanning tree of the weights."""
    return _told(
        lambda known: Measured(scale.energy(known.weights), known.told(known.weights)),
        snapshots,
        facts,
    )


@measure(unit=NORMED, direction="higher = spread wider", source=BIRDAL, cost=TREE)
def mst_length_norm(snapshots: Snapshots, facts: Facts) -> Measured | list[Measured]:
    """E₁ in units of the anchor's norm, which is the total persistence of Rips H0 in these units;
    and E₂ = Σ of the squared edges.
    """

    def compute(known: Clouds) -> list[Measured]:
        square = Measured(
            scale.energy(known.normed, power=2.0),
            known.told(known.normed),
            "2",
            "squared edges (E₂)",
            f"{NORMED}²",
        )
        return [Measured(scale.energy(known.normed), known.told(known.normed)), square]

    return _told(compute, snapshots, facts)


@measure(
    unit=LOSS,
    direction="higher = spread wider",
    source="Dupuis et al. 2023, arXiv 2302.02766",
    cost=f"n² · examples; {TREE}",
)
def mst_length_losses(snapshots: Snapshots, facts: Facts) -> Measured | list[Measured]:
    """E₁ in ρ."""
    return _told(
        lambda known: Measured(
            scale.energy(known.losses), words(known.told(known.losses), known.examples)
        ),
        snapshots,
        facts,
    )


@measure(
    unit="",
    direction="higher = more distinct snapshots",
    source=ANDREEVA,
    cost=f"n³, of at most {MOST:,} snapshots",
)
def magnitude_norm(snapshots: Snapshots, facts: Facts) -> Measured | list[Measured]:
    """Positive magnitude of the weights in units of the anchor's norm."""
    return _told(lambda known: _magnitude(known, known.normed, f"/ {NORMED}"), snapshots, facts)


@measure(
    unit="",
    direction="higher = more distinct snapshots",
    source=ANDREEVA,
    cost=f"n² · examples and n³, of at most {MOST:,} snapshots",
)
def magnitude_losses(snapshots: Snapshots, facts: Facts) -> Measured | list[Measured]:
    """Positive magnitude in ρ."""
    return _told(lambda known: _magnitude(known, known.losses, ""), snapshots, facts)


@measure(
    unit="",
    direction="higher = fills more dimensions",
    source=BIRDAL,
    cost=f"{SIZES * REPEATS} spanning trees, twice as many where they are unsure",
)
def ph_dimension(snapshots: Snapshots, facts: Facts) -> Measured | list[Measured]:
    """PH dimension of the weights."""
    return _told(lambda known: _dimension(known, known.weights), snapshots, facts)


@measure(
    unit="",
    direction="higher = fills more dimensions",
    source="Dupuis et al. 2023, arXiv 2302.02766",
    cost=f"{SIZES * REPEATS} spanning trees, twice as many where they are unsure",
)
def ph_dimension_losses(snapshots: Snapshots, facts: Facts) -> Measured | list[Measured]:
    """PH dimension in ρ."""
    return _told(lambda known: _dimension(known, known.losses), snapshots, facts)


def _magnitude(known: Clouds, distances: np.ndarray, unit: str) -> Measured:
    return magnitude(distances, known.scale, known.told(distances), unit)


def magnitude(distances: np.ndarray, at: float, taken: str, unit: str = "") -> Measured:
    """Positive magnitude of `distances` (n, n), in words `unit`, at the scale `at`; taken: words
    about the snapshots. No value where they are too close to be distinguished.
    """
    n = len(distances)
    if n > MOST:
        some = np.sort(numpy_stream(0, "measure", "magnitude").permutation(n)[:MOST])
        distances, taken = (
            distances[np.ix_(some, some)],
            words(f"of {MOST:,} of them, drawn by a fixed seed", taken),
        )
    detail = words(
        taken,
        " ".join(["similarity exp(−s · d", unit]).rstrip() + f"), s = √(train rows) = {at:.3g}",
    )
    try:
        value = scale.positive_magnitude(distances, scale=at)
    except np.linalg.LinAlgError:
        value = np.nan
    if not 1 - ROUNDING <= value <= len(distances) * (1 + ROUNDING):
        return Measured(
            None,
            words("at this scale the snapshots are too close to be distinguished", detail),
        )
    return Measured(value, detail)


def _dimension(known: Clouds, distances: np.ndarray) -> Measured:
    """The dimension; no value where it depends on which snapshots are drawn."""
    taken = known.told(distances)
    if not distances.any():
        return Measured(None, words("all snapshots are in one place", taken))
    value, error = _drawn(distances, "dimension")
    # a large error of the fit is uncertain itself, so a second draw is compared
    if error > SURE * abs(value):
        other, of_other = _drawn(distances, "dimension", "again")
        error = max(error, of_other, abs(other - value) / 2)
    if not np.isfinite([value, error]).all() or value <= 0:
        return Measured(None, words("the tree grows as fast as the number of snapshots", taken))
    if error > value * LARGEST:
        return Measured(
            None,
            words(f"it depends on which snapshots are drawn: {value:.2g} ± {error:.2g}", taken),
        )
    return Measured(
        value, words(f"± {error:.2g} (standard error of the fit, {SIZES * REPEATS} draws)", taken)
    )


def _drawn(distances: np.ndarray, *name: str) -> tuple[float, float]:
    return scale.dimension(
        distances, rng=numpy_stream(0, "measure", *name), sizes=SIZES, repeats=REPEATS
    )
