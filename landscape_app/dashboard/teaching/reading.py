"""What is known now of a lesson: its study, its networks, and what a person predicted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landscape_app.dashboard.common import run_view
from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.lessons import lesson_study
from landscape_app.dashboard.lessons.lesson import Lesson, lesson_of
from landscape_app.errors import LandscapeError
from landscape_app.finding.figures import NetworkNumbers
from landscape_app.finding.recorded import network_numbers
from landscape_app.store import usable_results
from landscape_app.store.run import RunFolder


@dataclass(frozen=True)
class LessonNetwork:
    """The network at a value of the lesson. run: its id, "" without a study. numbers: what is
    known of it. problem: why it cannot be read.
    """

    value: float
    run: str
    numbers: NetworkNumbers
    problem: str = ""


@dataclass(frozen=True)
class LessonView:
    """A lesson and its study; without a study `entry` is None, and nothing is known of any
    network.
    """

    name: str
    lesson: Lesson
    entry: BoardEntry | None
    networks: tuple[LessonNetwork, ...]

    @property
    def done(self) -> bool:
        """Whether every network is there with all that is predicted of it."""
        return all(
            network.numbers.number(prediction.measure).known
            for network in self.networks
            for prediction in self.lesson.predictions
        )

    @property
    def token(self) -> str:
        """Equal words, equal numbers."""
        known = [(network.run, network.numbers, network.problem) for network in self.networks]
        return run_view.short_hash((self.name, known, self.done))


def entry_of(context: Context, name: str) -> BoardEntry | None:
    """The study of the lesson, as last read; None where there is none."""
    id = lesson_study.existing(context.runs, name)
    return None if id is None else context.board.find(id)


def read(context: Context, name: str) -> LessonView:
    """Everything about the lesson `name`. Raises UnknownNameError."""
    lesson, entry = lesson_of(name), entry_of(context, name)
    runs = entry.runs if entry is not None else ("",) * len(lesson.values)
    networks = (
        _network(context, lesson, value, run)
        for value, run in zip(lesson.values, runs, strict=True)
    )
    return LessonView(name, lesson, entry, tuple(networks))


def _network(context: Context, lesson: Lesson, value: float, id: str) -> LessonNetwork:
    label = lesson.label(value)
    nothing = NetworkNumbers(label)
    if not id:
        return LessonNetwork(value, id, nothing)
    try:
        run = RunFolder.open(context.runs, id)
        inventory = run.inventory()
        columns = run_view.columns(context, run, inventory)
        measures = usable_results.find(run.path, "measures")
    except (LandscapeError, OSError) as error:
        return LessonNetwork(value, id, nothing, str(error))
    lines = () if measures is None else measures.meta["measures"]
    return LessonNetwork(value, id, network_numbers(label, columns, inventory.facts, lines))


def predicted(made: Any, lesson: Lesson, name: str) -> Mapping[str, int] | None:
    """{measure: place of the choice} as the browser keeps it; None where no prediction stands, or
    what is stored is not of this lesson.
    """
    stored = made.get(name) if isinstance(made, dict) else None
    return places(stored, lesson) if isinstance(stored, dict) else None


def places(values: Mapping[Any, Any], lesson: Lesson) -> Mapping[str, int] | None:
    """{measure: place} of {measure: place as text or number}; None unless all are predicted."""
    chosen: dict[str, int] = {}
    for prediction in lesson.predictions:
        value = str(values.get(prediction.measure))
        if not value.isdecimal() or int(value) >= len(prediction.choices):
            return None
        chosen[prediction.measure] = int(value)
    return chosen
