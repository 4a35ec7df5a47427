"""Laws of what people use in a notebook: frames, named axes, lists of results, bars of progress,
and surfaces and curvature of networks of one's own.
"""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app import explore, open_run, open_study
from landscape_app.errors import AnalysisError, ResumeError, RunMissingError, SpecError
from landscape_app.records import shown_progress
from landscape_app.records.progress import Printed, Silent
from landscape_app.records.shown_progress import NotebookBars, TerminalBars, progress_of
from landscape_app.settings import AnalysisSpec
from landscape_app.store import gallery
from landscape_app.store.study import StudyFolder
from tests.test_library import QUICK, network, table

DATA = table(), table(24)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return explore(network(), *DATA, out=tmp_path_factory.mktemp("runs"), analyse=False, **QUICK)


def test_delta_is_an_array_where_one_is_wanted(run):
    delta = run.snapshots().delta
    assert np.array_equal(np.asarray(delta), delta.whole())
    assert np.asarray(delta, dtype=np.float64).dtype == np.float64
    assert np.linalg.norm(delta) == pytest.approx(np.linalg.norm(delta.whole()))
    with pytest.raises(ValueError, match="always makes a copy"):
        np.asarray(delta, copy=False)


def test_the_frame_has_a_row_per_snapshot_and_the_numbers_of_the_columns(run):
    frame, snapshots = run.frame(), run.snapshots()
    assert frame.index.tolist() == snapshots.column("row").tolist()
    for name in frame:
        np.testing.assert_array_equal(frame[name], snapshots.column(name))
    ends = frame[frame.epoch == QUICK["epochs"]].groupby("step_size").train_loss.mean()
    assert ends.index.tolist() == [0.0, *QUICK["step_sizes"]], "0: the controls, without a jump"


def test_arrays_have_named_axes(run):
    snapshots, arrays = run.snapshots(), run.arrays(weights=True)
    assert arrays.probe.dims == ("snapshot", "example", "output")
    assert arrays.sizes["output"] == 2
    np.testing.assert_allclose(arrays.probe.sum("output"), 1, rtol=1e-5)
    np.testing.assert_array_equal(arrays.delta, snapshots.delta.whole())
    flat = arrays.train_probe.stack(all=("train_example", "output"))
    np.testing.assert_array_equal(flat, snapshots.train_probe.whole())
    anchor = arrays.sel(snapshot=0)
    assert float(anchor.losses.mean()) == pytest.approx(float(anchor.train_loss), rel=1e-5)
    assert "parameter" not in run.arrays().dims
    assert all(arrays[name].attrs["long_name"] for name in arrays)


def test_a_package_that_is_missing_is_named(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(SpecError, match=r"pip install 'landscape-app\[notebook\]'"):
        run.arrays()


def test_surface_and_curvature_of_objects_are_those_of_the_run_and_of_no_other(run):
    with pytest.raises(ResumeError, match=r"explore\(model, …\)"):
        run.surface(kind="random", points=3)
    surface = run.surface(network(), *DATA, kind="random", points=3)
    anchor = run.snapshots().column("train_loss")[0]
    assert surface.arrays["train_loss"][1, 1] == pytest.approx(anchor, rel=1e-5)
    assert run.result("surface", points=3).sha256 == surface.sha256
    measures = run.curvature(network(), *DATA, ends=4).meta["measures"]
    assert {"hessian_top", "margin_10"} <= {measure["name"] for measure in measures}
    names = [line.name for line in run.results()]
    assert sorted(set(names)) == ["curvature", "surface"]
    assert "surface(" in repr(run.results())
    assert run.results()[-1].arrays["train_loss"] == (3, 3)
    other = network()
    with torch.no_grad():
        other[0].weight += 1
    with pytest.raises(ResumeError, match="another network"):
        run.surface(other, *DATA, kind="random", points=3, seed=5)
    with pytest.raises(ResumeError, match="another data"):
        run.surface(network(), table(30), DATA[1], kind="random", points=3, seed=5)
    with pytest.raises(SpecError, match="together"):
        run.curvature(network())


def test_own_losses_and_optimizers_are_no_obstacle_and_another_loss_is(tmp_path):
    def loss(outputs, targets):
        return nn.functional.cross_entropy(outputs, targets, reduction="none")

    def optimizer(parameters):
        return torch.optim.SGD(parameters, lr=0.01)

    given = {"loss": loss, "train_optimizer": optimizer, "retrain_optimizer": optimizer}
    own = explore(network(), *DATA, out=tmp_path, analyse=False, **given, **QUICK)
    surface = own.surface(network(), *DATA, loss=loss, kind="random", points=3)
    anchor = own.snapshots().column("train_loss")[0]
    assert surface.arrays["train_loss"][1, 1] == pytest.approx(anchor, rel=1e-5)
    with pytest.raises(ResumeError):
        own.surface(network(), *DATA, loss=nn.CrossEntropyLoss(), kind="random", points=3, seed=1)


def test_what_a_notebook_shows_is_text_and_says_what_the_numbers_say(tmp_path):
    own = explore(network(), *DATA, out=tmp_path / "<b>runs", name="mine", analyse=False, **QUICK)
    shown = own._repr_html_()
    assert "<strong>mine</strong>" in shown
    assert "&lt;b&gt;runs" in shown
    assert own.finding().sentences[0].split(";")[0] in shown


def test_a_study_opens_as_table_frame_and_report(tmp_path):
    study = open_study(tmp_path / gallery.put(tmp_path, gallery.shipped(tmp_path)[0].name).id)
    frame = study.frame()
    assert frame.index.tolist() == list(study.table().ids)
    np.testing.assert_array_equal(frame["test_loss"], study.table().numbers("test_loss"))
    assert study.report().strata[0].measures
    assert study.runs == [], "its results alone are there"
    with pytest.raises(RunMissingError):
        open_study(tmp_path / "absent")


def test_a_study_opens_the_runs_that_are_there(run):
    folder = StudyFolder.create(run.path.parent, "both", [run.id, "gone"], AnalysisSpec())
    for path in (folder.path, run.path.parent / "both"):
        study = open_study(path)
        assert [member.id for member in study.runs] == [run.id]
        with pytest.raises(AnalysisError, match="landscape study both"):
            study.frame()


def test_progress_is_shown_where_somebody_sees_it(monkeypatch):
    assert isinstance(progress_of(None), Silent)
    assert isinstance(progress_of(False), Silent)
    assert isinstance(progress_of(True), Printed)
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stderr", terminal)
    assert isinstance(progress_of(None), TerminalBars)
    shell = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=object()))
    monkeypatch.setitem(sys.modules, "IPython", shell)
    assert isinstance(progress_of(None), NotebookBars)
    with pytest.raises(SpecError, match="progress"):
        progress_of(3)


@pytest.mark.parametrize("bars", [TerminalBars, NotebookBars])
def test_bars_count_every_phase_and_end(bars, monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with shown_progress.closed(bars()) as progress:
        for name, steps in (("training", 3), ("distances", 0)):
            progress.phase(name, steps, "epochs")
            for _ in range(steps):
                progress.advance()
                progress.check()
    told = stream.getvalue()
    assert "training" in told
    assert "3/3" in told
    assert "distances" in told


def test_an_open_run_without_results_says_what_to_do(run):
    again = open_run(run.path)
    with pytest.raises(AnalysisError, match="landscape analyse"):
        again.result("measures")
