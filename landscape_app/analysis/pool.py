"""The snapshots of several runs in one cloud: distances in function space, where alone networks of any kind have a common place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landscape_app.analysis.distances import fingerprints, first_of_equals, squares
from landscape_app.analysis.geometry import Geometry
from landscape_app.analysis.space import Space, following
from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Matrix, Snapshots
from landscape_app.settings import AnalysisSpec


@dataclass(frozen=True, eq=False)
class Pool:
    """n snapshots of several runs: canonical `rows` (n,), `run` (n,) index of the run, `place` (n,) among the space's distinct ones."""

    rows: np.ndarray
    run: np.ndarray
    place: np.ndarray
    space: Space


def pool(clouds: Sequence[Snapshots], geometries: Sequence[Geometry], spec: AnalysisSpec) -> Pool:
    """The finite snapshots of `clouds`, apart by the root-mean-square difference of their softmax outputs over the probe examples.

    Every run's trajectories, its anchor among them, count as trajectories of their own. Merged are snapshots of a run with equal
    weights (`geometries` says which), and any with equal outputs. All runs must have been probed on the same examples: the caller
    sees to that. Raises AnalysisError if a run has no softmax outputs, or outputs of another shape.
    """
    _check(clouds)
    at = [np.searchsorted(cloud.column("row"), geometry.rows) for cloud, geometry in zip(clouds, geometries, strict=True)]
    begin = np.cumsum([0, *(len(index) for index in at)])
    representative = np.concatenate([g.representative + start for g, start in zip(geometries, begin[:-1], strict=True)])
    outputs = stack([cloud.probe.rows(index) for cloud, index in zip(clouds, at, strict=True) if cloud.probe is not None])
    representative = representative[first_of_equals(_outputs_of(outputs, representative))]
    distinct = np.flatnonzero(representative == np.arange(len(representative)))
    place = np.searchsorted(distinct, representative)
    run = np.repeat(np.arange(len(clouds)), np.diff(begin))
    trajectory, epoch = (np.concatenate([c.column(name)[i] for c, i in zip(clouds, at, strict=True)]) for name in ("trajectory", "epoch"))
    label = run * (2 + int(trajectory.max())) + trajectory + 1
    examples = outputs.shape[1] // clouds[0].classes
    distances = np.sqrt(squares(outputs.rows(distinct)) / examples)
    space = Space(distances, label[distinct], run[distinct], following(label, epoch, place), spec)
    return Pool(np.concatenate([geometry.rows for geometry in geometries]), run, place, space)


def stack(matrices: Sequence[Matrix]) -> Matrix:
    """One matrix with the rows of all, one after another; they have the same width."""
    rows = sum(matrix.shape[0] for matrix in matrices)
    return Matrix((rows, matrices[0].shape[1]), lambda start, stop: np.concatenate([matrix.read(start, stop) for matrix in matrices]))


def _outputs_of(outputs: Matrix, representative: np.ndarray) -> list[bytes]:
    """Fingerprints (n,) of every snapshot's representative's outputs: equal weights may differ in the last digit of an output."""
    marks = fingerprints(outputs)
    return [marks[position] for position in representative]


def _check(clouds: Sequence[Snapshots]) -> None:
    for cloud in clouds:
        if cloud.probe is None or not cloud.classes:
            raise AnalysisError(f"Run {cloud.run_id} has no softmax outputs on a probe set, so it has no place in function space.")
        if (cloud.probe.shape[1], cloud.classes) != (clouds[0].probe.shape[1] if clouds[0].probe else 0, clouds[0].classes):
            raise AnalysisError(f"Runs {clouds[0].run_id} and {cloud.run_id} were probed on different numbers of examples or classes.")
