"""One run from its settings to its last snapshot, in the order of the paper: initialise, train,
jump, retrain. It can be resumed at any point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from landscape_app.pipeline.anchors import anchor
from landscape_app.pipeline.prepare import Ready, ready
from landscape_app.pipeline.shared_plans import SharedPlans
from landscape_app.pipeline.threads import one_thread
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.records.progress import Progress, skip
from landscape_app.records.pulse import heard
from landscape_app.sampling.bundles import BundleWork, sample
from landscape_app.sampling.reach import check_reach
from landscape_app.sampling.retrain import chunks
from landscape_app.store.run import RunFolder
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle


@heard
@one_thread()
def execute(
    run: RunFolder,
    progress: Progress,
    objects: UserObjects | None = None,
    *,
    plans: SharedPlans | None = None,
) -> None:
    """Complete `run` (whose lock is held). Whatever is committed and intact is kept, the rest is
    computed. plans: those of other runs, one of which may fit this one.

    Raises Cancelled at a safe point when asked to, DataError or ModelError before work begins,
    ResumeError if data, network or versions differ from those at its start.
    """
    progress.phase("preparing")
    complete(run, ready(run, objects, progress, plans=plans), progress)


@heard
@one_thread()
def complete(run: RunFolder, start: Ready, progress: Progress) -> None:
    """As `execute`, of a run that is prepared."""
    damaged = set(run.damaged())
    bundle = anchor(run, start, progress, damaged)
    if not run.finished:
        check_reach(bundle.weights[0], start.problem.layout, run.spec)
    _sample(run, start, bundle, progress, damaged)
    if not run.finished:
        run.mark("finished")


def _sample(
    run: RunFolder, start: Ready, anchor: Bundle, progress: Progress, damaged: set[str]
) -> None:
    """Sample all chunks that are not committed or not intact. A damaged chunk in the middle is
    sampled again from the chunk before it.
    """
    plan, todo = start.plan, _left(run, start, damaged)
    left = sum(
        (last - first + 1) * len(plan.bundles[item.bundle])
        for item in todo
        for first, last in item.pending
    )
    every = (run.spec.epochs + 1) * sum(map(len, plan.bundles))
    progress.phase("sampling", every, "trajectory-epochs")
    skip(progress, every - left)

    def keep(bundle: int, first: int, last: int, tensors: dict[str, np.ndarray]) -> None:
        facts = {"bundle": bundle, "trajectories": plan.bundles[bundle]}
        file = _chunk_file(bundle, (first, last))
        run.commit("chunk", file, tensors, **facts, first=first, last=last)

    for now in _turns(todo, len(plan.bundles)):
        problems = _on_devices(start)
        sample(problems, run.spec, plan, anchor, todo=now, keep=keep, progress=progress)


def _left(run: RunFolder, start: Ready, damaged: set[str]) -> list[BundleWork]:
    """What is still to be sampled: for each bundle, groups of consecutive chunks."""
    wanted = chunks(run.spec.epochs, start.plan.chunk_epochs)
    there = {
        (line["bundle"], line["first"])
        for line in run.committed("chunk")
        if line["file"] not in damaged
    }
    todo = []
    for bundle in range(len(start.plan.bundles)):
        pending = [chunk for chunk in wanted if (bundle, chunk[0]) not in there]
        todo += [
            BundleWork(bundle, group, _state_before(run, bundle, group[0], wanted))
            for group in contiguous(pending)
        ]
    return todo


def _turns(todo: list[BundleWork], bundles: int) -> Iterator[list[BundleWork]]:
    """The groups of a bundle, one per turn: an earlier group may make the state that a later one
    starts from.
    """
    of_bundle = [[item for item in todo if item.bundle == bundle] for bundle in range(bundles)]
    for turn in range(max(map(len, of_bundle), default=0)):
        yield [item for items in of_bundle for item in items[turn : turn + 1]]


def _on_devices(start: Ready) -> dict[str, Problem]:
    """The problem on each of the plan's devices."""
    here = str(start.problem.device)
    return {
        device: start.problem if device == here else start.problem.to(device)
        for device in start.plan.devices
    }


def _chunk_file(bundle: int, chunk: tuple[int, int]) -> str:
    # The name says bundle and epochs, so a chunk that is sampled again replaces the damaged file.
    return f"chunks/{bundle:03d}-{chunk[0]:05d}-{chunk[1]:05d}.safetensors"


def _state_before(
    run: RunFolder, bundle: int, chunk: tuple[int, int], wanted: list[tuple[int, int]]
) -> Callable[[], Mapping[str, np.ndarray] | None]:
    """A function that reads the state from which `chunk` continues; None before the jump."""
    before = [earlier for earlier in wanted if earlier[1] == chunk[0] - 1]
    return (lambda: run.tensors(_chunk_file(bundle, before[0]))) if before else (lambda: None)


def contiguous(pending: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Chunks (first, last) in ascending order, in groups of consecutive chunks."""
    groups: list[list[tuple[int, int]]] = []
    for chunk in pending:
        if groups and groups[-1][-1][1] == chunk[0] - 1:
            groups[-1].append(chunk)
        else:
            groups.append([chunk])
    return groups
