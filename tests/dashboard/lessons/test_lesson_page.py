"""The page of a lesson without a browser: nothing is revealed before a prediction stands, a click
trains what is not there yet, and what came out stands beside what was predicted.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from dash import no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard import factory, shell
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.lessons import LESSONS, lesson_study
from landscape_app.dashboard.page_table import PAGES, Page
from landscape_app.dashboard.teaching import callbacks, ids
from landscape_app.jobs import launch
from landscape_app.jobs.session import session
from landscape_app.pipeline import studies
from landscape_app.store.study import StudyFolder
from tests.dashboard.conftest import Page as Browser
from tests.dashboard.explore.test_words import text
from tests.dashboard.lessons import toy_lesson
from tests.dashboard.lessons.toy_lesson import FALLS, LESSON, NAME, STAYS

pytestmark = pytest.mark.slow

CONTROLS = [ids.choice(NAME, prediction.measure) for prediction in LESSON.predictions]
MADE = {NAME: {"test_accuracy": 1, "end_disagreement": 0}}


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LESSONS, NAME, toy_lesson.ENTRY)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the finished study of the toy lesson."""
    runs = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(LESSONS, NAME, toy_lesson.ENTRY)
        patch.setattr(launch, "launch", lambda *_, **__: None)
        id = lesson_study.start(runs, NAME)
        studies.run(runs, studies.stored(runs, id), session=session)
    return runs


def of(runs: Path) -> Context:
    """What the functions of the page are given."""
    return factory.context_of(factory.create(runs).server, runs)


def stand(runs: Path, values: list[Any], made: Any = None) -> tuple[Any, ...]:
    """(button, whether it is off, hint, whether the predictions are fixed, state, bar)."""
    return callbacks.stand(of(runs), 1, values, made, CONTROLS, NAME, None)[:-1]


def show(runs: Path, made: Any, scheme: str = "light") -> tuple[Any, ...]:
    return callbacks.show(of(runs), 1, made, scheme, NAME, None)


def go(runs: Path, values: list[Any], made: Any = None) -> tuple[Any, Any]:
    return callbacks.go(of(runs), 1, values, CONTROLS, NAME, made, "nonce")


def test_a_prediction_comes_first(tmp_path: Path) -> None:
    button, off, hint, fixed, state, bar = stand(tmp_path, ["0", None])
    assert (button, off, fixed, state, bar) == ("Train the 3 networks", True, False, [], [])
    assert "Choose one answer to each of the 2 questions." in hint
    assert "about 5 s on two idle cores" in hint
    assert stand(tmp_path, ["0", "1"])[1] is False
    with pytest.raises(PreventUpdate):
        go(tmp_path, ["0", None])


@pytest.mark.parametrize(
    "made", [None, {}, [], "x", {NAME: []}, {NAME: {"test_accuracy": 0}}, {"other": {}},
             {NAME: {"test_accuracy": 7, "end_disagreement": 0}},
             {NAME: {"test_accuracy": "<b>", "end_disagreement": -1}}],
)  # fmt: skip
def test_nothing_is_revealed_before_the_predictions_stand(trained: Path, made: Any) -> None:
    hidden, figures, verdicts, tables, why, _ = show(trained, made)
    assert hidden is True
    assert figures == verdicts == tables == [no_update] * 2
    assert why is no_update


def test_a_click_keeps_the_predictions_and_asks_for_the_study(tmp_path: Path) -> None:
    made, request = go(tmp_path, ["1", "0"], {"other": {"x": 1}})
    assert made == {"other": {"x": 1}, **MADE}
    assert {key: request[key] for key in ("do", "lesson", "nonce")} == {
        "do": "lesson",
        "lesson": NAME,
        "nonce": "nonce",
    }


def test_between_click_and_study_the_page_says_what_comes(tmp_path: Path) -> None:
    button, off, hint, fixed, *_ = stand(tmp_path, ["1", "0"], MADE)
    assert (button, off, fixed) == ("Train the 3 networks", False, False)
    assert "The study begins in a moment." in hint


def test_what_is_there_is_shown_and_not_computed_again(trained: Path) -> None:
    button, off, hint, fixed, state, bar = stand(trained, ["1", "0"])
    assert (button, off, fixed, bar) == ("Show the result", False, False, [])
    assert "Nothing is computed again." in hint
    assert "finished" in text(state)
    made, request = go(trained, ["1", "0"])
    assert made == MADE
    assert request is no_update


def test_predictions_that_stand_are_fixed_until_they_are_taken_back(trained: Path) -> None:
    button, off, _, fixed, *_ = stand(trained, [None, None], MADE)
    assert (button, off, fixed) == ("Predict again", False, True)
    made, request = go(trained, ["1", "0"], {**MADE, "other": {"x": 1}})
    assert (made, request) == ({"other": {"x": 1}}, no_update)


def test_the_result_stands_beside_the_prediction(trained: Path) -> None:
    hidden, figures, verdicts, tables, why, _ = show(trained, MADE)
    assert hidden is False
    predicted, measured = figures[0].data
    assert list(predicted.y) == [1.0, 1.0, 1.0]
    assert list(predicted.x) == list(measured.x) == [0.0, 0.5, 1.0]
    shares = [
        callbacks.reading.read(of(trained), NAME).networks[place].numbers.test_accuracy.value
        for place in range(3)
    ]
    assert list(measured.y) == shares
    assert verdicts[0].startswith(f"You predicted: {STAYS}")
    for share in shares:
        assert f"{100 * share:.1f} ±" in text(tables[0]), "the table says what the figure shows"
    said = text(why)
    assert said.startswith(f"toy 0 has a test accuracy of {shares[0]:.2f}.")
    first, _, last = StudyFolder.open(trained, "lesson-toy").runs
    assert f"/?runs={first},{last}" in str(why)
    assert "/study?id=lesson-toy" in str(why)


def test_another_prediction_has_another_verdict(trained: Path) -> None:
    other = {NAME: {**MADE[NAME], "test_accuracy": 0}}
    said = [show(trained, made)[2][0] for made in (MADE, other)]
    assert said[0] != said[1]
    assert said[1].startswith(f"You predicted: {FALLS}")
    assert sum("this is the nearest" in words for words in said) == 1


def test_figures_come_in_the_colours_of_the_page(trained: Path) -> None:
    light, dark = (show(trained, MADE, scheme)[1][0] for scheme in ("light", "dark"))
    assert light.data[1].line.color != dark.data[1].line.color
    assert light.layout.template != dark.layout.template


def test_a_figure_is_sent_again_only_when_a_number_changed(trained: Path) -> None:
    context = of(trained)
    *_, seen = callbacks.show(context, 1, MADE, "light", NAME, None)
    with pytest.raises(PreventUpdate):
        callbacks.show(context, 2, MADE, "light", NAME, seen)


def test_before_all_numbers_are_there_the_reasons_wait(tmp_path: Path, trained: Path) -> None:
    runs = tmp_path / "runs"
    shutil.copytree(trained, runs)
    shutil.rmtree(runs / StudyFolder.open(runs, "lesson-toy").runs[-1] / "derived")
    _, figures, verdicts, _, why, _ = show(runs, MADE)
    assert [len(figure.data[1].x) for figure in figures] == [3, 2], "each as it comes"
    assert "2 of 3 networks" in verdicts[1]
    assert text(why).startswith("The study has ended, and some numbers are missing.")
    assert "has a test accuracy" not in text(why)


def test_a_study_that_ended_badly_is_said_with_a_way_on(tmp_path: Path, trained: Path) -> None:
    runs = tmp_path / "runs"
    shutil.copytree(trained, runs)
    status = runs / "_studies" / "lesson-toy" / "status.json"
    told = json.loads(status.read_text())
    status.write_text(json.dumps({**told, "state": "failed", "message": "The disk is full."}))
    button, _, _, _, state, _ = stand(runs, ["1", "0"])
    assert button == "Go on with the study"
    assert "failed" in text(state)
    assert "The disk is full." in text(state)
    assert go(runs, ["1", "0"])[1]["do"] == "lesson"


def test_lessons_are_listed_and_each_has_an_address(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(LESSON.title, "landscape_app.dashboard.teaching:lesson", query={"name": NAME})
    monkeypatch.setitem(PAGES, f"/lessons/{NAME}", page)
    context = of(trained)
    listed = shell.render(context, "/lessons", "")[1]
    assert f"/lessons/{NAME}" in str(listed)
    assert text(listed).count("its result is here") == 1
    shown = text(shell.render(context, f"/lessons/{NAME}", "?name=label-noise")[1])
    assert LESSON.question[0] in shown, "the address decides which lesson"
    served = Browser(factory.create(trained))
    assert served.callback(f"{ids.REVEAL}.hidden")
