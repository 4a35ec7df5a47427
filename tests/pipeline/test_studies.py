"""Laws of a study, end to end and small: resumed it is the same table, run again it reuses, from
CSV it says the same, faults are named.
"""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager

import numpy as np
import pytest

from landscape_app.errors import AnalysisError
from landscape_app.jobs.session import session
from landscape_app.jobs.state import state
from landscape_app.measure_table import DIAGRAMS, NETWORK, of
from landscape_app.pipeline import experiment_samples, studies
from landscape_app.records.progress import Silent
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from tests.attacks import folders
from tests.pipeline.tiny_study import FEW, IDS, TINY, folder_of, spec

pytestmark = pytest.mark.slow


def test_every_run_of_the_grid_is_made_analysed_at_one_t_and_in_the_table(whole):
    runs, table, told = whole
    assert list(table.ids) == IDS
    assert all(RunFolder.open(runs, id).finished for id in IDS)
    t = derived.find(folder_of(runs), "shared").meta["t"]
    assert all(derived.find(runs / id, "embedding", method="phate", t=t) is not None for id in IDS)
    assert table.columns["regime"].tolist() == ["plain", "plain", "poor", "poor"]
    assert table.columns["seed"].tolist() == [0, 1, 0, 1]
    assert told["missing"] == told["problems"] == {}
    assert state(folder_of(runs)).state == "finished"


def test_the_cells_are_what_is_stored_of_each_run(whole):
    runs, table, _ = whole
    for i, id in enumerate(IDS):
        for measure in derived.find(runs / id, "measures").meta["measures"]:
            cell = table.columns[measure["name"]][i]
            assert np.isnan(cell) if measure["value"] is None else cell == measure["value"]
        t = derived.find(folder_of(runs), "shared").meta["t"]
        stored = derived.find(runs / id, "sublevel", filtration="train_loss", t=t).meta
        assert (
            table.columns["sublevel[train_loss].total_persistence"][i]
            == stored["total_persistence"]
        )
        losses = derived.find(runs / id, "surface", kind="line").arrays["train_loss"].reshape(-1)
        assert table.columns["line.rise"][i] == pytest.approx(
            np.delete(losses, 2).mean() - losses[2]
        )
        curved = derived.find(runs / id, "curvature", **FEW).meta["measures"]
        assert {measure["name"] for measure in curved} > set(of(NETWORK))
        for measure in (measure for measure in curved if "[" not in measure["name"]):
            cell = table.columns[measure["name"]][i]
            assert np.isnan(cell) if measure["value"] is None else cell == measure["value"]
            assert table.label(measure["name"]) == measure["label"]
        assert table.columns["sublevel[train_loss].smad"][i] == stored["smad"]
        climbs = derived.find(runs / id, "climbs", filtration="train_loss", t=t).meta
        assert (
            table.columns["sublevel[train_loss].total_over_barriers"][i]
            == climbs["total_over_barriers"]
        )
        assert climbs["checked"] == min(20, stored["bars"])
        assert table.columns["gap_accuracy"][i] == pytest.approx(
            table.columns["train_accuracy"][i] - table.columns["test_accuracy"][i]
        )


def test_what_is_written_is_what_was_computed(whole):
    runs, table, told = whole
    stored = derived.find(folder_of(runs), "table")
    names = [column["name"] for column in stored.meta["columns"]]
    for j, name in enumerate(names):
        assert np.array_equal(stored.arrays["values"][:, j], table.columns[name], equal_nan=True)
    assert stored.meta["words"]["regime"] == table.columns["regime"].tolist()
    statistics = derived.find(folder_of(runs), "statistics").meta
    assert statistics["gap"] == "gap_accuracy"
    assert {result.meta["gap"] for result in derived.all(folder_of(runs), "statistics")} == {
        "gap_accuracy",
        "gap_loss",
    }
    assert statistics["strata"] == told["strata"]
    assert (
        json.loads((folder_of(runs) / "statistics.json").read_bytes())["strata"] == told["strata"]
    )
    rows = json.loads((folder_of(runs) / "table.json").read_bytes())["rows"]
    assert [row["id"] for row in rows] == IDS
    lines = (folder_of(runs) / "statistics.csv").read_text().splitlines()
    assert len(lines) == 1 + sum(len(stratum["measures"]) for stratum in told["strata"])


def test_every_measure_of_the_diagrams_has_its_column(whole):
    _, table, _ = whole
    columns = {name.replace("sublevel[train_loss]", "sublevel"): name for name in table.columns}
    # which is mst_length_norm, as distances are normed
    assert set(of(DIAGRAMS)) - set(columns) == {"rips[h0].total_persistence"}
    for name in set(of(DIAGRAMS)) & set(columns):
        assert table.label(columns[name]) != columns[name]
    p = table.columns["rips[h1].p"]
    assert ((p > 0) & (p <= 1)).all()


def test_all_runs_are_embedded_together_in_function_space(whole):
    runs, _, _ = whole
    for method in ("phate", "pca"):
        joint = derived.find(folder_of(runs), "joint", method=method, dims=3)
        assert joint.meta["runs"] == IDS
        assert joint.meta["refused"] is None
        assert set(joint.arrays["run"].tolist()) == set(range(len(IDS)))
    assert derived.find(folder_of(runs), "joint", method="mds") is None


class Counts(Silent):
    """{phase: (its total, steps advanced)}."""

    def __init__(self):
        self.phases = {}

    def phase(self, name, total=0, unit=""):
        self.phases[name] = (total, 0)

    def advance(self, steps=1):
        name = list(self.phases)[-1]
        total, done = self.phases[name]
        self.phases[name] = (total, done + steps)


def test_runs_of_different_data_are_not_embedded_together_and_that_is_said(tmp_path):
    settings = {**TINY, "train_epochs": 2, "epochs": 3, "step_sizes": [0.5], "seeds": 1}
    del settings["data"]
    other = spec(
        regimes=["plain"],
        knobs={"data": ["blobs", "iris"]},
        settings=settings,
        surfaces=[],
        samplings=["naive", "grid"],
        equal_cost=True,
        curvature=False,
    )
    counts = Counts()

    @contextmanager
    def counting(path, *, slot=True):
        with session(path, slot=slot) as own:
            yield counts if slot else own

    table, told = studies.run(tmp_path, other, session=counting)
    # an epoch of control beside each of the jump's
    assert counts.phases["runs"] == (4 * (2 + 2 * (3 + 1)), 4 * (2 + 2 * (3 + 1)))
    assert len(table) == 4
    for id in other.runs:
        of = [derived.find(tmp_path / id, "sampling", kind=kind) for kind in ("naive", "grid")]
        assert [len(result.arrays["train_loss"]) for result in of] == [640, 640]
        run = RunFolder.open(tmp_path, id)
        at_cost = experiment_samples.READERS[experiment_samples.EQUAL_COST](run)
        assert len(at_cost) == 1 + experiment_samples.equal_cost(run).points
    assert list(told["problems"]) == ["tiny"]
    assert "not embedded together" in told["problems"]["tiny"]
    assert "different probe sets" in told["problems"]["tiny"]


def test_the_page_needs_no_other_file_and_asks_nobody(whole):
    runs, _, told = whole
    page = (folder_of(runs) / "figures.html").read_text()
    assert str(folder_of(runs) / "figures.html") in told["files"]
    assert len(page) < 6e6
    assert "default-src 'none'" in page
    assert "<script src" not in page
    assert "<link" not in page
    judged = sum(bool(stratum["measures"]) for stratum in told["strata"])
    assert page.count("Plotly.newPlot(") == judged + min(6, len(told["strata"][0]["measures"]))
    assert "Too few networks" in page


def test_a_run_whose_curvature_cannot_be_computed_is_named_and_keeps_its_row(whole, tmp_path):
    runs, _, _ = whole
    again = tmp_path / "runs"
    shutil.copytree(runs, again)
    run = RunFolder.open(again, IDS[1])
    with run.lock():
        run.mark("prepared", **{**run.prepared(), "data_hash": "of other data"})
    table, told = studies.run(
        again, spec(surfaces=[], joint=False, curvature={**FEW, "seed": 1}), session=session
    )
    assert list(told["problems"]) == [IDS[1]]
    assert "sampled with another data" in told["problems"][IDS[1]]
    assert told["missing"] == {}
    assert np.isnan(table.columns["hessian_top"]).tolist() == [False, True, False, False]


def test_a_study_of_too_few_runs_is_refused_before_anything_is_made(tmp_path):
    with pytest.raises(AnalysisError, match="at least 3 networks; this grid has 1"):
        studies.run(tmp_path, spec(regimes=["plain"], seeds=1), session=session)
    assert not list(tmp_path.iterdir())


def test_a_study_of_which_no_run_can_be_made_says_why_and_leaves_none_behind(tmp_path):
    nowhere = spec(settings={**TINY, "data": "npz:/no/such.npz"})
    with pytest.raises(
        AnalysisError, match=r"No run of this study can be made: There is no file /no/such\.npz"
    ):
        studies.run(tmp_path, nowhere, session=session)
    assert {path.name for path in tmp_path.rglob("*") if path.is_dir()} <= {"_slots", "_studies"}
    made = studies.open_study(tmp_path, nowhere)  # as a launch from the page does
    with pytest.raises(AnalysisError, match="No run of this study"):
        studies.run(tmp_path, nowhere, session=session)
    assert "/no/such.npz" in state(made.path).message
    assert "/no/such.npz" in state(tmp_path / IDS[0]).message


def test_a_network_that_cannot_be_trained_is_named_and_the_others_are_done(tmp_path):
    settings = {**TINY, "train_epochs": 2, "epochs": 4, "step_sizes": [0.5]}
    mixed = spec(
        regimes=["plain"],
        networks=["mlp-small", "cnn"],
        seeds=3,
        surfaces=[],
        settings=settings,
        curvature=False,
    )
    table, told = studies.run(tmp_path, mixed, session=session)
    assert list(table.ids) == ["tiny-mlp-small-s0", "tiny-mlp-small-s1", "tiny-mlp-small-s2"]
    assert list(told["missing"]) == ["tiny-cnn-s0", "tiny-cnn-s1", "tiny-cnn-s2"]
    assert "images" in told["missing"]["tiny-cnn-s0"]
    assert not any(name.startswith(("line", "random", "hessian")) for name in table.columns)


def test_what_a_real_study_leaves_is_what_the_attacks_replace(whole, tmp_path):
    runs = whole[0]
    attacked = {
        folders.general(name) for name in folders.names(folders.everything(tmp_path / "runs"))
    }
    assert {
        folders.general(str(path.relative_to(runs))) for path in runs.rglob("*")
    } - attacked == set()
