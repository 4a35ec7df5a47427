"""Laws of the slot: one at a time, in the order of launching, and the dead do not stand in the
queue.
"""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from landscape_app.jobs import slots, status
from landscape_app.store import lock
from tests.jobs.conftest import until
from tests.patience import patience


def queue(runs, number, order, release, monkeypatch):
    """A waiter launched at time `number`, in a thread of its own."""

    def work():
        with slots.slot(runs, lambda: None):
            order.append(number)
            release.wait(patience(20))

    monkeypatch.setenv(slots.PLACE, str(number))
    waiter = threading.Thread(target=work)
    waiter.start()
    until(
        lambda: (
            any(f"-{number:020d}-" in ticket.name for ticket in tickets(runs)) or number in order
        )
    )
    return waiter


def tickets(runs):
    return list((runs / slots.FOLDER).glob("*.ticket"))


def test_the_slot_is_given_in_the_order_of_launching(tmp_path, monkeypatch):
    order, first, others = [], threading.Event(), threading.Event()
    others.set()
    waiters = [queue(tmp_path, 5, order, first, monkeypatch)]
    until(lambda: order == [5])
    waiters += [queue(tmp_path, number, order, others, monkeypatch) for number in (9, 7, 8)]
    assert order == [5]
    first.set()
    for waiter in waiters:
        waiter.join()
    assert order == [5, 7, 8, 9]
    assert tickets(tmp_path) == []


def test_whoever_died_in_the_queue_is_passed_over(tmp_path, monkeypatch):
    order, release = [], threading.Event()
    release.set()
    queue(tmp_path, 3, order, release, monkeypatch).join()
    lockfile = next((tmp_path / slots.FOLDER).glob("*.lock"))
    dead = lockfile.with_name(f"{lockfile.stem}-{1:020d}-dead.ticket")
    dead.touch()
    queue(tmp_path, 4, order, release, monkeypatch).join()
    assert order == [3, 4]
    assert not dead.exists()


def test_who_gives_up_waiting_leaves_the_queue(tmp_path):
    def give_up():
        if tickets(tmp_path):
            raise InterruptedError

    with pytest.raises(InterruptedError), slots.slot(tmp_path, give_up):
        pytest.fail("it had the slot")
    assert tickets(tmp_path) == []
    with slots.slot(tmp_path, lambda: None):
        assert lock.holder(next((tmp_path / slots.FOLDER).glob("*.lock"))) == os.getpid()


def test_numbers_follow_each_other_whatever_the_clock_says(tmp_path, monkeypatch):
    monkeypatch.setattr(time, "time_ns", iter(range(9, 0, -1)).__next__)
    assert [slots.draw(tmp_path) for _ in range(4)] == [1, 2, 3, 4]


def test_a_number_is_drawn_once_by_many_at_once(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda _: slots.draw(tmp_path), range(200)))
    assert sorted(drawn) == list(range(1, 201))


@pytest.mark.parametrize("content", ["", "x", "-3", "9" * 40, "²"])
def test_whatever_stands_in_its_file_what_comes_next_is_behind_who_waits(tmp_path, content):
    slots.draw(tmp_path)
    (file,) = (tmp_path / slots.FOLDER).glob("*.sequence")
    file.write_text(content)
    waiting = file.with_name(f"{file.stem}-{70:020d}-abcd.ticket")
    waiting.touch()
    assert slots.draw(tmp_path) > 70


def test_who_waits_says_for_what(tmp_path, monkeypatch, caplog):
    """Once a job, whose study comes before its runs."""
    order, releases = [], [threading.Event() for _ in range(2)]
    working = {"pid": os.getpid(), "state": "running"}
    for folder in (tmp_path / "_studies" / "both", tmp_path / "both-1", tmp_path / "idle"):
        folder.mkdir(parents=True)
        status.write(folder, working if folder.name != "idle" else working | {"state": "finished"})
    with caplog.at_level("INFO", "landscape"):
        first = queue(tmp_path, 1, order, releases[0], monkeypatch)
        until(lambda: order == [1])
        assert not caplog.messages
        second = queue(tmp_path, 2, order, releases[1], monkeypatch)
        until(lambda: caplog.messages)
        time.sleep(3 * slots.POLL)
        for release in releases:
            release.set()
        for waiter in (first, second):
            waiter.join()
    assert caplog.messages == ["waits for both, which is at work"]
