"""One run from its settings to its last snapshot, in the order of the paper: initialise, train,
jump, retrain. It can be resumed at any point.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from landscape_app.errors import ResumeError
from landscape_app.pipeline.identity import frozen
from landscape_app.pipeline.prepare import Ready, ready
from landscape_app.pipeline.threads import one_thread
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.records.progress import Progress, skip
from landscape_app.records.pulse import heard
from landscape_app.sampling.bundles import BundleWork, sample
from landscape_app.sampling.reach import check_reach, resting, resting_words
from landscape_app.sampling.retrain import chunks
from landscape_app.store.run import RunFolder
from landscape_app.store.tensors import pack
from landscape_app.training.base import train
from landscape_app.training.engine import OneAtATime
from landscape_app.training.outside_probe import outside_probe
from landscape_app.training.problem import Problem
from landscape_app.training.scores import loss_errors, score
from landscape_app.weights.bundle import Bundle, from_named_state, named_state

log = logging.getLogger("landscape")

INIT, ANCHOR = "init.safetensors", "anchor.safetensors"


@heard
@one_thread()
def execute(run: RunFolder, progress: Progress, objects: UserObjects | None = None) -> None:
    """Complete `run` (whose lock is held). Whatever is committed and intact is kept, the rest is
    computed.

    Raises Cancelled at a safe point when asked to, DataError or ModelError before work begins,
    ResumeError if data, network or versions differ from those at its start.
    """
    progress.phase("preparing")
    start = ready(run, objects, progress)
    damaged = set(run.damaged())
    anchor = _anchor(run, start, progress, damaged)
    if not run.finished:
        check_reach(anchor.weights[0], start.problem.layout, run.spec)
    _sample(run, start, anchor, progress, damaged)
    if not run.finished:
        run.mark("finished")


def _anchor(run: RunFolder, start: Ready, progress: Progress, damaged: set[str]) -> Bundle:
    """The trained network as a bundle of one. It is read if it exists, otherwise trained from the
    last intact chunk.
    """
    problem, inventory = start.problem, run.inventory()
    intact = {line["file"]: line for line in inventory.committed if line["file"] not in damaged}
    training = [*inventory.of("init"), *inventory.of("base")]
    if not (
        ANCHOR in intact
        and not {"init", "base"} & set(inventory.missing)
        and all(line["file"] in intact for line in training)
    ):
        begun, initial = time.monotonic(), _initial(run, problem, stored=INIT in intact)
        bundle = _trained(run, problem, progress, _last_base(run, intact, initial.repeated(1)))
        # else only damaged files of the training, or those whose lines are gone, were made again
        if ANCHOR not in intact:
            _commit_anchor(run, start, initial, bundle, time.monotonic() - begun)
    return from_named_state(run.tensors(ANCHOR), problem.layout, problem.device)


def _initial(run: RunFolder, problem: Problem, *, stored: bool) -> Bundle:
    """The weights at the start of training: the stored ones, otherwise the network's, which are
    then stored.
    """
    if stored:
        return from_named_state(run.tensors(INIT), problem.layout, problem.device)
    initial = Bundle.of(problem.network, problem.layout)
    run.commit("init", INIT, named_state(initial, problem.layout) | frozen(problem))
    return initial


def _trained(
    run: RunFolder, problem: Problem, progress: Progress, last: tuple[int, Bundle]
) -> Bundle:
    """Train the network from `last` to the end: (epochs done, state after them)."""
    done, bundle = last
    progress.phase("training", run.spec.train_epochs, "epochs")
    skip(progress, done)

    def keep(first: int, last: int, tensors: dict[str, np.ndarray]) -> None:
        file = f"chunks/base-{first:05d}-{last:05d}.safetensors"
        run.commit("base", file, tensors, first=first, last=last)

    return train(problem, run.spec, bundle, done=done, sink=keep, progress=progress)


def _last_base(
    run: RunFolder, intact: dict[str, dict[str, Any]], initial: Bundle
) -> tuple[int, Bundle]:
    """(epochs done, state after them) of the last chunk in the unbroken sequence of intact base
    chunks.
    """
    done, file = 0, None
    for line in sorted(
        (line for line in intact.values() if line["kind"] == "base"),
        key=lambda line: int(line["first"]),
    ):
        if line["first"] == done + 1:
            done, file = int(line["last"]), str(line["file"])
    return (
        (done, initial)
        if file is None
        else (done, Bundle.from_state(run.tensors(file), initial.weights.device))
    )


def _commit_anchor(
    run: RunFolder, start: Ready, initial: Bundle, bundle: Bundle, seconds: float
) -> None:
    engine = OneAtATime(start.problem)
    scores = score(start.problem, engine, bundle, anchor=bundle.weights[0])
    tensors = named_state(bundle, start.problem.layout) | {
        name: value[:, None] for name, value in scores.items()
    }
    facts: dict[str, Any] = {
        "seconds": seconds,
        "weight_norm": float(bundle.weights.double().norm()),
        "distance_from_init": float((bundle.weights.double() - initial.weights.double()).norm()),
        **loss_errors(start.problem, engine, bundle),
        "outside_probe": outside_probe(start.problem, engine, bundle),
    }
    still = resting(bundle.weights[0], start.problem.layout, run.spec)
    if still:
        facts["resting_filters"] = still
        log.info(
            "at the anchor %s", resting_words(bundle.weights[0], start.problem.layout, run.spec)
        )
    _check_same(run, tensors)
    run.commit("anchor", ANCHOR, tensors, **facts)


def _check_same(run: RunFolder, tensors: Mapping[str, np.ndarray]) -> None:
    """Raise ResumeError where the run already has snapshots around an anchor with other weights."""
    before = {line["sha256"] for line in run.committed("anchor")}
    if (
        before
        and run.committed("chunk")
        and hashlib.sha256(pack(tensors)).hexdigest() not in before
    ):
        raise ResumeError(
            f"The anchor of run {run.id} was damaged, and training again gave other weights"
            " (another machine or version?), so its snapshots no longer belong to it. Start a new"
            " run."
        )


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
