"""Laws of the plan and of the workers: whatever the way, the same snapshots; every trajectory in
one bundle; errors come through.
"""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.errors import Cancelled, ModelError, SpecError
from landscape_app.records.plan import Plan, split
from landscape_app.records.progress import Silent
from landscape_app.sampling.bundles import BundleWork, sample
from landscape_app.sampling.machine import Machine, look
from landscape_app.sampling.planner import bytes_per_trajectory, plan
from landscape_app.sampling.retrain import chunks
from landscape_app.training.engines import ENGINES
from landscape_app.weights.bundle import Bundle
from tests.sampling.problems import IMAGES, TINY, make

MACHINE = Machine(("cpu",), 2, 2**30)


@given(trajectories=st.integers(1, 60), parts=st.integers(1, 70))
def test_every_trajectory_is_in_exactly_one_bundle_and_sizes_are_even(trajectories, parts):
    bundles = split(trajectories, parts)
    assert [i for bundle in bundles for i in bundle] == list(range(trajectories))
    assert max(map(len, bundles)) - min(map(len, bundles)) <= 1


def sampled(problem, spec, way, progress=None):
    """{(bundle, first epoch): tensors} of a whole run."""
    kept = {}
    todo = [
        BundleWork(b, chunks(spec.epochs, way.chunk_epochs), lambda: None)
        for b in range(len(way.bundles))
    ]
    anchor = Bundle.of(problem.network, problem.layout)
    sample(
        {"cpu": problem},
        spec,
        way,
        anchor,
        todo=todo,
        keep=lambda b, f, _, t: kept.__setitem__((b, f), t),
        progress=progress or Silent(),
    )
    return kept


def joined(kept, way, name):
    """(trajectory, epoch, …) of the column `name`."""
    rows = []
    for bundle in range(len(way.bundles)):
        rows.append(
            np.concatenate(
                [
                    tensors[name]
                    for (b, _), tensors in sorted(kept.items(), key=lambda item: item[0])
                    if b == bundle
                ],
                axis=1,
            )
        )
    return np.concatenate(rows)


def way_of(engine, bundles, workers):
    return Plan(engine, bundles, workers, ("cpu",), 64, 3, 0.0, (), "")


@pytest.mark.slow
@pytest.mark.parametrize("kind", [TINY, IMAGES])
def test_every_way_gives_the_same_snapshots_to_rounding(kind):
    problem, spec = make(**{**kind, "epochs": 2})
    count = len(spec.trajectories)
    reference = way_of("one at a time", split(count, 1), 1)
    expected = joined(sampled(problem, spec, reference), reference, "delta")
    for engine in ENGINES if kind is TINY else ("batched",):
        for parts, workers in ((1, 1), (2, 2), (count, 2)):
            way = way_of(engine, split(count, parts), workers)
            found = joined(sampled(problem, spec, way), way, "delta")
            np.testing.assert_allclose(found[:, :2], expected[:, :2], atol=1e-4, rtol=1e-4)


def test_the_same_plan_gives_the_same_bits_whatever_the_threads_do():
    problem, spec = make(**TINY)
    way = way_of("chain", split(len(spec.trajectories), 3), 2)
    first, again = sampled(problem, spec, way), sampled(problem, spec, way)
    for key, tensors in first.items():
        assert all(np.array_equal(value, again[key][name]) for name, value in tensors.items())


def test_a_plan_survives_the_journal_and_explains_itself():
    problem, spec = make(**TINY)
    chosen = plan(problem, spec, MACHINE)
    assert Plan.from_json(json.loads(json.dumps(chosen.to_json()))) == dataclasses.replace(
        chosen, candidates=tuple(chosen.candidates)
    )
    assert sorted(i for bundle in chosen.bundles for i in bundle) == list(
        range(len(spec.trajectories))
    )
    assert chosen.rate == max(candidate["rate"] for candidate in chosen.candidates) > 0
    assert chosen.engine in chosen.why


def test_bundles_shrink_to_the_memory_and_what_cannot_fit_is_refused_with_sizes():
    problem, spec = make(**TINY)
    each = bytes_per_trajectory(problem, spec)
    tight = plan(problem, spec, Machine(("cpu",), 1, 2 * each))
    assert max(map(len, tight.bundles)) <= 2
    with pytest.raises(ModelError, match="MiB"):
        plan(problem, spec, Machine(("cpu",), 1, each - 1))


def test_a_workers_error_is_raised_and_ends_the_others():
    problem, spec = make(**TINY)
    way = way_of("chain", split(len(spec.trajectories), 2), 2)

    def fails(bundle, first, last, tensors):
        raise OSError("disk full")

    todo = [BundleWork(b, chunks(spec.epochs, 3), lambda: None) for b in range(2)]
    with pytest.raises(OSError, match="disk full"):
        sample(
            {"cpu": problem},
            spec,
            way,
            Bundle.of(problem.network, problem.layout),
            todo=todo,
            keep=fails,
            progress=Silent(),
        )

    def broken():
        raise KeyError("state")

    with pytest.raises(KeyError, match="state"):
        sample(
            {"cpu": problem}, spec, way, Bundle.of(problem.network, problem.layout),
            todo=[todo[0], BundleWork(1, chunks(spec.epochs, 3), broken)], keep=lambda *_: None,
            progress=Silent(),
        )  # fmt: skip


def test_a_cancel_stops_the_workers_and_keeps_whole_chunks_only():
    problem, spec = make(**{**TINY, "epochs": 50})

    class Impatient(Silent):
        left = 60

        def advance(self, steps=1):
            self.left -= steps
            if self.left < 0:
                raise Cancelled

    way = way_of("chain", split(len(spec.trajectories), 2), 2)
    kept = {}
    todo = [BundleWork(b, chunks(spec.epochs, 3), lambda: None) for b in range(2)]
    with pytest.raises(Cancelled):
        sample(
            {"cpu": problem}, spec, way, Bundle.of(problem.network, problem.layout), todo=todo,
            keep=lambda b, f, last, t: kept.__setitem__((b, f), (last, t)), progress=Impatient(),
        )  # fmt: skip
    assert len(kept) < 2 * len(chunks(50, 3))
    assert all(t["delta"].shape[1] == last - first + 1 for (_, first), (last, t) in kept.items())


def test_a_machine_without_a_gpu_says_so():
    if torch.cuda.is_available():
        pytest.skip("this machine has one")
    with pytest.raises(SpecError, match="no CUDA device"):
        look("cuda")
    assert look("auto").devices == ("cpu",)
    assert look("cpu", memory_gib=0.5).memory <= 2**29
