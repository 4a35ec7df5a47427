"""Laws of the progress of a task on a cluster: no step counts twice, whatever is lost or late."""

from __future__ import annotations

from concurrent.futures import Future

from hypothesis import given
from hypothesis import strategies as st

from landscape_app.pipeline.crew import Task
from landscape_app.pipeline.dask_flights import Flight
from landscape_app.records.progress import Silent


class Counted(Silent):
    """Counts what is told."""

    def __init__(self):
        self.done = self.skipped = 0
        self.phases = []

    def advance(self, steps=1):
        self.done += steps

    def skip(self, steps):
        self.skipped += steps

    def phase(self, name, total=0, unit=""):
        self.phases.append((name, total, unit))
        self.done = self.skipped = 0


def flight():
    return Flight(Task("runs", ("one",)), "key", Future())


def message(attempt, *words):
    return {"key": "key", "attempt": attempt, "words": list(words)}


WORDS = st.lists(st.tuples(st.sampled_from(["advance", "skip"]), st.integers(1, 9)), max_size=9)


@given(attempts=st.lists(WORDS, min_size=1, max_size=4), heard=st.integers(0, 9))
def test_at_the_end_as_many_steps_are_told_as_the_last_attempt_counted(attempts, heard):
    """Attempts that were lost may have told more; the last words may come late or not at all."""
    task, progress, most = flight(), Counted(), 0
    for number, words in enumerate(attempts):
        for name, steps in words[:heard]:
            task.hear(message(str(number), {name: steps}), progress)
        most = max(most, sum(steps for _, steps in words[:heard]))
    last = sum(steps for _, steps in attempts[-1])
    task.count(last, progress)
    assert progress.done + progress.skipped == max(most, last)


def test_a_phase_begins_again_with_a_new_attempt():
    task, progress = flight(), Counted()
    task.hear(message("a", {"phase": ["training", 9, "epochs"]}, {"advance": 5}), progress)
    task.hear(message("b", {"phase": ["training", 9, "epochs"]}, {"skip": 4}), progress)
    task.hear(message("b", {"advance": 5}), progress)
    assert (progress.done, progress.skipped) == (5, 4)
    assert progress.phases == [("training", 9, "epochs")] * 2


def test_a_log_is_passed_on(caplog):
    task = flight()
    assert not task.begun
    task.hear(message("a", {"log": [30, "careful"]}), Silent())
    assert task.begun
    assert [record.getMessage() for record in caplog.records] == ["careful"]
