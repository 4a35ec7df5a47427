"""Laws of the limits of a job: it stops, says why, keeps what is committed, and goes on under a
larger limit.
"""

from __future__ import annotations

import pytest

from landscape_app.errors import SpecError
from landscape_app.jobs import job_limits, status
from landscape_app.jobs.state import state

SECONDS = 1 / 3600  # h


@pytest.mark.parametrize("work", [("steps", 600, 0.05), ("stubborn",)])
@pytest.mark.parametrize("name", [job_limits.HOURS, job_limits.MEMORY])
def test_a_job_that_passes_a_limit_stops_and_says_which(work, name, jobs, monkeypatch):
    monkeypatch.setenv(name, str(0.5 * SECONDS if name == job_limits.HOURS else 0.001))
    folder = jobs.start(jobs.run(), *work)
    end = jobs.ended(folder)
    assert end.state == "failed"
    assert name in end.message
    assert "Resume goes on" in end.message
    assert end.message in (folder / status.LOG).read_text()
    monkeypatch.setenv(name, "100")
    assert jobs.ended(jobs.start(folder, "steps", 3, 0.01)).state == "finished"


def test_under_its_limits_a_job_ends_as_without_them(jobs, monkeypatch):
    monkeypatch.setenv(job_limits.HOURS, "1")
    monkeypatch.setenv(job_limits.MEMORY, "50")
    folder = jobs.start(jobs.run(), "steps", 8, 0.2)
    assert (jobs.ended(folder).state, state(folder).message) == ("finished", "")


def test_the_memory_is_that_of_all_processes_of_the_job():
    alone = job_limits.memory_in_use()
    block = bytearray(200_000_000)
    more = job_limits.memory_in_use() - alone
    assert 190e6 < more < 250e6, more
    assert len(block) == 200_000_000


@pytest.mark.parametrize("text", ["0", "-1", "soon", "nan", "inf"])
def test_what_is_no_limit_is_refused(text, monkeypatch):
    with pytest.raises(SpecError, match=r"LANDSCAPE_JOB_HOURS must be a number above 0"):
        job_limits.checked(job_limits.HOURS, text)
    monkeypatch.setenv(job_limits.HOURS, text)
    with pytest.raises(SpecError, match="number above 0"):
        job_limits.environment(None, None)
    assert job_limits.environment(2, None) == {job_limits.HOURS: "2"}
