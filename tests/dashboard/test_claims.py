"""One click is one launch, however often its request arrives; two pages with equal settings are two
launches.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from landscape_app.dashboard.claims import KEPT, WINDOW, once


class Work:
    """Counts how often it is done."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.count = itertools.count(1)
        self.done = 0
        self.seconds = seconds

    def __call__(self) -> dict[str, Any]:
        self.done = next(self.count)
        time.sleep(self.seconds)
        return {"ids": [f"run-{self.done}"], "error": None}


def request(nonce: str, at: int = 0, **more: Any) -> dict[str, Any]:
    return {"nonce": nonce, "at": at, "do": "run", "specs": [{"seed": 1}], **more}


def test_twenty_requests_of_one_click_are_one_launch(tmp_path: Path) -> None:
    work, answers = Work(0.05), list[dict[str, Any]]()
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


def test_the_same_asked_for_again_later_is_another_launch(tmp_path: Path) -> None:
    work = Work()
    once(tmp_path, request("page"), work)
    age(tmp_path, WINDOW + 1)
    assert once(tmp_path, request("page"), work)["ids"] == ["run-2"]


def test_claims_are_swept_away(tmp_path: Path) -> None:
    for index in range(5):
        once(tmp_path, request(f"page {index}"), Work())
    age(tmp_path, KEPT + 1)
    once(tmp_path, request("page"), Work())
    assert len(list(tmp_path.iterdir())) == 1


def age(folder: Path, seconds: float) -> None:
    for claim in folder.iterdir():
        os.utime(claim, (time.time() - seconds,) * 2)
