"""Laws of the probe of train inputs: each snapshot has the network's answers on it; a run that was
begun before it was stored stays without.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from landscape_app.datasets import recipe
from landscape_app.pipeline import prepare
from landscape_app.pipeline.rebuilt import rebuilt
from landscape_app.pipeline.run import execute
from landscape_app.records.progress import Silent
from landscape_app.settings import RunSpec, parse
from landscape_app.store import snapshots
from landscape_app.store.run import RunFolder
from landscape_app.weights.bundle import from_named_state
from tests.sampling.problems import TINY

pytestmark = pytest.mark.slow


def executed(run):
    with run.lock():
        execute(run, Silent())
    return run


def test_every_snapshot_has_the_networks_answers_on_the_train_probe(tmp_path, monkeypatch):
    monkeypatch.setattr(recipe, "TRAIN_PROBE_ROWS", 7)
    run = executed(RunFolder.create(tmp_path, "one", parse(RunSpec, TINY)))
    taken, problem = snapshots.read(run), rebuilt(run, None, device="cpu", wanted="test")
    answers = taken.train_probe.whole().reshape(len(taken), 7, taken.classes)
    assert run.prepared()["train_probe_rows"] == 7
    anchor = from_named_state(run.tensors("anchor.safetensors"), problem.layout).weights[0]
    delta, network = torch.from_numpy(taken.delta.whole()), problem.network.eval()
    for row in (0, 3, len(taken) - 1):
        torch.nn.utils.vector_to_parameters(anchor + delta[row], network.parameters())
        with torch.no_grad():
            own = network(problem.x_train[recipe.train_probe_index(recipe.load(run.spec))])
        np.testing.assert_allclose(answers[row], own.softmax(-1).numpy(), atol=1e-5)
    assert taken.select(np.arange(3)).train_probe.shape == (3, 7 * taken.classes)


def test_where_there_are_fewer_train_rows_the_probe_is_all_of_them():
    few = recipe.load(parse(RunSpec, {"data": "iris", "regime": "plain"}))
    assert recipe.train_probe_index(few).tolist() == list(range(len(few.x_train)))


@pytest.mark.parametrize("file", ["anchor.safetensors", "chunk"])
def test_a_run_begun_before_it_was_stored_is_resumed_without_it(tmp_path, monkeypatch, file):
    facts = prepare._facts

    def older(problem, data, **planned):
        stored = facts(problem, data, **planned)
        return {name: value for name, value in stored.items() if name != "train_probe_rows"}

    with monkeypatch.context() as before:
        before.setattr(recipe, "TRAIN_PROBE_ROWS", 0)
        before.setattr(prepare, "_facts", older)
        run = executed(RunFolder.create(tmp_path, "old", parse(RunSpec, TINY)))
    lost = file if file != "chunk" else run.committed("chunk")[-1]["file"]
    content = (run.path / lost).read_bytes()
    (run.path / lost).unlink()
    assert (run.path / executed(run).committed("anchor")[0]["file"]).exists()
    assert (run.path / lost).read_bytes() == content
    assert snapshots.read(run).train_probe is None
