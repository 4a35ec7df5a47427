"""The snapshots of several runs in one cloud: distances between what networks answer, where alone
networks of any kind have a common place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from landscape_app.analysis.coincidence import coinciding
from landscape_app.analysis.distances import width
from landscape_app.analysis.function_space import NOT_FINITE, answers, apart
from landscape_app.analysis.geometry import Geometry
from landscape_app.analysis.methods import function_space
from landscape_app.analysis.space import Space, following
from landscape_app.analysis.thinning import taken, thinning
from landscape_app.errors import AnalysisError
from landscape_app.records.rows import count, look_up
from landscape_app.records.snapshots import Matrix, Snapshots
from landscape_app.settings import AnalysisSpec

MOST = 5_000  # snapshots in a cloud: memory and time go with their square


@dataclass(frozen=True, eq=False)
class Pool:
    """n snapshots of several runs: canonical `rows` (n,), `run` (n,) index of the run, `place` (n,)
    among the space's distinct ones.

    because: of every run {why a snapshot has no place: canonical ids}. thinned: m where each m-th
    epoch of a trajectory is here, with the first and the last; 1 where all are.
    """

    rows: np.ndarray
    run: np.ndarray
    place: np.ndarray
    space: Space
    because: Sequence[Mapping[str, tuple[int, ...]]] = ()
    thinned: int = 1


@dataclass(frozen=True, eq=False)
class Member:
    """What one run brings: its snapshots at `at` (n,), in their order; representative (n,) indices
    into `at` of the first of equal weights.
    """

    cloud: Snapshots
    answers: Matrix
    at: np.ndarray
    representative: np.ndarray
    because: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def column(self, name: str) -> np.ndarray:
        """The column `name` (n,) of what it brings."""
        return np.asarray(self.cloud.column(name)[self.at])


def pool(
    clouds: Sequence[Snapshots],
    geometries: Sequence[Geometry],
    spec: AnalysisSpec,
    *,
    most: int = MOST,
) -> Pool:
    """At most `most` snapshots of `clouds`, in function space: ρ where `spec`'s distance is
    "losses", else the softmax distance.

    Every run's trajectories, its anchor among them, count as trajectories of their own.
    `geometries`: in weights, says which snapshots of a run are finite and which have equal weights;
    those are merged, and any with equal answers. The caller checks that all runs were probed on the
    same inputs. Raises AnalysisError if a run has no such answers, or answers of another shape, or
    if the first and last epochs alone are more than `most`.
    """
    spec = spec.model_copy(update={"distance": function_space(spec)})
    asked = [answers(cloud, spec.distance) for cloud in clouds]
    _check(clouds, asked)
    whole = [
        _member(cloud, matrix, geometry, spec.distance)
        for cloud, matrix, geometry in zip(clouds, asked, geometries, strict=True)
    ]
    m = thinning([(member.column("trajectory"), member.column("epoch")) for member in whole], most)
    return _pooled(whole if m == 1 else [_thinned(member, m) for member in whole], m, spec)


def _pooled(members: Sequence[Member], m: int, spec: AnalysisSpec) -> Pool:
    """The snapshots of all `members`, which have each `m`th epoch of their trajectories."""
    run = np.repeat(np.arange(len(members)), [len(member.at) for member in members])
    begin = np.searchsorted(run, np.arange(len(members)))
    representative = np.concatenate(
        [member.representative + start for member, start in zip(members, begin, strict=True)]
    )
    distances, representative = _apart(members, representative, spec.distance)
    distinct = np.flatnonzero(representative == np.arange(len(representative)))
    place = np.searchsorted(distinct, representative)
    trajectory, epoch, rows = (
        np.concatenate([member.column(name) for member in members])
        for name in ("trajectory", "epoch", "row")
    )
    label = run * (2 + int(trajectory.max(initial=0))) + trajectory + 1
    steps = following(label, -(-epoch // m), place)  # epochs are counted in those that are here
    space = Space(distances, label[distinct], run[distinct], steps, spec)
    return Pool(rows, run, place, space, [member.because for member in members], m)


def stack(matrices: Sequence[Matrix]) -> Matrix:
    """One matrix with the rows of all, one after another; they have the same width."""
    rows = sum(matrix.shape[0] for matrix in matrices)
    return Matrix(
        (rows, matrices[0].shape[1]),
        lambda start, stop: np.concatenate([matrix.read(start, stop) for matrix in matrices]),
    )


def _apart(
    members: Sequence[Member], representative: np.ndarray, distance: str
) -> tuple[np.ndarray, np.ndarray]:
    """(distances (m, m) between the distinct snapshots, representative (n,) of all):
    `representative`, and equal answers merged.
    """
    own = np.flatnonzero(representative == np.arange(len(representative)))
    outputs = stack([member.answers.rows(member.at) for member in members]).rows(own)
    values = apart(outputs, distance, classes=members[0].cloud.classes)
    first = coinciding(values)
    distinct = np.flatnonzero(first == np.arange(len(own)))
    return values[np.ix_(distinct, distinct)], own[first][np.searchsorted(own, representative)]


def _member(cloud: Snapshots, matrix: Matrix, geometry: Geometry, distance: str) -> Member:
    """All of a run that has a place: finite weights, as `geometry` says, and finite answers."""
    place = look_up(cloud.column("row"), geometry.rows)
    if place.missing:
        raise AnalysisError(
            f"Run {cloud.run_id}: {count(place.missing)} that were measured are in files that are"
            " damaged now. Resume that run first."
        )
    at = place.at
    finite = np.ones(len(at), dtype=bool)
    for block in matrix.blocks(width(matrix.shape[0])):
        finite &= np.isfinite(block[at]).all(axis=1)
    because = dict(geometry.because)
    if not finite.all():
        because[NOT_FINITE[distance]] = tuple(geometry.rows[~finite].tolist())
    return Member(cloud, matrix, at[finite], _firsts(geometry.representative[finite]), because)


def _thinned(member: Member, m: int) -> Member:
    index = np.flatnonzero(taken(member.column("trajectory"), member.column("epoch"), m))
    return Member(
        member.cloud,
        member.answers,
        member.at[index],
        _firsts(member.representative[index]),
        member.because,
    )


def _firsts(labels: np.ndarray) -> np.ndarray:
    """For each entry (n,) the index of the first one equal to it."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return first[inverse]


def _check(clouds: Sequence[Snapshots], asked: Sequence[Matrix]) -> None:
    for cloud, matrix in zip(clouds, asked, strict=True):
        if cloud.target_scale != clouds[0].target_scale:
            raise AnalysisError(
                f"The targets of runs {clouds[0].run_id} and {cloud.run_id} have different spreads"
                " over the train rows, so their outputs have different units."
            )
        if (matrix.shape[1], cloud.classes) != (asked[0].shape[1], clouds[0].classes):
            raise AnalysisError(
                f"Runs {clouds[0].run_id} and {cloud.run_id} were probed on different numbers of"
                " examples or classes."
            )
