"""Laws of recording: what was recorded is what the model was; the run goes on from there; what
takes time is said; and a stopped recording goes on.
"""

from __future__ import annotations

import logging
import time

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app import open_run, record
from landscape_app.errors import AnalysisError, ResumeError, RunLockedError, SpecError
from landscape_app.settings import RunSpec, parse
from landscape_app.store import path_states
from landscape_app.store.run import RunFolder
from tests.test_library import QUICK, network, table

DATA = table(), table(24)
SAMPLED = {name: value for name, value in QUICK.items() if name != "train_epochs"}


def trained(model, recorder=None, epochs=6):
    """A loop as people write it."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    x, y = DATA[0]
    model.train()
    states = [model[0].weight.detach().clone()]
    for epoch in range(epochs):
        for rows in torch.arange(len(x)).split(16):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
        states.append(model[0].weight.detach().clone())
        if recorder is not None:
            recorder.step(epoch=epoch + 1)
    return states


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """(the run, the model as it was trained, its first weights after every epoch)."""
    model = network()
    recorder = record(model, DATA, out=tmp_path_factory.mktemp("runs"), name="mine", **SAMPLED)
    states = trained(model, recorder)
    return recorder.explore(analyse=False), model, states


def test_recording_changes_nothing_of_the_training(recorded):
    alone = network()
    for mine, other in zip(trained(alone), recorded[2], strict=True):
        assert torch.equal(mine, other)


def test_every_state_is_what_the_model_was_and_the_last_one_is_the_anchor(recorded):
    run, model, states = recorded
    there = path_states.recorded(run.folder.inventory())
    assert [state.step for state in there] == list(range(len(states)))
    for state, weight in zip(there, states, strict=True):
        stored = run.folder.tensors(state.file)
        assert np.array_equal(stored["param.0.weight"], weight)
    anchor = run.folder.tensors("anchor.safetensors")
    assert np.array_equal(anchor["param.3.weight"], model[3].weight.detach())
    assert np.array_equal(anchor["buffer.1.running_mean"], model[1].running_mean)


def test_the_scores_of_the_path_are_those_of_its_states(recorded):
    run, _, states = recorded
    path = run.training_path().arrays
    assert path["step"].tolist() == list(range(len(states)))
    assert path["epoch"].tolist()[1:] == path["step"].tolist()[1:]
    anchor = run.snapshots()
    for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy"):
        assert path[name][-1] == pytest.approx(anchor.column(name)[0], rel=1e-6)
    np.testing.assert_allclose(path["probe"][-1], anchor.probe.whole()[0], rtol=1e-5)
    assert path["distance"][-1] == 0
    assert path["train_loss"][0] > path["train_loss"][-1]
    start = network().eval()
    loss = nn.functional.cross_entropy(start(DATA[1][0]), DATA[1][1]).item()
    assert path["test_loss"][0] == pytest.approx(loss, rel=1e-5)


@pytest.mark.parametrize("kind", ["random", "line"])
def test_the_path_lies_on_a_surface_with_its_distance_from_it(recorded, kind):
    run, model, states = recorded
    surface = run.surface(model, *DATA, kind=kind, points=5)
    path = surface.arrays
    assert path["path_step"].tolist() == list(range(len(states)))
    assert path["path_residual"][-1] == pytest.approx(0, abs=1e-6)
    assert np.abs(path["path_coordinates"][-1]).max() < 1e-6
    scored = run.training_path().arrays
    np.testing.assert_allclose(path["path_test_loss"], scored["test_loss"], rtol=1e-6)
    # what the plane shows of the distance, and what it does not show, make the distance
    inside = np.sqrt(np.maximum(scored["distance"] ** 2 - path["path_residual"] ** 2, 0))
    assert (path["path_residual"] <= scored["distance"] * (1 + 1e-6)).all()
    shown = np.linalg.norm(path["path_coordinates"], axis=1)
    assert np.corrcoef(inside[:-1], shown[:-1])[0, 1] > 0.9
    figure = run.figure("surface", kind=kind)
    (drawn,) = [trace for trace in figure.data if trace.name == "training"]
    assert np.allclose(drawn.x, path["path_coordinates"][:, 0], atol=1e-6)
    assert drawn.line.dash == "dash"


def test_it_goes_on_where_it_stopped_and_later_states_do_not_count(tmp_path):
    model = network()
    with record(model, DATA, out=tmp_path, name="mine", **SAMPLED) as recorder:
        trained(model, recorder, epochs=5)
        with pytest.raises(RunLockedError):
            record(model, DATA, out=tmp_path, name="mine", **SAMPLED)
    with pytest.raises(ResumeError, match="done=5"):
        record(model, DATA, out=tmp_path, name="mine", **SAMPLED)
    with pytest.raises(ResumeError, match="not 9"):
        record(model, DATA, out=tmp_path, name="mine", done=9, **SAMPLED)
    with record(model, DATA, out=tmp_path, name="mine", done=3, **SAMPLED) as recorder:
        steps = lambda: [state.step for state in path_states.recorded(recorder.run.inventory())]  # noqa: E731
        assert steps() == [0, 1, 2, 3]
        recorder.step()
        assert steps() == [0, 1, 2, 3, 4]
        weight = recorder.run.tensors("chunks/path-00000004.safetensors")["param.0.weight"]
        assert np.array_equal(weight, model[0].weight.detach())
    with record(model, DATA, out=tmp_path, name="mine", fresh=True, **SAMPLED) as recorder:
        assert len(path_states.recorded(recorder.run.inventory())) == 1
    assert (tmp_path / "mine-1").is_dir()


def test_every_counts_steps_however_they_come(tmp_path):
    model = network()
    with record(model, DATA, out=tmp_path, name="mine", every=10, **SAMPLED) as recorder:
        for _ in range(25):
            recorder.step()
        recorder.step(40)
        kept = [state.step for state in path_states.recorded(recorder.run.inventory())]
    assert kept == [0, 10, 20, 65]
    with pytest.raises(SpecError, match="every"):
        record(model, DATA, out=tmp_path, name="other", every=0)
    with pytest.raises(SpecError, match="train_epochs"):
        record(model, DATA, out=tmp_path, name="other", train_epochs=5)
    assert not (tmp_path / "other").exists()


def test_recording_that_is_dear_is_said_once_and_cheap_one_is_not(tmp_path, caplog, monkeypatch):
    from landscape_app import recording

    clock = iter(np.arange(0, 1e6, 0.5))  # s between two looks
    monkeypatch.setattr(recording.time, "perf_counter", lambda: next(clock))
    with (
        caplog.at_level(logging.WARNING, logger="landscape"),
        record(network(), DATA, out=tmp_path, name="mine", **SAMPLED) as recorder,
    ):
        for _ in range(12):
            recorder.step()
    said = [line.message for line in caplog.records]
    assert len(said) == 1
    assert "for each state. With every=" in said[0]


def test_a_run_of_names_has_the_path_of_its_own_training(tmp_path):
    from landscape_app.jobs.session import session
    from landscape_app.pipeline.run import execute

    spec = {**QUICK, "data": "blobs", "network": "mlp-small", "train_epochs": 30}
    folder = RunFolder.create(tmp_path, "named", parse(RunSpec, spec))
    with session(folder.path) as progress:
        execute(folder, progress)
    run = open_run(folder.path)
    path = run.training_path().arrays
    assert path["epoch"].tolist() == [0, 1, 2, 4, 8, 16, 25, 30]
    assert path["train_loss"][-1] == pytest.approx(run.snapshots().column("train_loss")[0])
    assert run.training_path().sha256 == run.result("training_path").sha256


def test_without_states_it_says_so(tmp_path):
    folder = RunFolder.create(tmp_path, "empty", parse(RunSpec, {"data": "blobs"}))
    with pytest.raises(AnalysisError, match="no states"):
        open_run(folder.path).training_path()


@pytest.mark.exhaustive
def test_recording_takes_two_percent_where_an_epoch_takes_a_second(tmp_path):
    model = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))
    x, y = torch.randn(64, 784), torch.randint(0, 10, (64,))
    with record(model, ((x, y), (x, y)), out=tmp_path, name="mine", **SAMPLED) as recorder:
        begun, before = time.perf_counter(), recorder.seconds
        for _ in range(10):
            time.sleep(1)
            recorder.step()
        share = (recorder.seconds - before) / (time.perf_counter() - begun)
    assert share < 0.02, share
