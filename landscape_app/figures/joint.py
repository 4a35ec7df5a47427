"""The compared runs in one scene: there, distance is between what the networks compute, so runs can
be told near or far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.colours import Scale
from landscape_app.figures.paths import ANCHOR, framed, paths
from landscape_app.figures.scene import compose
from landscape_app.figures.view import DrawnRun, Need, Stored, View
from landscape_app.protocol import JOINT_SPACES
from landscape_app.registries import DISTANCES

WIDER = 1.3  # how much wider than high the frame of the plane is


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


def _lying(coordinates: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """`coordinates` (k, 2) turned so that they are widest from left to right, the first anchor in
    the left half, and scaled to a frame that is wider than high.
    """
    known = np.isfinite(coordinates).all(axis=1)
    if known.sum() < 2:
        return framed(coordinates)
    centred = coordinates - coordinates[known].mean(axis=0)
    turned = centred @ np.linalg.svd(centred[known], full_matrices=False)[2].T
    anchors = np.flatnonzero(known & (rows == ANCHOR))
    if len(anchors):
        turned = turned * np.where(turned[anchors[0]] > 0, [-1.0, 1.0], 1.0)
    low, high = turned[known].min(axis=0), turned[known].max(axis=0)
    across, up = (high - low) / 2
    unit = max(across / WIDER, up) or 1.0
    placed: np.ndarray = ((turned - (low + high) / 2) / unit).astype(np.float32)
    return placed


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
    rows, run, coordinates = joint.arrays["rows"], joint.arrays["run"], joint.arrays["coordinates"]
    known = list(joint.meta["runs"])
    shown = [subject for subject in subjects if subject.run in known]
    among = np.isin(
        run,
        [known.index(id) for id in {*compared, *(subject.run for subject in shown)} if id in known],
    )
    coordinates = coordinates[:, : view.joint_dims]
    at = np.full(coordinates.shape, np.nan, dtype=np.float32)
    place = coordinates[among]
    at[among] = framed(place) if view.joint_dims == 3 else _lying(place, rows[among])
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
    )
