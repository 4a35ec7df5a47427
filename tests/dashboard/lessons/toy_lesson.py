"""A lesson that is computed in a few seconds, for tests."""

from __future__ import annotations

from collections.abc import Sequence

from landscape_app.dashboard.lessons.lesson import Choice, Lesson, Prediction
from landscape_app.entries import Entry
from landscape_app.finding.figures import NetworkNumbers

NAME = "toy"
FALLS, STAYS = "It falls.", "It stays."


def why(networks: Sequence[NetworkNumbers]) -> list[str]:
    """The first network in a sentence."""
    return [f"{networks[0].label} has a test accuracy of {networks[0].test_accuracy.value:.2f}."]


LESSON = Lesson(
    title="A toy",
    question=("What does the toy do?",),
    knob="label_corruption",
    values=(0.0, 0.5, 1.0),
    axis="labels drawn at random",
    label=lambda value: f"toy {value:g}",
    settings={
        "data": "blobs",
        "network": "mlp-small",
        "train_epochs": 5,
        "seeds": 3,
        "step_sizes": [1.0],
        "epochs": 8,
    },
    predictions=(
        Prediction(
            "test_accuracy",
            "Test accuracy",
            "How often is it right?",
            (Choice(FALLS, (1.0, 0.5, 0.3)), Choice(STAYS, (1.0, 1.0, 1.0))),
        ),
        Prediction(
            "end_disagreement",
            "Disagreement",
            "How often do two ends differ?",
            (Choice("It grows.", (0.0, 0.4, 0.8)), Choice("None.", (0.0, 0.0, 0.0))),
        ),
    ),
    explored=(0.0, 1.0),
    seconds=5.0,
    why=why,
)
ENTRY = Entry("tests.dashboard.lessons.toy_lesson:LESSON", LESSON.title, "It is for tests.")
