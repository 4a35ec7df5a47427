"""Laws of the stored experiment: it is computed once for its label, its table and its samples, and
a result of another form is left out.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from landscape_app.pipeline import experiment, stored_experiment
from landscape_app.records.experiment import Experiment
from landscape_app.records.progress import Silent
from landscape_app.records.study_table import StudyTable
from landscape_app.settings import AnalysisSpec
from landscape_app.store import derived
from landscape_app.store.study import StudyFolder
from tests.pipeline.test_experiment import QUICK, study

pytestmark = pytest.mark.slow

__all__ = ["study"]  # the runs and their table, made once
LABEL = "weight_decay"
Made = tuple[Path, StudyTable, StudyFolder, Experiment]


@pytest.fixture(scope="module")
def made(study: tuple[Path, StudyTable]) -> Made:
    runs, networks = study
    folder = StudyFolder.create(runs, "grid", networks.ids, AnalysisSpec(), made_by="study")
    asked = (runs, folder, networks, LABEL)
    assert stored_experiment.current(*asked, classifiers=QUICK) is None
    result = stored_experiment.computed(*asked, Silent(), classifiers=QUICK)
    return runs, networks, folder, result


def test_it_is_computed_once(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    runs, networks, folder, result = made

    def again(*_: object, **__: object) -> Experiment:
        raise AssertionError("it is computed again")

    monkeypatch.setattr(experiment, "experiment", again)
    asked = (runs, folder, networks, LABEL)
    assert stored_experiment.current(*asked, classifiers=QUICK) == result
    assert stored_experiment.computed(*asked, Silent(), classifiers=QUICK) == result
    assert stored_experiment.current(runs, folder, networks, "gap", classifiers=QUICK) is None
    assert stored_experiment.current(*asked, classifiers=QUICK[:1]) is None


def test_another_table_or_another_sample_makes_it_stale(made: Made) -> None:
    runs, networks, folder, _ = made
    asked = {"label": LABEL, "classifiers": QUICK}
    columns = {**networks.columns, "weight_norm": np.ones(len(networks))}
    other = StudyTable(networks.ids, columns)
    assert stored_experiment.current(runs, folder, other, **asked) is None
    before = stored_experiment.inputs(runs, networks)
    sampling = {"seeds": np.zeros((1, 1), np.int64)}
    result = derived.write(
        runs / networks.ids[3], "sampling", {"kind": "naive"}, sampling, _META, "x"
    )
    try:
        after = stored_experiment.inputs(runs, networks)
        assert after != before
        assert after.split("-")[0] == before.split("-")[0]  # the table is the same
        assert stored_experiment.current(runs, folder, networks, **asked) is None
    finally:
        derived.remove([result.path])
    assert stored_experiment.current(runs, folder, networks, **asked) is not None


def test_a_run_that_cannot_be_read_has_no_samples(made: Made) -> None:
    runs, networks, _, _ = made
    gone = StudyTable(("run-77",), {"gap": np.zeros(1)})
    assert stored_experiment.inputs(runs, gone) != stored_experiment.inputs(runs, networks)


@pytest.mark.parametrize(
    "change", [{"scores": 3}, {"classes": {"a": "many"}}, {"differences": [1]}]
)
def test_a_result_of_another_form_is_left_out(made: Made, change: dict[str, object]) -> None:
    folder, result = made[2], made[3]
    written = derived.write(
        folder.path, "experiment", {"label": "odd"}, {}, {**result.model_dump(), **change}, "x"
    )
    try:
        assert derived.fitting(folder.path, "experiment", label="odd") == []
    finally:
        derived.remove([written.path])


_META = {"label": "Naive", "unit": "", "line": 10, "classes": 3}
