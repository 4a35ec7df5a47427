"""Laws of shared plans: runs of equal shape are planned once, runs of another shape anew, and a run
with another's plan has the bytes that it has alone with that plan.
"""

from __future__ import annotations

import json
import shutil

import pytest

from landscape_app.pipeline import prepare
from landscape_app.pipeline.run import execute
from landscape_app.pipeline.shared_plans import SharedPlans
from landscape_app.records.progress import Silent
from landscape_app.sampling import machine, planner
from landscape_app.settings import RunSpec, parse
from landscape_app.store.run import RunFolder

pytestmark = pytest.mark.slow

TINY = {
    **{"data": "blobs", "network": "mlp-small", "train_epochs": 3, "train_batch": 30},
    **{"epochs": 3, "batch": 40, "seeds": 2, "step_sizes": [0.5, 1.0]},
}
ALIKE = [
    {"regime": "plain"},
    {"regime": "poor", "seed": 3},
    {"regime": "plain", "weight_decay": 0.01, "train_rate": 0.02, "rate": 0.003},
]


def made(runs, changes):
    """Runs of TINY with `changes`, one each."""
    return [
        RunFolder.create(runs, f"run-{number}", parse(RunSpec, TINY | change))
        for number, change in enumerate(changes)
    ]


@pytest.fixture
def planned(monkeypatch):
    """Grows by one whenever a plan is measured."""
    calls = []

    def counted(*given, **more):
        calls.append(given)
        return plan(*given, **more)

    plan = prepare.plan
    monkeypatch.setattr(prepare, "plan", counted)
    return calls


def readied(folder, plans):
    with folder.lock():
        return prepare.ready(folder, plans=plans)


def test_runs_of_equal_shape_are_planned_once_and_each_records_the_plan(tmp_path, planned):
    folders = made(tmp_path, ALIKE)
    plans = SharedPlans(tmp_path, [folder.id for folder in folders])
    ready = [readied(folder, plans) for folder in folders]
    assert len(planned) == 1
    assert len({json.dumps(prepared.plan.to_json(), sort_keys=True) for prepared in ready}) == 1
    recorded = [folder.prepared() for folder in folders]
    assert all(facts["plan"] == recorded[0]["plan"] for facts in recorded)
    assert all(facts["shape"] == recorded[0]["shape"] for facts in recorded)


@pytest.mark.parametrize(
    "change",
    [{"batch": 20}, {"seeds": 1}, {"train_batch": 10}, {"network": "mlp"}, {"workers": 1}],
    ids=str,
)
def test_a_run_of_another_shape_is_planned_anew(tmp_path, planned, change):
    if change == {"workers": 1} and prepare.look().workers == 1:
        pytest.skip("with one core both have the same workers")
    folders = made(tmp_path, [{}, change])
    plans = SharedPlans(tmp_path, [folder.id for folder in folders])
    for folder in folders:
        readied(folder, plans)
    assert len(planned) == 2


def test_another_process_reads_the_plan_from_the_journal(tmp_path, planned):
    folders = made(tmp_path, ALIKE[:2])
    ids = [folder.id for folder in folders]
    readied(folders[0], SharedPlans(tmp_path, ids))
    readied(folders[1], SharedPlans(tmp_path, ids))
    assert len(planned) == 1


def test_a_plan_whose_bundles_do_not_fit_into_the_memory_is_not_taken(
    tmp_path, planned, monkeypatch
):
    folders = made(tmp_path, ALIKE[:2])
    plans = SharedPlans(tmp_path, [folder.id for folder in folders])
    first = readied(folders[0], plans)
    each = planner.bytes_per_trajectory(first.problem, folders[0].spec)
    little = int(each * first.plan.workers / machine.SHARE) + 1
    monkeypatch.setattr(machine, "free_memory", lambda: little)
    second = readied(folders[1], plans)
    assert len(planned) == 2
    assert max(map(len, second.plan.bundles)) < max(map(len, first.plan.bundles))


def test_with_the_plan_of_another_a_run_has_the_bytes_that_it_has_alone(tmp_path):
    folders = made(tmp_path, ALIKE[:2])
    plans = SharedPlans(tmp_path, [folder.id for folder in folders])
    for folder in folders:
        with folder.lock():
            execute(folder, Silent(), plans=plans)
    second = folders[1]
    shutil.copytree(second.path, tmp_path / "alone")
    alone = RunFolder.open(tmp_path, "alone")
    lines = alone.journal.path.read_bytes().splitlines(keepends=True)
    begun = next(i for i, line in enumerate(lines) if b'"prepared"' in line)
    alone.journal.path.write_bytes(b"".join(lines[: begun + 1]))
    for file in [*alone.path.glob("*.safetensors"), *alone.path.glob("chunks/*")]:
        file.unlink()
    alone = RunFolder.open(tmp_path, "alone")
    with alone.lock():
        execute(alone, Silent())
    hashes = [{line["file"]: line["sha256"] for line in run.committed()} for run in (second, alone)]
    assert hashes[0] == hashes[1]
