"""From a click to a job: the whole background protocol as the renderer drives it, with real
jobs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from dash import Dash

from landscape_app.dashboard import factory
from landscape_app.dashboard.common import ids, launch_requests
from landscape_app.dashboard.launch import child
from landscape_app.dashboard.launch.answer_cache import AnswerCache
from landscape_app.dashboard.launch.manager import LaunchManager
from landscape_app.jobs.cancel import cancel
from landscape_app.jobs.state import AT_WORK, state
from landscape_app.settings import RunSpec, parse
from landscape_app.store import catalogue, lock
from landscape_app.store.study import StudyFolder
from tests.dashboard import launch_witness
from tests.dashboard.conftest import TINY, Page
from tests.patience import patience

URL = "/_dash-update-component"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Path]:
    """A runs folder whose jobs are ended with the test."""
    runs = tmp_path / "runs"
    yield runs
    for folder in [*runs.glob("_studies/*"), *runs.glob("[a-z]*")]:
        if (folder / lock.NAME).exists():
            cancel(folder)
    until(
        lambda: (
            not any(
                lock.holder(folder / lock.NAME)
                for folder in [*runs.glob("_studies/*"), *runs.glob("[a-z]*")]
            )
        )
    )


def until(true: Any, seconds: float = 40.0) -> None:
    end = time.monotonic() + patience(seconds)
    while not true():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.05)


def begin(page: Page, slot: str, request: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The first half: the request that starts a launch; (body, query of the polls)."""
    callback = page.callback(f"{ids.launched(slot)}.data")
    body = page.body(callback, {f"{ids.request(slot)}.data": request}, f"{ids.request(slot)}.data")
    answer = page.client.post(URL, json=body).get_json()
    return body, f"?cacheKey={answer['cacheKey']}&job={answer['job']}"


def answer_of(page: Page, slot: str, body: dict[str, Any], query: str) -> dict[str, Any]:
    """The second half: polls until the answer is there."""
    for _ in range(400):
        said = page.client.post(URL + query, json=body)
        assert said.status_code == 200, said.text
        if "response" in said.get_json():
            return dict(said.get_json()["response"][ids.launched(slot)]["data"])
        time.sleep(0.05)
    raise AssertionError("no answer")


def launch(page: Page, slot: str, request: dict[str, Any]) -> dict[str, Any]:
    return answer_of(page, slot, *begin(page, slot, request))


def spec(**changes: Any) -> dict[str, Any]:
    return parse(RunSpec, {**TINY, **changes}).model_dump(mode="json")


def test_the_job_outlives_the_launch_that_started_it(empty: Path) -> None:
    app = factory.create(empty)
    page = Page(app)
    body, query = begin(
        page, "form", launch_requests.ask("page", "run", specs=[spec(train_epochs=100_000)])
    )
    answer = answer_of(page, "form", body, query)
    folder = empty / answer["ids"][0]
    pid = lock.holder(folder / lock.NAME)
    assert pid
    # what the renderer asks for: kill what ran before
    page.client.post(f"{URL}{query.replace('job=', 'oldJob=')}", json=body)
    time.sleep(0.3)
    assert lock.holder(folder / lock.NAME) == pid


def test_two_pages_with_equal_settings_get_a_run_each_and_one_page_never_two(empty: Path) -> None:
    page = Page(factory.create(empty))
    long = [spec(train_epochs=100_000)]
    started = [
        begin(page, "form", launch_requests.ask(nonce, "run", specs=long))
        for nonce in ("one", "other", "one", "other")
    ]
    answers = [answer_of(page, "form", body, query)["ids"] for body, query in started]
    assert answers[0] == answers[2] != answers[1] == answers[3]
    assert len(catalogue.list_runs(empty)) == 2


@pytest.mark.slow
def test_a_click_becomes_runs_that_finish_and_a_study_that_waits_for_them(empty: Path) -> None:
    page = Page(factory.create(empty))
    answer = launch(
        page,
        "form",
        launch_requests.ask("page", "run", specs=[spec(regime="plain"), spec(regime="poor")]),
    )
    *runs, study = answer["ids"]
    assert answer["error"] is None
    assert StudyFolder.open(empty, study).runs == runs
    until(lambda: state(empty / "_studies" / study).state not in (*AT_WORK, "idle"))
    assert [state(empty / run).state for run in runs] == ["finished"] * 2
    assert state(empty / "_studies" / study).state == "finished", state(
        empty / "_studies" / study
    ).traceback
    listed = page.call(f"{ids.JOBS_LIST}.children", {}).text
    assert all(id in listed for id in answer["ids"])


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"do": "resume", "id": "never-was"}, "no run called 'never-was'"),
        ({"do": "resume", "id": "../../etc"}, "is no run's id"),
        ({"do": "analyse", "ids": ["never-was"]}, "no run called 'never-was'"),
        ({"do": "analyse", "ids": "never-was"}, "Tick the runs"),
        ({"do": "run", "specs": [{}], "name": "../up"}, "small letters"),
        ({"do": "run", "specs": [{}], "name": ["a"]}, "a text"),
        ({"do": "run", "specs": []}, "one to 8 runs"),
        (
            {"do": "run", "specs": [{"seeds": 0}]},
            "seeds (Directions): Input should be greater than or equal to 1, not 0.",
        ),
        (
            {"do": "run", "specs": [{"data": "npz:/etc/passwd"}]},
            "no data set called 'npz:/etc/passwd'",
        ),
        ({"do": "run", "specs": [{"network": "os:system"}]}, "no network called 'os:system'"),
        ({"do": "run", "specs": [{"sseed": 1}]}, "Did you mean 'seed'?"),
        ({"do": "format the disk"}, "nothing called 'format the disk'"),
    ],
)
def test_a_refusal_is_an_answer_in_the_command_line_s_words(
    tmp_path: Path, request_: dict[str, Any], words: str
) -> None:
    answer = child.launch(tmp_path / "runs", request_)
    assert words in str(answer["error"])
    assert answer["ids"] == []
    assert not list((tmp_path / "runs").glob("[a-z]*"))


def test_two_apps_launch_into_their_own_runs(tmp_path: Path) -> None:
    apps: list[Dash] = [factory.create(tmp_path / name) for name in ("first", "second")]
    for app, name in zip(apps, ("first", "second"), strict=True):
        answer = launch(Page(app), "row", launch_requests.ask("page", "resume", id="never-was"))
        assert str(tmp_path / name) in answer["error"]


def test_what_follows_a_launch() -> None:
    said, where, again = launch_requests.after({"ids": ["a"], "kind": "run", "error": None})
    assert where == "/jobs?show=a"
    said, where, again = launch_requests.after(
        {"ids": ["quickstart"], "kind": "quickstart", "error": None}
    )
    assert isinstance(again, int)
    said, where, again = launch_requests.after({"ids": ["grid"], "kind": "study", "error": None})
    assert where == "/study?id=grid"
    said, where, again = launch_requests.after(
        {"ids": [], "kind": "run", "error": "<script>no</script>"}
    )
    assert said[0]["message"] == "<script>no</script>", "text stays text"
    assert where is not None


def test_a_launch_that_ends_while_it_is_asked_about_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with AnswerCache(tmp_path) as cache:
        asked = LaunchManager(tmp_path, cache)
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        monkeypatch.setattr("psutil.pid_exists", lambda pid: True)  # it was there a moment ago
        assert asked.job_running(ended.pid), "its answer may have come since Dash looked for it"
        assert not asked.job_running(ended.pid)
        assert asked.job_running(os.getpid())
        assert asked.job_running(ended.pid)
        asked.terminate_job(ended.pid)
        assert asked.job_running(ended.pid), "Dash has its answer: that pid is another launch's now"


def test_an_answer_that_comes_just_after_it_was_looked_for_is_not_lost(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dash reads the answer, then asks whether the launch is at work: between the two it ends."""
    looked_for = LaunchManager.get_result

    def and_then_it_ends(self: LaunchManager, key: str, job: str) -> Any:
        answer = looked_for(self, key, job)
        until(lambda: not _at_work(job))
        return answer

    monkeypatch.setattr(LaunchManager, "get_result", and_then_it_ends)
    request = launch_requests.ask("page", "resume", id="never-was")
    assert "never-was" in launch(Page(factory.create(empty)), "row", request)["error"]


def _at_work(pid: str) -> bool:
    return psutil.pid_exists(int(pid)) and psutil.Process(int(pid)).status() != "zombie"


def test_the_launching_process_imports_no_dash_and_no_plotly(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked of the process itself: with them, every click would take a quarter of a second more."""
    monkeypatch.setattr(child, "answer", launch_witness.answer)
    request = launch_requests.ask("page", "resume", id="never-was")
    answer = launch(Page(factory.create(empty)), "row", request)
    assert "never-was" in answer["error"]
    assert answer["ids"] == [], "modules that the launching process has imported"
