"""Check: stored distances, for some pairs, are what the definition gives when it is applied to the
two snapshots alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome, on
from landscape_app.errors import RunDamagedError
from landscape_app.records.rows import look_up
from landscape_app.records.snapshots import Snapshots
from landscape_app.seeds import numpy_stream
from landscape_app.store import derived
from landscape_app.store.derived import Result

ROWS = 24  # snapshots, each second one followed by its neighbour on the trajectory: 276 pairs
FUNCTION_SPACE = ("softmax", "outputs")  # one of them is stored by every analysis
TINY = 1e-6  # of the largest distance: what is smaller is compared as if it were this


def check(checked: CheckSubject) -> Outcome:
    """The largest difference between a stored distance and the directly measured one, relative to
    the latter (see TINY): in the distance of the analysis, and in function space.
    """
    results = _stored(checked)
    errors = [_error(checked, result) for result in results]
    told = [f"{pairs} ({on(result)})" for (_, pairs), result in zip(errors, results, strict=True)]
    words = "; ".join([errors[0][1], *told[1:]])
    return Outcome(max(error for error, _ in errors), words, on=on(results[0]))


def _error(checked: CheckSubject, result: Result) -> tuple[float, str]:
    """(the largest relative difference in one result, how many pairs were compared)."""
    rows, stored, there = (
        result.arrays["rows"],
        result.arrays["distances"],
        checked.snapshots.column("row"),
    )
    places = np.flatnonzero(look_up(there, rows).there)
    if stored.shape != (len(rows), len(rows)) or len(places) < 2:
        raise RunDamagedError("the stored distances are not between the snapshots that are there")
    chosen = places[_drawn(len(places), min(ROWS, checked.affordable))]
    cloud = checked.held(look_up(there, rows[chosen]).at)
    i, j = np.triu_indices(len(chosen), 1)
    direct = DIRECT[_kind(result)](cloud, i, j)
    apart_as_stored = np.maximum(stored[chosen[i], chosen[j]], stored[chosen[j], chosen[i]]).astype(
        np.float64
    )
    apart = np.abs(apart_as_stored - direct) / np.maximum(
        direct, TINY * direct.max(initial=0.0) or 1.0
    )
    largest = float(np.nan_to_num(apart, nan=np.inf).max())
    return largest, f"{len(i)} pairs of {len(chosen)} snapshots"


def _stored(checked: CheckSubject) -> list[Result]:
    """The newest distances of each kind: of the analysis that is meant, and of function space."""
    missing = f"no distances are stored yet; {checked.how('analyse')}"
    first = checked.result("geometry", missing=missing)
    meant = [stored for stored in checked.results("geometry") if _kind(stored) in DIRECT]
    if not meant:
        missing = f"'{_kind(first)}' is not measured pair by pair; others are not stored"
        meant = [checked.result("geometry", missing=missing, distance="euclidean")]
    digest = checked.run.digest()
    beside = [
        stored
        for stored in derived.all(checked.run.path, "geometry")
        if stored.inputs == digest and _kind(stored) in FUNCTION_SPACE
    ]
    newest: dict[str, Result] = {}
    for stored in [*meant, *beside]:
        newest.setdefault(_kind(stored), stored)
    return list(newest.values())


def _kind(result: Result) -> str:
    return str(result.parameters["distance"])


def _drawn(count: int, wanted: int) -> np.ndarray:
    """Positions, ascending: drawn ones, each with the next one, which lies 10⁴ times closer than
    the others do.
    """
    first = numpy_stream(0, "checks", "distances").permutation(max(count - 1, 1))[
        : max(1, wanted // 2)
    ]
    return np.unique(np.minimum(np.concatenate([first, first + 1]), count - 1))


def weights(cloud: Snapshots, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """(pair,) ‖θ_i − θ_j‖."""
    return _lengths(cloud.delta.whole(), i, j)


def outputs(cloud: Snapshots, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """(pair,) root-mean-square difference of the softmax outputs over the probe examples."""
    if cloud.probe is None or not cloud.classes:
        raise DoesNotApply("there are no softmax outputs on a probe set")
    whole = cloud.probe.whole()
    return _lengths(whole, i, j) / math.sqrt(whole.shape[1] // cloud.classes)


def scaled(cloud: Snapshots, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """(pair,) root-mean-square difference of a regression's outputs, in units of its targets."""
    if cloud.probe is None or not cloud.target_scale:
        raise DoesNotApply("there are no outputs of a regression on a probe set")
    whole = cloud.probe.whole().astype(np.float64)
    outputs = whole.reshape(len(cloud), -1, len(cloud.target_scale)) / cloud.target_scale
    return _lengths(outputs.reshape(whole.shape), i, j) / math.sqrt(whole.shape[1])


def losses(cloud: Snapshots, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """(pair,) mean absolute difference of the losses of single train examples."""
    if cloud.losses is None:
        raise DoesNotApply("there are no losses of single examples")
    whole = cloud.losses.whole().astype(np.float64)
    return np.array([np.abs(whole[a] - whole[b]).mean() for a, b in zip(i, j, strict=True)])


def directions(cloud: Snapshots, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """(pair,) 1 − cos between the differences from the anchor, as half the squared chord of their
    unit vectors.
    """
    whole = cloud.delta.whole().astype(np.float64)
    return _lengths(whole / np.linalg.norm(whole, axis=1, keepdims=True), i, j) ** 2 / 2


def _lengths(whole: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """(pair,) norms of the differences of rows."""
    return np.array(
        [np.linalg.norm(whole[a].astype(np.float64) - whole[b]) for a, b in zip(i, j, strict=True)]
    )


DIRECT: dict[str, Callable[[Snapshots, np.ndarray, np.ndarray], np.ndarray]] = {
    "euclidean": weights,
    "cosine": directions,
    "softmax": outputs,
    "outputs": scaled,
    "losses": losses,
}
