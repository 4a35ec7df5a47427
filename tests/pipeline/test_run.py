"""Laws of a run: what is sampled is the protocol; killed anywhere it resumes to the same bytes; the
caller's network is left alone.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from landscape_app.errors import ResumeError
from landscape_app.pipeline.run import contiguous, execute
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.records.progress import Silent
from landscape_app.settings import RunSpec, parse
from landscape_app.store import snapshots
from landscape_app.store.run import RunFolder
from tests.sampling.problems import IMAGES, TINY

SLOW = {**TINY, "train_epochs": 60, "epochs": 30, "network": "mlp"}

RESUME = """
import sys
from pathlib import Path
from landscape_app.pipeline.run import execute
from landscape_app.records.progress import Silent
from landscape_app.store.run import RunFolder
run = RunFolder.open(Path(sys.argv[1]), sys.argv[2])
with run.lock():
    execute(run, Silent())
"""


def made(runs, name="one", **changes):
    run = RunFolder.create(runs, name, parse(RunSpec, {**TINY, **changes}))
    with run.lock():
        execute(run, Silent())
    return run


def hashes(run):
    return {line["file"]: line["sha256"] for line in run.committed()}


def begun_again(run, name):
    """A run with the spec and the plan of `run` and nothing else: the plan is measured, so it has
    to be the same one.
    """
    target = run.path.parent / name
    shutil.copytree(run.path, target)
    shutil.rmtree(target / "chunks")
    for file in target.glob("*.safetensors"):
        file.unlink()
    lines = (target / "journal.jsonl").read_bytes().splitlines(keepends=True)
    kept = next(
        i for i, line in enumerate(lines) if b'"kind":"prepared"' in line.replace(b": ", b":")
    )
    (target / "journal.jsonl").write_bytes(b"".join(lines[: kept + 1]))
    return RunFolder.open(run.path.parent, name)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return made(tmp_path_factory.mktemp("runs"), **SLOW)


@pytest.mark.exhaustive  # tests/kills kills the command's own process, also in the default suite
def test_three_kills_of_the_real_work_change_no_byte(whole):
    run = begun_again(whole, "killed")
    wanted, kills = len(whole.committed()), 0
    for goal in (3, wanted // 2, wanted - 2):
        job = subprocess.Popen([sys.executable, "-c", RESUME, str(run.path.parent), run.id])
        while (
            len(RunFolder.open(run.path.parent, run.id).committed()) < goal and job.poll() is None
        ):
            time.sleep(0.002)
        if job.poll() is None:
            os.kill(job.pid, signal.SIGKILL)
            kills += 1
        job.wait()
    subprocess.run([sys.executable, "-c", RESUME, str(run.path.parent), run.id], check=True)
    run = RunFolder.open(run.path.parent, run.id)
    assert kills == 3
    assert run.finished
    assert hashes(run) == hashes(whole)


@pytest.mark.slow
def test_a_damaged_chunk_is_sampled_again_to_the_same_bytes(whole):
    run = begun_again(whole, "damaged")
    with run.lock():
        execute(run, Silent())
    before = hashes(run)
    victim = run.path / run.committed("chunk")[2]["file"]
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    assert len(run.damaged()) == 1
    rows = snapshots.read(run)
    assert 0 < len(rows) < run.spec.snapshots
    with run.lock():
        execute(run, Silent())
    assert not run.damaged()
    assert hashes(run) == before


@pytest.mark.parametrize("kind", ["init", "base", "anchor", "chunk"])
def test_whatever_line_of_the_journal_is_lost_what_it_named_is_made_again_to_the_same_bytes(
    whole, kind
):
    run = begun_again(whole, f"lost-{kind}")
    with run.lock():
        execute(run, Silent())
    before = hashes(run)
    lines = run.journal.path.read_bytes().splitlines(keepends=True)
    gone = next(line for line in lines if f'"kind":"{kind}"'.encode() in line)
    run.journal.path.write_bytes(b"".join(line for line in lines if line != gone))
    run = RunFolder.open(run.path.parent, run.id)
    assert run.inventory().missing == (kind,) or kind == "chunk"
    with run.lock():
        execute(run, Silent())
    assert run.inventory().complete
    assert hashes(run) == before


@pytest.mark.slow
@pytest.mark.parametrize("file", ["anchor.safetensors", "init.safetensors", "base"])
def test_whatever_file_is_damaged_it_is_made_again_to_the_same_bytes(whole, file):
    run = begun_again(whole, f"spoiled-{file[:4]}")
    with run.lock():
        execute(run, Silent())
    before = hashes(run)
    victim = run.path / (run.committed("base")[0]["file"] if file == "base" else file)
    victim.write_bytes(victim.read_bytes()[:-1] + b"?")
    assert run.damaged() == [str(victim.relative_to(run.path))]
    with run.lock():
        execute(run, Silent())
    assert not run.damaged()
    assert hashes(run) == before


def test_an_anchor_that_comes_out_otherwise_is_refused_each_time(whole, monkeypatch):
    run = begun_again(whole, "otherwise")
    with run.lock():
        execute(run, Silent())
    for file in [
        run.path / "anchor.safetensors",
        *(run.path / line["file"] for line in run.committed("base")),
    ]:
        file.unlink()
    # as another machine or version would
    monkeypatch.setattr("landscape_app.training.base.rate_at", lambda spec, epoch: 0.01)
    for _ in range(2):
        with run.lock(), pytest.raises(ResumeError, match="no longer belong"):
            execute(run, Silent())


@pytest.mark.parametrize("kind", [TINY, IMAGES])
def test_the_rows_are_the_protocols(tmp_path, kind):
    run = made(tmp_path, **kind)
    rows, spec = snapshots.read(run), run.spec
    assert np.array_equal(rows.column("row"), np.arange(spec.snapshots))
    for index, (seed, step) in enumerate(spec.trajectories):
        mine = rows.column("trajectory") == index
        assert (rows.column("seed")[mine] == seed).all()
        assert (rows.column("step_size")[mine] == step).all()
        assert np.array_equal(rows.column("epoch")[mine], np.arange(spec.epochs + 1))
    lengths = np.linalg.norm(rows.delta.whole().astype(float), axis=1)
    np.testing.assert_allclose(rows.column("distance"), lengths, rtol=1e-5)
    assert not lengths[0]
    control = (rows.column("step_size") == 0) & (rows.column("epoch") == 0)
    assert not lengths[control].any()
    assert rows.column("train_loss")[control] == pytest.approx(
        rows.column("train_loss")[0], rel=1e-5
    )


def test_the_loss_of_every_row_is_that_of_its_own_weights(tmp_path):
    run = made(tmp_path)
    rows = snapshots.read(run)
    from landscape_app.pipeline.problem import problem_of

    problem, _ = problem_of(run.spec, UserObjects())
    anchor = problem.layout.flatten(
        {
            s.key: torch.from_numpy(run.tensors("anchor.safetensors")[f"param.{s.key}"])
            for s in problem.layout.slots
        }
    )
    for position in (0, 1, 5, len(rows) - 1):
        weights = anchor + torch.from_numpy(rows.delta.whole()[position])
        outputs = torch.func.functional_call(
            problem.network, problem.layout.views(weights), (problem.x_test,)
        )
        loss = torch.nn.functional.cross_entropy(outputs, problem.y_test).item()
        assert rows.column("test_loss")[position] == pytest.approx(loss, rel=1e-4)


def test_other_data_or_another_network_is_refused_on_resume(tmp_path, monkeypatch):
    run = made(tmp_path)
    monkeypatch.setattr("landscape_app.datasets.synthetic.DATASET_ROOT", 7)
    with run.lock(), pytest.raises(ResumeError, match="other data"):
        execute(run, Silent())


def test_groups_of_contiguous_chunks():
    assert contiguous([(0, 5), (6, 10), (16, 20)]) == [[(0, 5), (6, 10)], [(16, 20)]]
    assert contiguous([]) == []


def test_a_run_of_given_objects_says_how_to_go_on(tmp_path):
    run = RunFolder.create(
        tmp_path, "mine", parse(RunSpec, {**TINY, "data": "given", "network": "given"})
    )
    with run.lock(), pytest.raises(ResumeError, match="Call explore again"):
        execute(run, Silent())


def test_the_package_imports_no_torch_until_it_is_asked():
    code = (
        "import sys, landscape_app.stored_run, landscape_app.settings;"
        " sys.exit('torch' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2]).returncode == 0
    )
