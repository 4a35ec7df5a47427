"""The compared runs in one scene: there, distance is between what the networks compute, so runs can
be told near or far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.colours import Scale
from landscape_app.figures.paths import ANCHOR, FARTHEST, framed, middle_of, paths, reach_of
from landscape_app.figures.scene import CUBE, compose
from landscape_app.figures.shared_range import SharedRange, lower_quantile, sentence, shared
from landscape_app.figures.view import DrawnRun, Need, Stored, View
from landscape_app.protocol import JOINT_SPACES
from landscape_app.registries import DISTANCES

WIDER = 1.3  # how much wider than high the frame of the plane is
# turns from the principal direction, the smallest first; of those that draw almost as large as the
# best, the first is taken: few snapshots more do not turn the picture over
TURNS = np.radians(sorted(range(-88, 91, 2), key=lambda degrees: (abs(degrees), -degrees)))
ALMOST = 0.97


def needs(view: View) -> tuple[Need, ...]:
    """Stored results of a study that the joint scene is made of; it has a distance of its own,
    between what the networks answer.
    """
    return (
        Need(
            "joint",
            {
                "method": view.method,
                "dims": view.joint_dims,
                "distance": JOINT_SPACES[space(view)],
            },
        ),
    )


def space(view: View) -> str:
    """The distance of the joint scene: networks have a common place only in function space."""
    return str(DISTANCES[view.between].facts["joint"])


@dataclass(frozen=True, eq=False)
class JointFrame:
    """places: (k, dims) of every embedded snapshot, in units of the frame, NaN for those of runs
    that are not compared. off: numbers of the runs that go beyond it, in the order of the joint
    embedding; peak: how many times as far as the others.
    """

    places: np.ndarray
    off: tuple[int, ...] = ()
    peak: float = float("nan")


def frame(joint: Stored, compared: Sequence[str], dims: int) -> JointFrame:
    """The frame of the runs `compared` (ids), which a run that is far off the others (shared_range)
    does not widen.
    """
    rows, run = np.asarray(joint.arrays["rows"]), np.asarray(joint.arrays["run"])
    known = list(joint.meta["runs"])
    among = np.isin(run, [known.index(id) for id in compared if id in known])
    places = np.full((len(rows), dims), np.nan, dtype=np.float32)
    at = np.asarray(joint.arrays["coordinates"], dtype=np.float64)[among, :dims]
    there = np.isfinite(at).all(axis=1)
    if there.sum() < 2:
        places[among] = framed(at)
        return JointFrame(places)
    away, common = _spread(rows[among][there], run[among][there], at[there])
    inside = np.zeros(len(at), dtype=bool)
    inside[there] = away <= common.high
    placed = _framed(at, inside) if dims == 3 else _lying(at, inside, rows[among])
    places[among] = np.clip(placed, -FARTHEST, FARTHEST)
    off = tuple(np.unique(run[among][there])[list(common.off)].tolist())
    return JointFrame(places, off, common.peak / (common.high or 1.0))


def _spread(rows: np.ndarray, run: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, SharedRange]:
    """(how far each snapshot (k,) is from the anchor that most runs are nearest to, the range of
    that, run by run). Cost: snapshots × runs.
    """
    numbers = np.unique(run)
    anchors = [at[run == number][np.argmin(rows[run == number])] for number in numbers]
    away = np.stack([np.linalg.norm(at - anchor, axis=1) for anchor in anchors])
    farthest = [[part[run == number].max() for number in numbers] for part in away]
    home = away[np.argmin([lower_quantile(np.array(part)) for part in farthest])]
    return home, shared([np.append(home[run == number], 0.0) for number in numbers])


def _framed(at: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """`at` (k, 3) about the middle of the snapshots `inside`, in units of their reach."""
    placed: np.ndarray = (at - middle_of(at[inside])) / (reach_of(at[inside]) or 1.0)
    return placed


def _lying(at: np.ndarray, inside: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """`at` (k, 2) turned so that the snapshots `inside` fill a frame that is wider than high, with
    the first anchor in its left half: a turn keeps every distance.
    """
    centred = at - at[inside].mean(axis=0)
    across, up = np.linalg.svd(centred[inside], full_matrices=False)[2][0]
    turns = TURNS - np.arctan2(up, across)
    sizes = [_size(_turned(centred[inside], turn)) for turn in turns]
    turn = turns[np.flatnonzero(np.array(sizes) <= min(sizes) / ALMOST)[0]]
    turned = _turned(centred, turn)
    anchors = np.flatnonzero(inside & (rows == ANCHOR))
    if len(anchors) and turned[anchors[0], 0] > 0:
        turned = -turned
    placed: np.ndarray = (turned - middle_of(turned[inside])) / (_size(turned[inside]) or 1.0)
    return placed


def _turned(at: np.ndarray, turn: float) -> np.ndarray:
    """`at` (k, 2) about 0, by so many radians."""
    cos, sin = np.cos(turn), np.sin(turn)
    turned: np.ndarray = at @ np.array([[cos, sin], [-sin, cos]])
    return turned


def _size(at: np.ndarray) -> float:
    """How many frames of the plane high the box of `at` (k, 2) is, or as many wide."""
    across, up = np.ptp(at, axis=0) / 2
    return float(max(across / WIDER, up))


def off_scale(joint: Stored, subjects: Sequence[DrawnRun], view: View) -> str:
    """Which of `subjects` go beyond the frame, in a sentence; empty where none does."""
    framed = frame(joint, [subject.run for subject in subjects], view.joint_dims)
    ids = [joint.meta["runs"][number] for number in framed.off]
    names = [subject.label for subject in subjects if subject.run in ids]
    return sentence("the frame of all together", names, framed.peak, " × as far as the others")


def draw(
    joint: Stored,
    subjects: Sequence[DrawnRun],
    view: View,
    scale: Scale,
    *,
    compared: Sequence[str] = (),
    labels: Mapping[str, str] = {},
    wide: bool = False,
) -> go.Figure:
    """The scene of those `subjects` that the joint embedding holds; it may hold more runs than are
    compared now.

    compared: ids of the runs that are looked at, readable or not. All of them are in the frame, so
    that one that is damaged or gone moves none of the others. labels: what stands at the end of
    a run's arm, by its id.
    """
    rows, run = joint.arrays["rows"], joint.arrays["run"]
    known = list(joint.meta["runs"])
    shown = [subject for subject in subjects if subject.run in known]
    every = [*compared, *(subject.run for subject in shown)]
    at = frame(joint, every, view.joint_dims).places
    drawn = []
    for subject in shown:
        mine = run == known.index(subject.run)
        drawn.append(
            (
                subject,
                paths(subject, rows[mine], at[mine], every=int(joint.meta.get("thinned") or 1)),
            )
        )
    return compose(
        drawn,
        replace(view, dims=view.joint_dims),
        scale,
        name="joint",
        wide=wide,
        labels={subject.run: labels.get(subject.run, subject.label) for subject in shown},
        frame=CUBE if view.joint_dims == 3 else (WIDER, 1.0),
    )
