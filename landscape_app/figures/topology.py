"""The card of topology of one run: persistence diagrams, the barrier merge tree, or the landscape
profile, whichever part is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from landscape_app.figures import diagrams, profile, tree
from landscape_app.figures.view import Need, Subject, View


@dataclass(frozen=True)
class Frame:
    """What the cards of all compared runs have in common, so that they compare."""

    diagrams: diagrams.Axes
    tree: tree.Span
    profile: tuple[float, float]


def needs(view: View) -> tuple[Need, ...]:
    """Stored results of a run that any part is made of: the measures and captions take them too."""
    return (*diagrams.needs(view), *profile.needs(view), *tree.needs(view))


def frame(subjects: Sequence[Subject]) -> Frame:
    """The ranges over all of `subjects`."""
    return Frame(diagrams.axes(subjects), tree.span(subjects), profile.span(subjects))


def draw(subject: Subject, view: View, frame: Frame) -> go.Figure | None:
    """The part that the view shows; None where nothing of it is stored."""
    if view.part == "diagrams" and {"sublevel", "rips"} & set(subject.results):
        return diagrams.draw(subject, view, frame.diagrams)
    if view.part == "tree" and tree.drawable(subject):
        return tree.draw(subject, view, frame.tree)
    if view.part == "profile" and profile.drawable(subject):
        return profile.draw(subject, view, frame.profile)
    return None
