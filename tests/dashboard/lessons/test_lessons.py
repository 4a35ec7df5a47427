"""Laws of lessons: every line of the table keeps the contract, and what a lesson says goes no
further than its numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from landscape_app import feasibility
from landscape_app.dashboard import lessons
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.dashboard.lessons import LESSONS, label_noise
from landscape_app.dashboard.lessons.lesson import Choice, Lesson, Prediction, lesson_of, nearest
from landscape_app.errors import UnknownNameError
from landscape_app.finding.figures import NetworkNumbers, Number, share
from landscape_app.measure_table import MEASURES
from landscape_app.settings import RunSpec
from tests.dashboard.lessons import toy_lesson
from tests.test_tables import is_words

SCORES = ("train_accuracy", "test_accuracy")
LONGEST = 60.0  # s of a lesson on two idle cores
ROWS = 797
NAMES = (*LESSONS, toy_lesson.NAME)


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LESSONS, toy_lesson.NAME, toy_lesson.ENTRY)


def network(
    label: str, test: float, ends: float, *, train: float = 1.0, fits: bool = True
) -> NetworkNumbers:
    """A network of these accuracies whose ends disagree on `ends` of the inputs."""
    return NetworkNumbers(
        label,
        train_accuracy=Number(train),
        test_accuracy=share(test, ROWS),
        test_rows=ROWS,
        interpolates=fits,
        measures={"end_disagreement": Number(ends, 0.01)},
    )


def falling(lesson: Lesson) -> list[NetworkNumbers]:
    """Networks of which each is worse than the one before."""
    steps = len(lesson.values)
    return [
        network(lesson.label(value), 0.97 - 0.87 * place / (steps - 1), 0.05 + 0.7 * place / steps)
        for place, value in enumerate(lesson.values)
    ]


def sentences(lesson: Lesson) -> Iterator[str]:
    """Everything that a lesson says before it is run."""
    yield from lesson.question
    for prediction in lesson.predictions:
        yield prediction.question
        yield from (choice.words for choice in prediction.choices)


@pytest.mark.parametrize("name", NAMES)
def test_every_lesson_keeps_the_contract(name: str) -> None:
    lesson, entry = lesson_of(name), LESSONS[name]
    assert lesson.title == entry.label
    assert is_words(entry.help)
    assert entry.help.endswith(".")
    for text in sentences(lesson):
        assert is_words(text)
        assert text.endswith((".", "?")), text
    assert lesson.knob in RunSpec.model_fields
    assert list(lesson.values) == sorted(set(lesson.values))
    assert all(0 <= value <= 1 for value in lesson.values)
    assert len({lesson.label(value) for value in lesson.values}) == len(lesson.values)
    assert set(lesson.explored) <= set(lesson.values)
    assert 1 <= len(lesson.explored) <= MOST_COMPARED
    assert 0 < lesson.seconds < LONGEST


@pytest.mark.parametrize("name", NAMES)
def test_every_prediction_is_a_choice_between_curves(name: str) -> None:
    lesson = lesson_of(name)
    assert len({each.measure for each in lesson.predictions}) == len(lesson.predictions) > 0
    for prediction in lesson.predictions:
        assert prediction.measure in (*SCORES, *MEASURES), "no such measure"
        words = [choice.words for choice in prediction.choices]
        assert len(set(words)) == len(words) >= 2
        for choice in prediction.choices:
            assert len(choice.shares) == len(lesson.values)
            assert all(0 <= share <= 1 for share in choice.shares)
        curves = {choice.shares for choice in prediction.choices}
        assert len(curves) == len(words), "two choices are the same curve"


@pytest.mark.parametrize("name", NAMES)
def test_every_lesson_is_a_study_with_a_network_for_each_value(name: str) -> None:
    lesson = lesson_of(name)
    study = lesson.study("lesson-test")
    assert [getattr(run, lesson.knob) for run in study.runs.values()] == list(lesson.values)
    for run in study.runs.values():
        feasibility.check(run, study.analysis, otherwise="")
    longest = lesson.study(f"lesson-{name}-100")
    assert len(longest.name) <= 40


@pytest.mark.parametrize("name", NAMES)
def test_why_is_said_in_sentences_whatever_the_numbers(name: str) -> None:
    lesson = lesson_of(name)
    plain = falling(lesson)
    unfit = [replace(plain[0], interpolates=False, train_accuracy=Number(0.7)), *plain[1:]]
    equal = [replace(plain[0], label=each.label) for each in plain]
    for networks in (plain, plain[::-1], unfit, equal):
        paragraphs = lesson.why(networks)
        assert paragraphs
        for text in paragraphs:
            assert is_words(text)
            assert text.endswith(".")
            assert "None" not in text


def test_a_lesson_that_is_not_in_the_table_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="label-noise"):
        lesson_of("label-nois")


def test_every_file_of_a_lesson_has_a_line() -> None:
    folder = Path(str(lessons.__file__)).parent
    files = {file.stem for file in folder.glob("*.py")} - {"__init__", "lesson", "lesson_study"}
    named = {entry.target.partition(":")[0].rpartition(".")[2] for entry in LESSONS.values()}
    assert files <= named, "no line of LESSONS names it"


def test_the_nearest_prediction_is_that_of_the_smallest_distance() -> None:
    choices = (Choice("Low.", (0.0, 0.0)), Choice("High.", (1.0, 1.0)))
    prediction = Prediction("test_accuracy", "Test accuracy", "How high?", choices)
    assert nearest(prediction, (0.1, 0.6)) == [0]
    assert nearest(prediction, (0.6, 0.9)) == [1]
    assert nearest(prediction, (0.0, 1.0)) == [0, 1], "both are equally near"


def said(networks: list[NetworkNumbers]) -> str:
    return " ".join(label_noise.why(networks))


def test_label_noise_says_what_the_numbers_support() -> None:
    networks = falling(label_noise.LESSON)
    text = said(networks)
    assert "Every network fits its train labels" in text
    assert "The gap grows with every step" in text
    assert "cannot be told from a guess" in text
    assert "orders the five networks as their test errors do" in text


def test_label_noise_claims_nothing_that_the_numbers_do_not_show() -> None:
    networks = falling(label_noise.LESSON)
    equal = said([replace(networks[0], label=each.label) for each in networks])
    assert "no difference is seen" in equal
    assert "The gap grows with every step" not in equal
    assert "That is no difference beyond two standard errors." in equal
    unfit = replace(networks[-1], interpolates=False, train_accuracy=Number(0.62))
    text = said([*networks[:-1], unfit])
    assert "Not every network fits its train labels. Train accuracy: 100 % random: 62.0 %." in text
    assert "by heart" not in text
    better = said([*networks[:-1], replace(networks[-1], test_accuracy=share(0.3, ROWS))])
    assert "cannot be told from a guess" not in better
    swapped = [networks[1], networks[0], *networks[2:]]
    other = [replace(a, measures=b.measures) for a, b in zip(networks, swapped, strict=True)]
    assert "does not order all five" in said(other)


def test_label_noise_says_between_which_shares_the_gap_does_not_grow() -> None:
    networks = falling(label_noise.LESSON)
    flat = [networks[0], replace(networks[0], label="25 % random"), *networks[2:]]
    text = said(flat)
    assert "does not grow beyond two standard errors between 0 % random and 25 % random" in text
