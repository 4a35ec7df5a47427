"""Numbers of jobs in words: how long, what share, how much, how many."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.common.job_parts import rate, share, steps
from landscape_app.dashboard.jobs import rows
from landscape_app.jobs.state import JobState
from landscape_app.number_text import duration, size


@given(st.one_of(st.none(), st.floats(), st.integers(-10, 10**7)))
def test_a_duration_is_short_and_never_a_power_of_ten(seconds: float | None) -> None:
    words = duration(seconds)
    assert words == "–" or (
        "e" not in words and any(unit in words for unit in (" s", " min", " h"))
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (3599.6, "1 h 00 min"),
        (7500, "2 h 05 min"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.floats(0, 1e6))
def test_shares_stay_between_nothing_and_all(done: int, total: int, per_second: float) -> None:
    job = JobState("running", done=done, total=total, unit="epochs", rate=per_second)
    assert share(job) is None if total == 0 else 0 <= (share(job) or 0) <= 100
    assert "e+" not in rate(job) + steps(job)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (55_432_100, "55.4 MB"),
        (1_234_000_000, "1.23 GB"),
    ],
)
def test_sizes(count: float, words: str) -> None:
    assert size(count) == words


def test_counts_name_every_state_that_occurs(runs: Path) -> None:
    assert rows.count(Board(runs).entries()) == "3 not started · 1 finished"
    for entry in Board(runs).entries():  # no dash for a time that is no time
        assert rows.cells(entry)["left"] == ""
        assert (rows.cells(entry)["elapsed"] == "") == (entry.job.state == "idle")
