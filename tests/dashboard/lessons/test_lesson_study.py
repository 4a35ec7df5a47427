"""The study of a lesson: made once, gone on with, and never taken for another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from landscape_app.dashboard.launch import starts
from landscape_app.dashboard.lessons import LESSONS, lesson_study
from landscape_app.errors import RunMissingError
from landscape_app.jobs import launch
from landscape_app.jobs.session import session
from landscape_app.pipeline import studies
from landscape_app.store import notes
from landscape_app.store.folder import STUDIES
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.dashboard.lessons import toy_lesson
from tests.dashboard.lessons.toy_lesson import LESSON, NAME

pytestmark = pytest.mark.slow


class Started:
    """The jobs that were launched, in place of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folders: list[str] = []
        monkeypatch.setitem(LESSONS, NAME, toy_lesson.ENTRY)
        monkeypatch.setattr(launch, "launch", self)

    def __call__(self, folder: Path, argv: list[str], **_: object) -> None:
        self.folders.append(folder.name)


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> Started:
    return Started(monkeypatch)


def finish(runs: Path, id: str) -> None:
    """Do what the job of the study would do."""
    studies.run(runs, studies.stored(runs, id), session=session)


def test_a_lesson_is_a_study_of_its_own_whose_networks_have_names(
    tmp_path: Path, jobs: Started
) -> None:
    assert lesson_study.existing(tmp_path, NAME) is None
    id = lesson_study.start(tmp_path, NAME)
    assert id == "lesson-toy"
    assert jobs.folders == [id]
    assert lesson_study.existing(tmp_path, NAME) == id
    members = StudyFolder.open(tmp_path, id).runs
    labels = [notes.read(tmp_path / run).label for run in members]
    assert labels == ["toy 0", "toy 0.5", "toy 1"]
    shares = [RunFolder.open(tmp_path, run).spec.label_corruption for run in members]
    assert shares == list(LESSON.values)


def test_a_study_that_was_stopped_is_gone_on_with(tmp_path: Path, jobs: Started) -> None:
    id = lesson_study.start(tmp_path, NAME)
    assert lesson_study.start(tmp_path, NAME) == id
    assert jobs.folders == [id, id], "it is resumed, and no second one is made"


@pytest.mark.slow
def test_a_finished_study_is_not_computed_again(tmp_path: Path, jobs: Started) -> None:
    id = lesson_study.start(tmp_path, NAME)
    finish(tmp_path, id)
    assert lesson_study.start(tmp_path, NAME) == id
    assert jobs.folders == [id], "nothing is started"


def test_a_study_of_that_name_with_other_settings_is_left_alone(
    tmp_path: Path, jobs: Started
) -> None:
    lesson = replace(LESSON, settings={**LESSON.settings, "epochs": 9})
    launch.start_study(tmp_path, lesson.study("lesson-toy"))
    assert lesson_study.existing(tmp_path, NAME) is None
    assert lesson_study.start(tmp_path, NAME) == "lesson-toy-2"
    assert lesson_study.existing(tmp_path, NAME) == "lesson-toy-2"
    assert RunFolder.open(tmp_path, "lesson-toy-label_corruption0.0-s0").spec.epochs == 9


def test_a_damaged_study_is_not_taken_for_the_lesson(tmp_path: Path, jobs: Started) -> None:
    id = lesson_study.start(tmp_path, NAME)
    (tmp_path / STUDIES / id / "grid.json").write_text("{")
    assert lesson_study.existing(tmp_path, NAME) is None


def test_the_launch_of_a_lesson_takes_a_name_of_the_table_alone(
    tmp_path: Path, jobs: Started
) -> None:
    for name in ("no-lesson", "../../etc", ""):
        answer = starts.start(tmp_path, {"do": "lesson", "lesson": name})
        assert "no lesson called" in str(answer["error"])
        assert answer["ids"] == []
    assert jobs.folders == []
    with pytest.raises(RunMissingError):
        StudyFolder.open(tmp_path, "lesson-toy")
    answer = starts.start(tmp_path, {"do": "lesson", "lesson": NAME})
    assert answer == {"ids": ["lesson-toy"], "kind": "lesson", "place": None, "error": None}
