"""One click is one launch, however often its request arrives; two pages with equal settings are two
launches.
"""

from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from landscape_app.dashboard.launch import child
from landscape_app.dashboard.launch.answer_cache import AnswerCache
from landscape_app.dashboard.launch.records import LaunchAnswer


class Work:
    """Counts how often it is done."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.count = itertools.count(1)
        self.done = 0
        self.seconds = seconds

    def __call__(self) -> LaunchAnswer:
        self.done = next(self.count)
        time.sleep(self.seconds)
        return {"ids": [f"run-{self.done}"], "kind": "run", "place": None, "error": None}


def request(nonce: str, at: int = 0, **more: Any) -> dict[str, Any]:
    return {"nonce": nonce, "at": at, "do": "run", "specs": [{"seed": 1}], **more}


def once(folder: Path, request: dict[str, Any], work: Work) -> LaunchAnswer:
    """As a launching process does it: with a cache of its own on the folder that all share."""
    with AnswerCache(folder) as cache:
        return child.once(cache, request, work)


def test_twenty_requests_of_one_click_are_one_launch(tmp_path: Path) -> None:
    work, answers = Work(0.05), list[LaunchAnswer]()
    threads = [
        threading.Thread(
            target=lambda i=i: answers.append(once(tmp_path, request("page", at=i), work))
        )
        for i in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert work.done == 1
    assert [answer["ids"] for answer in answers] == [["run-1"]] * 20, "and everyone gets its answer"


@pytest.mark.parametrize("other", [request("another page"), request("page", specs=[{"seed": 2}])])
def test_another_page_or_other_settings_are_another_launch(
    tmp_path: Path, other: dict[str, Any]
) -> None:
    work = Work()
    assert once(tmp_path, request("page"), work) != once(tmp_path, other, work)
    assert work.done == 2


def test_the_same_asked_for_again_later_is_another_launch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "WINDOW", 0.05)
    work = Work()
    once(tmp_path, request("page"), work)
    time.sleep(0.1)
    assert once(tmp_path, request("page"), work)["ids"] == ["run-2"]


def test_a_launch_that_takes_longer_than_the_window_is_one_launch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "WINDOW", 0.05)
    work = Work(0.5)
    first = threading.Thread(target=once, args=(tmp_path, request("page"), work))
    first.start()
    time.sleep(0.2)
    assert once(tmp_path, request("page", at=1), work)["ids"] == ["run-1"]
    first.join()
    assert work.done == 1


def test_a_launch_that_was_killed_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "LONGEST", 0.05)
    monkeypatch.setattr(child, "PATIENCE", 0.0)

    def killed() -> LaunchAnswer:
        raise KeyboardInterrupt

    with AnswerCache(tmp_path) as cache:
        with pytest.raises(KeyboardInterrupt):
            child.once(cache, request("page"), killed)
        time.sleep(0.1)
        assert child.once(cache, request("page"), Work())["ids"] == ["run-1"]


def test_clicks_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "WINDOW", 0.01)
    for index in range(20):
        once(tmp_path, request(f"page {index}"), Work())
    time.sleep(0.05)
    with AnswerCache(tmp_path) as cache:
        cache.expire()
        assert len(cache) == 0
    assert {path.name.partition("-")[0] for path in tmp_path.iterdir()} == {"cache.db"}
