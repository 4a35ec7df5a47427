"""Laws of pulses: whoever listens can stop the work, however deep it is and whatever thread it
waits for.
"""

from __future__ import annotations

import threading
import time

import pytest

from landscape_app.errors import Cancelled
from landscape_app.records.progress import Silent
from landscape_app.records.pulse import Stopped, heard, listening, pulse, waited
from tests.patience import patience


class Counting(Silent):
    """Counts the checks, and cancels at the `last` one."""

    def __init__(self, last: int = 10**9) -> None:
        self.count, self.last = 0, last

    def check(self) -> None:
        self.count += 1
        if self.count >= self.last:
            raise Cancelled


def test_every_listener_hears_every_pulse_once_and_none_afterwards():
    outer, inner = Counting(), Counting()
    with listening(outer):
        pulse()
        with listening(inner), listening(outer):
            pulse()
        pulse()
    pulse()
    assert (outer.count, inner.count) == (3, 1)


def test_a_function_that_takes_a_progress_listens_by_it():
    @heard
    def work(steps, progress):
        for _ in range(steps):
            pulse()

    progress = Counting(3)
    with pytest.raises(Cancelled):
        work(5, progress=progress)
    assert progress.count == 3
    pulse()  # nobody listens any more


def test_a_call_that_is_waited_for_gives_its_answer_or_its_error_and_hears_its_callers_listeners():
    assert waited(lambda a, *, b: a + b, 1, b=2) == 3
    with pytest.raises(ZeroDivisionError):
        waited(lambda: 1 / 0)
    progress = Counting()
    with listening(progress):
        waited(pulse)
    assert progress.count >= 1


def test_a_long_call_is_left_at_once():
    done, begun = threading.Event(), time.monotonic()
    with pytest.raises(Cancelled), listening(Counting(1)):
        waited(done.wait, 60)
    assert time.monotonic() - begun < patience(5)
    done.set()


def test_a_thread_is_stopped_by_its_event():
    event = threading.Event()
    with listening(Stopped(event)):
        pulse()
        event.set()
        with pytest.raises(Cancelled):
            pulse()
