"""Laws of a study that is asked for again: cancelled it goes on to the same bytes, whole it
computes nothing, another grid of its name is refused.
"""

from __future__ import annotations

import shutil

import pytest

from landscape_app.analysis.statistics.csv_table import from_csv
from landscape_app.analysis.statistics.report import report
from landscape_app.errors import Cancelled, RunMissingError, SpecError
from landscape_app.jobs.session import session
from landscape_app.pipeline import studies
from landscape_app.store.run import RunFolder
from tests.pipeline.tiny_study import IDS, TINY, begun_again, folder_of, spec, stopping

pytestmark = pytest.mark.slow


def test_the_same_table_from_a_file_says_the_same(whole):
    runs, table, told = whole
    read = from_csv((folder_of(runs) / "table.csv").read_text())
    assert read.ids == table.ids
    again = report(read, spec().statistics).model_dump()
    for stratum, before in zip(again["strata"], told["strata"], strict=True):
        lines, stored = (
            [{key: value for key, value in line.items() if key != "label"} for line in measures]
            for measures in (stratum["measures"], before["measures"])
        )
        assert lines == stored


def test_cancelled_anywhere_it_goes_on_to_the_same_bytes(whole, tmp_path):
    runs, _, _ = whole
    again = tmp_path / "runs"
    begun_again(runs, again)
    finished: list[str] = []
    for steps in (12, 20, 34, 58, 98):  # how many steps a run takes is for its plan to say
        if not finished:
            with pytest.raises(Cancelled):
                studies.run(again, spec(), session=stopping(steps))
            finished = [id for id in IDS if RunFolder.open(again, id).finished]
    assert 0 < len(finished) < len(IDS)
    studies.run(again, spec(), session=session)
    for file in ("table.csv", "table.json", "statistics.csv", "statistics.json", "figures.html"):
        assert (folder_of(again) / file).read_bytes() == (folder_of(runs) / file).read_bytes()


def test_run_again_it_computes_nothing(whole):
    runs, _, told = whole
    written = {
        path: path.stat().st_mtime_ns
        for pattern in ("*.safetensors", "result.json")
        for path in runs.rglob(pattern)
    }
    _, again = studies.run(runs, studies.stored(runs, "tiny"), session=session)
    assert {path: path.stat().st_mtime_ns for path in written} == written
    assert again["strata"] == told["strata"]


def test_only_the_table_of_what_is_there_names_what_is_not(whole, tmp_path):
    runs, _, _ = whole
    again = tmp_path / "runs"
    shutil.copytree(runs, again)
    shutil.rmtree(again / IDS[0] / "derived")
    table, told = studies.run(again, spec(), session=None, only_table=True)
    assert list(table.ids) == IDS[1:]
    assert told["missing"] == {IDS[0]: "it is not analysed"}
    assert told["strata"][0]["networks"] == 3
    with pytest.raises(RunMissingError):
        studies.run(again, spec(name="another"), session=None, only_table=True)
    assert not (again / "another-plain-s0").exists()


def test_other_statistics_are_said_and_the_study_keeps_its_own(whole):
    runs, _, _ = whole
    other = spec().statistics.model_copy(update={"gap": "gap_loss", "controls": ()})
    _, told = studies.run(runs, spec(), session=session, only_table=True, statistics=other)
    assert told["gap"] == "gap_loss"
    assert told["strata"][0]["measures"][0]["partial"] is None
    assert studies.stored(runs, "tiny") == spec()
    studies.run(runs, spec(), session=session, only_table=True)


def test_another_grid_of_the_same_name_is_refused(whole):
    runs, _, _ = whole
    with pytest.raises(SpecError, match="of another grid"):
        studies.open_study(runs, spec(seeds=3))
    with pytest.raises(SpecError, match="a run 'tiny-plain-s0' with other settings"):
        studies.open_study(runs, spec(settings={**TINY, "epochs": 8}))
