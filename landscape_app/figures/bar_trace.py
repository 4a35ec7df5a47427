"""A trace of bars in the colour of its run, and what it says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from landscape_app.figures.drawing import Drawing
from landscape_app.figures.view import DrawnRun, View


class BarTrace(NamedTuple):
    """A trace without its colour; a BarGroup but for the trace's number; which part (marker or
    line) takes the colour of the run.
    """

    trace: dict[str, Any]
    group: Mapping[str, Any]
    part: str = "marker"

    def add_to(self, drawing: Drawing, subject: DrawnRun, view: View) -> None:
        """Puts it on top of what is drawn."""
        colour = {"color": view.palette.runs[subject.slot]}
        trace = {**self.trace, self.part: {**self.trace[self.part], **colour}}
        drawing.add(trace, {f"{self.part}.color": f"run-{subject.slot + 1}"})
        drawing.bars(self.group)
