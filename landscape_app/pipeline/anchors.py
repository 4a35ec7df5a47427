"""The trained network of a run, its anchor: read if it exists, otherwise trained from the last
intact chunk, alone or as one batch with other runs.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape_app.errors import ModelError, ResumeError
from landscape_app.pipeline.identity import frozen
from landscape_app.pipeline.prepare import Ready
from landscape_app.records.progress import Progress, skip
from landscape_app.sampling.reach import resting, resting_words
from landscape_app.store.run import RunFolder
from landscape_app.store.tensors import pack
from landscape_app.training import together
from landscape_app.training.base import Sink, train
from landscape_app.training.chain import Chain
from landscape_app.training.engine import OneAtATime
from landscape_app.training.engines import ENGINES
from landscape_app.training.outside_probe import outside_probe
from landscape_app.training.problem import Problem
from landscape_app.training.scores import loss_errors, score
from landscape_app.training.together import BatchMember
from landscape_app.weights.bundle import Bundle, from_named_state, named_state

log = logging.getLogger("landscape")

INIT, ANCHOR = "init.safetensors", "anchor.safetensors"


@dataclass(frozen=True)
class Training:
    """What is left of the training of `run`: intact files by name, the initial weights, and the
    state (epochs done, bundle) that it goes on from.
    """

    run: RunFolder
    start: Ready
    intact: Mapping[str, dict[str, Any]]
    initial: Bundle
    last: tuple[int, Bundle]

    @staticmethod
    def of(run: RunFolder, start: Ready, damaged: set[str]) -> Training | None:
        """That of `run`, of which the initial weights are stored now; None where all of its files
        are there.
        """
        inventory = run.inventory()
        intact = {line["file"]: line for line in inventory.committed if line["file"] not in damaged}
        training = [*inventory.of("init"), *inventory.of("base")]
        if (
            ANCHOR in intact
            and not {"init", "base"} & set(inventory.missing)
            and all(line["file"] in intact for line in training)
        ):
            return None
        initial = _initial(run, start.problem, stored=INIT in intact)
        last = _last_base(run, intact, initial.repeated(1))
        return Training(run, start, intact, initial, last)

    def begin(self, progress: Progress) -> Sink:
        """Tell the phase, and how much of it is done; where its chunks go."""
        progress.phase("training", self.run.spec.train_epochs, "epochs")
        skip(progress, self.last[0])

        def keep(first: int, last: int, tensors: dict[str, np.ndarray]) -> None:
            file = f"chunks/base-{first:05d}-{last:05d}.safetensors"
            self.run.commit("base", file, tensors, first=first, last=last)

        return keep

    def end(self, bundle: Bundle, seconds: float) -> None:
        """Commit the anchor, unless only damaged files of the training, or those whose lines are
        gone, were made again.
        """
        if ANCHOR not in self.intact:
            _commit_anchor(self.run, self.start, self.initial, bundle, seconds)


def anchor(run: RunFolder, start: Ready, progress: Progress, damaged: set[str]) -> Bundle:
    """The trained network as a bundle of one. It is read if it exists, otherwise trained from the
    last intact chunk.
    """
    problem, begun = start.problem, time.monotonic()
    training = Training.of(run, start, damaged)
    if training is not None:
        sink = training.begin(progress)
        done, bundle = training.last
        made = train(
            problem,
            run.spec,
            bundle,
            done=done,
            sink=sink,
            progress=progress,
            make=ENGINES[start.plan.training],
        )
        training.end(made, time.monotonic() - begun)
    return from_named_state(run.tensors(ANCHOR), problem.layout, problem.device)


def batchable(run: RunFolder, start: Ready) -> bool:
    """Whether the base training of `run` can be a part of a batch: its plan says so, and its anchor
    is not there yet.
    """
    return start.plan.training == Chain.name and not run.committed("anchor")


def train_together(
    trainings: Sequence[tuple[Training, Progress]],
) -> list[ModelError | None]:
    """Train the networks of several runs, as one batch those that can be. Why each has no anchor,
    None where it has.
    """
    groups: dict[Hashable, list[tuple[int, BatchMember]]] = {}
    for number, (training, progress) in enumerate(trainings):
        sink, (done, bundle) = training.begin(progress), training.last
        member = BatchMember(
            training.start.problem, training.run.spec, bundle, done, sink, progress
        )
        groups.setdefault(together.kind(member), []).append((number, member))
    errors: list[ModelError | None] = [None] * len(trainings)
    for group in groups.values():
        for first in range(0, len(group), together.MOST):
            part, begun = group[first : first + together.MOST], time.monotonic()
            results = together.train_together([member for _, member in part])
            seconds = (time.monotonic() - begun) / len(part)
            for (number, _), result in zip(part, results, strict=True):
                if isinstance(result, ModelError):
                    errors[number] = result
                else:
                    trainings[number][0].end(result, seconds)
    return errors


def _initial(run: RunFolder, problem: Problem, *, stored: bool) -> Bundle:
    """The weights at the start of training: the stored ones, otherwise the network's, which are
    then stored.
    """
    if stored:
        return from_named_state(run.tensors(INIT), problem.layout, problem.device)
    initial = Bundle.of(problem.network, problem.layout)
    run.commit("init", INIT, named_state(initial, problem.layout) | frozen(problem))
    return initial


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
