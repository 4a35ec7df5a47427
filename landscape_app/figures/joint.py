"""The compared runs in one scene: there, distance is between what the networks compute, so runs can
be told near or far.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.colours import Scale
from landscape_app.figures.paths import framed, paths
from landscape_app.figures.scene import compose
from landscape_app.figures.view import DrawnRun, Need, Stored, View
from landscape_app.protocol import JOINT_SPACES
from landscape_app.registries import DISTANCES


def needs(view: View) -> tuple[Need, ...]:
    """Stored results of a study that the joint scene is made of; it has a distance of its own,
    between what the networks answer.
    """
    return (
        Need(
            "joint",
            {"method": view.method, "dims": view.dims, "distance": JOINT_SPACES[space(view)]},
        ),
    )


def space(view: View) -> str:
    """The distance of the joint scene: networks have a common place only in function space."""
    return str(DISTANCES[view.distance].facts["joint"])


def draw(
    joint: Stored,
    subjects: Sequence[DrawnRun],
    view: View,
    scale: Scale,
    *,
    compared: Sequence[str] = (),
    wide: bool = False,
) -> go.Figure:
    """The scene of those `subjects` that the joint embedding holds; it may hold more runs than are
    compared now.

    compared: ids of the runs that are looked at, readable or not. All of them are in the frame, so
    that one that is damaged or gone moves none of the others.
    """
    rows, run, coordinates = joint.arrays["rows"], joint.arrays["run"], joint.arrays["coordinates"]
    known = list(joint.meta["runs"])
    shown = [subject for subject in subjects if subject.run in known]
    among = np.isin(
        run,
        [known.index(id) for id in {*compared, *(subject.run for subject in shown)} if id in known],
    )
    at = np.full(coordinates.shape, np.nan, dtype=np.float32)
    at[among] = framed(coordinates[among])
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
        view,
        scale,
        name="joint",
        wide=wide,
    )
