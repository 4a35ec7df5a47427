"""Pictures are worked out beside the requests: one at a time, and what is asked for meanwhile is
the last one that there is.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from landscape_app.dashboard.common import pictures
from landscape_app.dashboard.common.pictures import MOST_KEPT, MOST_WAITING, Pictures
from landscape_app.errors import StorageError
from tests.patience import patience

KEY = ("folder", "pca 3")


def test_a_small_picture_is_there_at_once_and_is_made_once() -> None:
    made, all = list[int](), Pictures()
    for _ in range(3):
        assert all.get(KEY, "state", lambda: made.append(1) or "picture") == "picture"
    assert made == [1]
    assert all.get(KEY, "next state", lambda: "another") == "picture", (
        "the last one, until the next is there"
    )
    assert until(lambda: all.get(KEY, "next state", str) == "another")


def test_no_request_waits_for_a_large_one_and_one_is_made_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "PATIENCE", 0.01)
    at_work, most, gate, all = list[int](), list[int](), threading.Event(), Pictures()

    def work() -> str:
        at_work.append(1)
        most.append(len(at_work))
        gate.wait(patience(10))
        at_work.pop()
        return "picture"

    begun = time.monotonic()
    before = all.stamp("folder")
    assert [all.get(("folder", str(index)), "state", work) for index in range(5)] == [None] * 5
    assert time.monotonic() - begun < patience(1)
    assert all.stamp("folder") == before
    gate.set()
    assert until(lambda: all.get(("folder", "4"), "state", work) == "picture")
    assert max(most) == 1
    assert all.stamp("folder") != before, "the page sees that there is more to draw"
    assert all.stamp("other") == before


def test_what_goes_wrong_is_raised_where_it_is_asked_for() -> None:
    all = Pictures()

    def work() -> Any:
        raise StorageError("the disk is gone")

    with pytest.raises(StorageError, match="the disk is gone"):
        all.get(KEY, "state", work)
    assert until(lambda: all.get(KEY, "next state", lambda: "sound") == "sound")


def test_queue_and_memory_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PATIENCE", 0.0)
    gate, all = threading.Event(), Pictures()
    for index in range(3 * MOST_WAITING):
        all.get(("folder", str(index)), "state", lambda: gate.wait(patience(10)))
    assert len(all._waiting) == MOST_WAITING
    gate.set()
    for index in range(3 * MOST_KEPT):
        assert until(
            lambda index=index: (
                all.get(("folder", str(index)), "again", lambda: "picture") == "picture"
            )
        )
    assert len(all._made) == MOST_KEPT


def until(true: Any, seconds: float = 10.0) -> bool:
    end = time.monotonic() + patience(seconds)
    while not (done := _held(true)) and time.monotonic() < end:
        time.sleep(0.005)
    return done


def _held(true: Any) -> bool:
    try:
        return bool(true())
    except StorageError:
        return False
