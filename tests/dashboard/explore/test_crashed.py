"""Law of crashes in Explore: a job on a sampled run that came to nothing is named, and takes
nothing from what there is to see.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from landscape_app.dashboard.explore import reading
from landscape_app.dashboard.explore.header import chips

LIVE = {
    "state": "running",
    "pid": 1,
    "queued": 1.0,
    "updated": 2.0,
    "command": "curvature",
    "phase": "trace",
}


@pytest.mark.parametrize(
    ("state", "words"),
    [("running", "curvature interrupted"), ("failed", "curvature failed"), ("finished", "")],
)
def test_a_crashed_job_is_named_and_the_run_is_drawn_as_before(
    state: str, words: str, troubled: Path, look
) -> None:
    before = look(troubled, "good")
    (troubled / "good" / "status.json").write_text(
        json.dumps(LIVE | {"state": state, "message": "no room" if state == "failed" else ""})
    )
    after: reading.Comparison = look(troubled, "good")
    one = after.runs[0]
    assert (one.state, one.job, one.ended) == (before.runs[0].state, "", words)
    assert after.unfinished == before.unfinished, "nothing more to wait for"
    assert words in repr(chips(after))
    assert words in after.failed
    assert ("no room" in after.failed) == (state == "failed")
