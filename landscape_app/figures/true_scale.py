"""The one scale of the scenes of all runs where these draw the distances themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landscape_app.figures.paths import reach_of
from landscape_app.figures.shared_range import SharedRange, sentence, shared
from landscape_app.figures.view import FUNCTION, DrawnRun, View

TRUE = "metric-mds"  # the method that draws the distances themselves


def on_one_scale(view: View) -> bool:
    """Whether the scenes of all runs have one scale: distances in function space mean the same for
    every network; other pictures have no unit across runs, and each fills its cube.
    """
    return view.distance == FUNCTION and view.method == TRUE


def reach(subjects: Sequence[DrawnRun]) -> SharedRange:
    """How far the pictures of `subjects` go from their middles, from 0 to `high`, without that of a
    run that is far off the others' (shared_range); off: positions among `subjects`.
    """
    reaches = [
        [0.0, reach_of(subject.results["embedding"].arrays["coordinates"])]
        if "embedding" in subject.results
        else []
        for subject in subjects
    ]
    return shared([np.array(reach) for reach in reaches])


def off_scale(subjects: Sequence[DrawnRun]) -> str:
    """Whose picture goes beyond the common scale, in a sentence; empty where none does."""
    common = reach(subjects)
    names = [subjects[number].label for number in common.off]
    return sentence("the one scale", names, common.peak / (common.high or 1.0), " × as far")
