"""What a lesson is: a question, predictions to choose from, a small study that answers it, and why
the answer is so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landscape_app.finding.figures import NetworkNumbers, Number
from landscape_app.registries import find
from landscape_app.study_settings import StudySpec, parse_study

# what every lesson leaves out of its study: it would take longer than all the rest
SHORT: dict[str, Any] = {"regimes": ["plain"], "seeds": 1, "surfaces": [], "curvature": False}
QUICK: dict[str, Any] = {"methods": ["phate"], "null_repeats": 19, "loss_repeats": 19}
FEW: dict[str, Any] = {"resamples": 100}


@dataclass(frozen=True)
class Choice:
    """A prediction in words, and as a share at each value of the lesson, 0 to 1."""

    words: str
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Prediction:
    """What is to be predicted. measure: a share in 0 … 1, "test_accuracy", "train_accuracy" or the
    name of a measure. title: what the measure is called. question: asked before the study is run.
    """

    measure: str
    title: str
    question: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    question: paragraphs. knob, values: the setting that differs, and its values. axis: what it is
    called under a figure. label: the name of the network at a value. settings: what all networks
    share. explored: the values whose networks are opened in Explore, at most four. seconds: how
    long it takes on two idle cores, as measured. why: what the numbers of the networks, in the
    order of the values, say: paragraphs that go no further than the numbers.
    """

    title: str
    question: tuple[str, ...]
    knob: str
    values: tuple[float, ...]
    axis: str
    label: Callable[[float], str]
    settings: Mapping[str, Any]
    predictions: tuple[Prediction, ...]
    explored: tuple[float, ...]
    seconds: float
    why: Callable[[Sequence[NetworkNumbers]], list[str]]

    def study(self, name: str) -> StudySpec:
        """The study of that name: a network for each value, in their order."""
        return parse_study(
            {
                "name": name,
                "networks": [self.settings.get("network", "mlp")],
                "knobs": {self.knob: list(self.values)},
                "settings": {key: it for key, it in self.settings.items() if key != "network"},
                "analysis": QUICK,
                "statistics": FEW,
                **SHORT,
            }
        )


def lesson_of(name: str) -> Lesson:
    """The lesson called `name` in the table. Raises UnknownNameError."""
    from landscape_app.dashboard.lessons import LESSONS

    lesson: Lesson = find("lesson", LESSONS, name).load()
    return lesson


def share(network: NetworkNumbers, measure: str) -> Number:
    """A measure of a network that is a share. The gap in accuracy is known before any analysis."""
    known = network.number(measure)
    train, test = network.train_accuracy, network.test_accuracy
    if known.known or measure != "gap_accuracy" or train.value is None or test.value is None:
        return known
    return Number(train.value - test.value, test.error)


def nearest(prediction: Prediction, measured: Sequence[float]) -> list[int]:
    """Places of the choices whose shares are nearest to the measured ones: more than one where two
    are equally near.
    """
    distances = [math.dist(choice.shares, measured) for choice in prediction.choices]
    least = min(distances)
    return [place for place, distance in enumerate(distances) if math.isclose(distance, least)]
