"""The snapshots of a run as a cloud: how long the tree that spans it is, how many places it holds,
how its size grows with its number.

Of all finite snapshots, controls included, each place once; between their weights, and in ρ: ρ(w,
w') = mean over train examples of |ℓ(w, z) − ℓ(w', z)|, which a rescaling or a permutation of units
does not change. Lengths between weights inherit the weights' norm: so they are there divided by it,
too.
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
DIFFERENCES = 2e9  # |ℓ − ℓ'| that ρ takes: for more snapshots it is a mean over fewer examples
MOST = 2_500  # snapshots whose magnitude is taken, which is cubic
SIZES, REPEATS = 6, 4  # of the subsamples of the dimension
# relative errors of a dimension: up to which it is believed, and above which there is none
SURE, LARGEST = 0.1, 1 / 3
# by which a magnitude may leave the range from 1 to the number of snapshots before it is not
# believed
ROUNDING = 1e-3
NORMED = NORM_UNIT
TREE = "the minimum spanning tree of the distances, n²"
BIRDAL = "Birdal et al. 2021, arXiv 2111.13171"
ANDREEVA = "Andreeva et al. 2024, arXiv 2407.08723"


class Clouds:
    """Distances between the m distinct, finite snapshots, each matrix at its first use. A run
    without enough of them raises AnalysisError.
    """

    def __init__(self, snapshots: Snapshots, facts: Facts) -> None:
        self.snapshots, self.facts = snapshots, facts

    @cached_property
    def geometry(self) -> Geometry:
        """Of the weights: as it is known already, else computed."""
        known = self.facts.get(GEOMETRY)
        found: Geometry = geometry_of(self.snapshots) if known is None else known()
        return found

    @cached_property
    def weights(self) -> np.ndarray:
        """(m, m) ‖θ − θ'‖."""
        return self.geometry.between_distinct()

    @property
    def normed(self) -> np.ndarray:
        """(m, m) in units of the anchor's norm; not kept, as it is one division away."""
        norm = self.facts.get("weight_norm")
        if not norm:
            raise AnalysisError("the weights' norm is not recorded with this run")
        return self.weights / float(norm)

    @cached_property
    def losses(self) -> np.ndarray:
        """(m', m') ρ, of the snapshots whose losses are finite and differ."""
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
        found = mean_absolute(Matrix.of(values))
        distinct = np.unique((found == 0).argmax(axis=1))
        return np.asarray(found[np.ix_(distinct, distinct)])

    def told(self, distances: np.ndarray) -> str:
        """What a number is of, and how many snapshots have no place in it."""
        lost = len(self.snapshots) - len(self.geometry.rows)
        return words(
            f"{len(distances):,} distinct snapshots",
            f"{lost:,} not finite are left out" if lost else "",
        )

    @property
    def stride(self) -> int:
        """Every how manieth example ρ is a mean over."""
        width = 0 if self.snapshots.losses is None else self.snapshots.losses.shape[1]
        return max(1, int(np.ceil(width * len(self.geometry.distinct) ** 2 / (2 * DIFFERENCES))))

    @property
    def examples(self) -> str:
        """In words."""
        width = 0 if self.snapshots.losses is None else self.snapshots.losses.shape[1]
        return (
            f"mean over {len(range(0, width, self.stride)):,} of the {width:,} examples stored"
            if self.stride > 1
            else f"{width:,} examples"
        )

    @cached_property
    def scale(self) -> float:
        """√ of the number of train rows, as in Andreeva et al."""
        rows = self.facts.get("train_rows")
        if not rows:
            raise AnalysisError("the number of train rows is not recorded with this run")
        return float(np.sqrt(rows))


def clouds_of(snapshots: Snapshots, facts: Mapping[str, Any]) -> Clouds:
    """The ones that `facts` hold, else new ones."""
    found = facts.get(CLOUDS)
    return found if isinstance(found, Clouds) else Clouds(snapshots, facts)


def _told(
    compute: Callable[[Clouds], Measured | list[Measured]], snapshots: Snapshots, facts: Facts
) -> Measured | list[Measured]:
    """What `compute` says; where it cannot be told, why."""
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
    """E₁ in units of the anchor's norm, the total persistence of Rips H0 in those; and E₂ = Σ of
    the squared edges.
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
    n, at, taken = len(distances), known.scale, known.told(distances)
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
            words("the snapshots lie too close together to be told apart at this scale", detail),
        )
    return Measured(value, detail)


def _dimension(known: Clouds, distances: np.ndarray) -> Measured:
    """No value where another draw of snapshots would give another number."""
    taken = known.told(distances)
    if not distances.any():
        return Measured(None, words("all snapshots are in one place", taken))
    value, error = _drawn(distances, "dimension")
    # the fit's own error is a guess where it is large: a second draw is asked, too
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
