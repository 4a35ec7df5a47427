"""One run from its spec to its last snapshot, in the order of the paper: initialise, train, jump, retrain. Resumes anywhere."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch
from torch import nn

from landscape_app.errors import ResumeError
from landscape_app.pipeline.prepare import Ready, ready
from landscape_app.records.dataset import Dataset
from landscape_app.records.progress import Progress
from landscape_app.sampling.retrain import chunks, retrain
from landscape_app.store.run import RunFolder
from landscape_app.training.base import train
from landscape_app.training.engine import OneAtATime
from landscape_app.training.scores import score
from landscape_app.weights.bundle import Bundle, from_named_state, named_state

BUNDLE = 0  # all trajectories of a run are one bundle


def execute(run: RunFolder, progress: Progress, *, data: Dataset | None = None, network: nn.Module | None = None) -> None:
    """Bring `run` (whose lock is held) to its end: whatever is committed and intact is kept, the rest is computed.

    Raises Cancelled at a safe point when asked to, DataError or ModelError before work begins, ResumeError if the ingredients
    are not those the run was begun with.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # two threads are several times slower than one on networks this small
    try:
        progress.phase("preparing")
        start = ready(run, data=data, network=network)
        damaged = set(run.damaged())
        anchor = _anchor(run, start, progress, damaged)
        _sample(run, start, anchor, progress, damaged)
        if not run.finished:
            run.mark("finished")
    finally:
        torch.set_num_threads(threads)


def _anchor(run: RunFolder, start: Ready, progress: Progress, damaged: set[str]) -> Bundle:
    """The trained network as a bundle of one: read if it is there, else trained from the last intact chunk on."""
    problem, spec = start.problem, run.spec
    intact = {line["file"]: line for line in run.committed() if line["file"] not in damaged}
    if "anchor.safetensors" in intact:
        return from_named_state(run.tensors("anchor.safetensors"), problem.layout)
    initial = Bundle.of(problem.network, problem.layout)
    if "init.safetensors" in intact:
        initial = from_named_state(run.tensors("init.safetensors"), problem.layout)
    else:
        run.commit("init", "init.safetensors", named_state(initial, problem.layout))
    begun = time.monotonic()
    done, bundle = _last_base(run, intact, initial.repeated(1))
    progress.phase("training", spec.train_epochs - done, "epochs")

    def keep(first: int, last: int, tensors: dict[str, np.ndarray]) -> None:
        run.commit("base", f"chunks/base-{first:05d}-{last:05d}.safetensors", tensors, first=first, last=last)

    bundle = train(problem, spec, bundle, done=done, sink=keep, progress=progress)
    _commit_anchor(run, start, initial, bundle, time.monotonic() - begun)
    return from_named_state(run.tensors("anchor.safetensors"), problem.layout)


def _last_base(run: RunFolder, intact: dict[str, dict[str, Any]], initial: Bundle) -> tuple[int, Bundle]:
    """(epochs done, state after them): of the unbroken sequence of intact base chunks."""
    done, file = 0, None
    for line in sorted((line for line in intact.values() if line["kind"] == "base"), key=lambda line: int(line["first"])):
        if line["first"] == done + 1:
            done, file = int(line["last"]), str(line["file"])
    return (done, initial) if file is None else (done, Bundle.from_state(run.tensors(file)))


def _commit_anchor(run: RunFolder, start: Ready, initial: Bundle, bundle: Bundle, seconds: float) -> None:
    scores = score(start.problem, OneAtATime(start.problem), bundle, anchor=bundle.weights[0])
    tensors = named_state(bundle, start.problem.layout) | {name: value[:, None] for name, value in scores.items()}
    facts = {
        "seconds": seconds,
        "weight_norm": float(bundle.weights.double().norm()),
        "distance_from_init": float((bundle.weights.double() - initial.weights.double()).norm()),
    }
    before = {line["file"]: line["sha256"] for line in run.committed("anchor")}
    run.commit("anchor", "anchor.safetensors", tensors, **facts)
    after = {line["file"]: line["sha256"] for line in run.committed("anchor")}
    if before and before != after and run.committed("chunk"):
        raise ResumeError(
            f"The anchor of run {run.id} was damaged, and training again gave other weights (another machine or version?), "
            "so its snapshots no longer belong to it. Start a new run."
        )


def _sample(run: RunFolder, start: Ready, anchor: Bundle, progress: Progress, damaged: set[str]) -> None:
    """All chunks that are not committed and intact; a damaged one in the middle is sampled again from the one before it."""
    spec, wanted = run.spec, chunks(run.spec.epochs, start.facts["plan"]["chunk_epochs"])
    trajectories = spec.trajectories
    there = {(line["first"], line["last"]): str(line["file"]) for line in run.committed("chunk") if line["file"] not in damaged}
    pending = [chunk for chunk in wanted if chunk not in there]
    progress.phase("sampling", sum(last - first + 1 for first, last in pending) * len(trajectories), "trajectory-epochs")

    def keep(first: int, last: int, tensors: dict[str, np.ndarray]) -> None:
        # The name says bundle and epochs, so a chunk that is sampled again replaces the damaged file.
        name = f"chunks/{BUNDLE:03d}-{first:05d}-{last:05d}.safetensors"
        run.commit("chunk", name, tensors, bundle=BUNDLE, trajectories=list(range(len(trajectories))), first=first, last=last)
        there[first, last] = name

    for group in contiguous(pending):
        before = [there[chunk] for chunk in wanted if chunk[1] == group[0][0] - 1]
        state = Bundle.from_state(run.tensors(before[0])) if before else None
        retrain(
            start.problem, spec, start.engine, anchor, trajectories=trajectories, start=state, pending=group, sink=keep, progress=progress
        )


def contiguous(pending: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Chunks (first, last) in ascending order, grouped where each begins right after the one before."""
    groups: list[list[tuple[int, int]]] = []
    for chunk in pending:
        if groups and groups[-1][-1][1] == chunk[0] - 1:
            groups[-1].append(chunk)
        else:
            groups.append([chunk])
    return groups
