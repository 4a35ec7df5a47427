"""Laws of the quickstart study, end to end and small: run again it reuses, interrupted it goes on,
what it prints is what it stored.
"""

from __future__ import annotations

import json

import pytest

from landscape_app.cli.main import main
from landscape_app.errors import Cancelled
from landscape_app.jobs.session import session
from landscape_app.jobs.state import state
from landscape_app.pipeline.quickstart import quickstart
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.pipeline.tiny_study import stopping

pytestmark = pytest.mark.slow

SMALL = {"train_epochs": 30, "epochs": 12, "seeds": 3, "step_sizes": (0.5, 1.0)}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    return runs, quickstart(runs, session=session, changes=SMALL)


def test_it_trains_three_regimes_at_one_t_with_all_that_was_asked_for(finished):
    _, report = finished
    assert [run["regime"] for run in report["runs"]] == ["good", "plain", "poor"]
    assert {run["snapshots"] for run in report["runs"]} == {1 + 9 * 13}
    assert {run["parameters"] for run in report["runs"]} == {8_970}
    assert len({run["embedding"]["t"] for run in report["runs"]}) == 1
    assert all(run["embedding"]["components"] == 1 for run in report["runs"])
    assert report["joint"]["demap"] > 0.5
    assert all(run["checks_passed"] >= 4 for run in report["runs"])
    assert json.dumps(report)


def test_run_again_it_reuses_everything(finished):
    runs, report = finished
    digests = {run["id"]: RunFolder.open(runs, run["id"]).digest() for run in report["runs"]}
    written = {path: path.stat().st_mtime_ns for path in runs.rglob("*.safetensors")}
    again = quickstart(runs, session=session, changes=SMALL)
    assert {key: value for key, value in again.items() if key != "seconds"} == {
        k: v for k, v in report.items() if k != "seconds"
    }
    assert {path: path.stat().st_mtime_ns for path in runs.rglob("*.safetensors")} == written
    assert {run["id"]: RunFolder.open(runs, run["id"]).digest() for run in again["runs"]} == digests
    assert again["seconds"] < report["seconds"]


def test_a_fresh_one_stands_beside_it(finished):
    runs, _ = finished
    with pytest.raises(Cancelled):
        quickstart(runs, session=stopping(2), changes=SMALL, fresh=True)
    assert StudyFolder.open(runs, "quickstart-2").made_by == "quickstart"
    assert StudyFolder.open(runs, "quickstart-2").runs == [
        "quickstart-2-good",
        "quickstart-2-plain",
        "quickstart-2-poor",
    ]


@pytest.mark.exhaustive  # cancelled studies of every other kind go on in test_study_again.py
def test_cancelled_in_the_middle_it_goes_on_to_the_end(finished):
    runs, _ = finished
    with pytest.raises(Cancelled):
        quickstart(runs, session=stopping(60), changes=SMALL, study="quickstart-3")
    assert not RunFolder.open(runs, "quickstart-3-poor").finished
    assert main(["resume", "quickstart-3", "--runs", str(runs)]) == 0
    assert state(StudyFolder.open(runs, "quickstart-3").path).state == "finished"
    assert all(
        RunFolder.open(runs, f"quickstart-3-{regime}").finished
        for regime in ("good", "plain", "poor")
    )
