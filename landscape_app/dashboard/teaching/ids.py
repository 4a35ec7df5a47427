"""The ids of the page of a lesson."""

from __future__ import annotations

from typing import Any

LESSON = "lesson"  # the page
NAME = "lesson-name"  # dcc.Store: which lesson
MADE = "lesson-made"  # dcc.Store (local): {lesson: {measure: place of the choice}}, once they stand
TICK = "lesson-tick"
SEEN = "lesson-seen"  # dcc.Store: a word for the numbers that were last shown
STATE_SEEN = "lesson-state-seen"  # dcc.Store: a word for the state of the study, as last shown
CHOICES = "lesson-choices"  # the fieldset around all predictions
GO = "lesson-go"  # trains the networks, shows the result, or takes the predictions back
HINT = "lesson-hint"
STATE = "lesson-state"  # how the study stands, and the buttons about it
BAR = "lesson-bar"
REVEAL = "lesson-reveal"
WHY = "lesson-why"


def choice(lesson: Any, measure: Any) -> dict[str, Any]:
    """The control of the prediction of a measure; its value is the place of the choice. The browser
    keeps it under this id.
    """
    return {"type": "lesson-choice", "lesson": lesson, "measure": measure}


def figure(measure: Any) -> dict[str, Any]:
    """What was predicted and measured."""
    return {"type": "lesson-figure", "measure": measure}


def table(measure: Any) -> dict[str, Any]:
    """The same in numbers."""
    return {"type": "lesson-table", "measure": measure}


def says(measure: Any) -> dict[str, Any]:
    """Which prediction is nearest to what was measured."""
    return {"type": "lesson-says", "measure": measure}
