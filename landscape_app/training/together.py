"""Base training of several networks of one architecture as one batch: across runs, which may
differ in rate, schedule, weight decay, seed, labels and augmentation.

Every network has the bytes that it has alone with the same engine, whoever trains beside it: no
operation mixes networks, and each takes the steps of an optimizer on its own tensor. So a run
that goes on alone, after a stop or a damage, comes to the same anchor. Measured on one core, MLP
64-64, batch 50, µs of a gradient of one network: 635 alone, 171 of 8 together, 133 of 16; through
the module itself 763.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from landscape_app.errors import ModelError
from landscape_app.records.progress import Progress
from landscape_app.records.pulse import pulse
from landscape_app.registries import OPTIMIZERS, find
from landscape_app.seeds import torch_stream
from landscape_app.settings import GIVEN, RunSpec
from landscape_app.training.base import Sink, diverged, ends_chunk, rate_at, stream_of
from landscape_app.training.batches import augmented, row_order
from landscape_app.training.chain import Chain
from landscape_app.training.optimizer import maker, stepped
from landscape_app.training.optimizer_state import restore, stored
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

MOST = 16  # networks in one batch: more gain little


@dataclass
class BatchMember:
    """A network to train: its problem, its settings, a bundle of one after `done` epochs, where its
    chunks go, and who hears of its epochs. losses: of the epochs since its last chunk.
    """

    problem: Problem
    spec: RunSpec
    bundle: Bundle
    done: int
    sink: Sink
    progress: Progress
    losses: list[float] = field(default_factory=list)


def batchable(problem: Problem, spec: RunSpec) -> bool:
    """Whether the network can train beside others: a chain of linear layers on the processor, with
    a named optimizer of which each number has its own history, and a named loss.
    """
    if spec.train_optimizer == GIVEN or problem.optimizers[0] is not None:
        return False
    entry = find("optimizer", OPTIMIZERS, spec.train_optimizer)
    objective = problem.objective
    return (
        spec.train_epochs > 0
        and problem.device.type == "cpu"
        and bool(entry.settings.get("elementwise", True))
        and not (problem.stochastic or problem.mixed)
        and objective.rows is not None
        and objective.whole is None
        and objective.weights is None
    )


def kind(member: BatchMember) -> Hashable:
    """Members of one kind can train as one batch."""
    problem, spec = member.problem, member.spec
    slots = tuple((slot.key, slot.start, slot.stop) for slot in problem.layout.slots)
    rows = tuple(problem.x_train.shape), tuple(problem.y_train.shape), problem.y_train.dtype
    steps = spec.train_batch, spec.train_epochs, spec.train_optimizer, spec.momentum
    return slots, rows, steps, problem.objective.name, problem.objective.summed, member.done


def train_together(members: Sequence[BatchMember]) -> list[Bundle | ModelError]:
    """Train `members`, all of one `kind`, to their last epoch; each chunk goes to its member's
    sink. The bundle of each, or why it has none: its loss is no longer finite.
    """
    results: dict[int, Bundle | ModelError] = {}
    left, done = list(enumerate(members)), members[0].done
    while left and done < members[0].spec.train_epochs:
        done, lost = _until_one_diverges([member for _, member in left], done)
        for place, loss in lost.items():
            number, member = left[place]
            results[number] = ModelError(diverged(member.problem, member.spec, done, loss))
        left = [pair for place, pair in enumerate(left) if place not in lost]
    return [results.get(number, member.bundle) for number, member in enumerate(members)]


def _until_one_diverges(members: Sequence[BatchMember], done: int) -> tuple[int, dict[int, float]]:
    """Train `members` from the epoch after `done` on, to their last one, or to the first in which
    losses are not finite: (that epoch, {place: loss} of these).
    """
    batch, last = _Batch(members), members[0].spec.train_epochs
    for epoch in range(done + 1, last + 1):
        losses = batch.epoch(epoch)
        lost = {place: loss for place, loss in enumerate(losses) if not np.isfinite(loss)}
        if ends_chunk(epoch, last):
            batch.commit(epoch, but=lost)
        for place, member in enumerate(members):
            if place not in lost:
                member.progress.advance()
        if lost:
            batch.keep_states()
            return epoch, lost
    return last, {}


class _Batch:
    """Members that take their steps at once."""

    def __init__(self, members: Sequence[BatchMember]) -> None:
        self._members = members
        self._engine = Chain(members[0].problem)
        self._bundle = Bundle(torch.cat([member.bundle.weights for member in members]), {})
        self._rows = [nn.Parameter(row) for row in self._bundle.weights.split(1)]
        self._optimizer, self._rates = _optimizer(members, self._rows)
        for member, row in zip(members, self._rows, strict=True):
            restore(self._optimizer, [row], member.bundle.optimizer, first=0)
        shared = all(
            _same(member.problem.x_train, members[0].problem.x_train) for member in members
        )
        self._x = members[0].problem.x_train if shared else None
        self._y = torch.stack([member.problem.y_train for member in members])

    def epoch(self, epoch: int) -> list[float]:
        """Train one epoch. The mean of its batch losses for each member, per row where the loss is
        a sum.
        """
        for group, spec in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate_at(spec, epoch)
        total, rows = torch.zeros(len(self._members)), 0
        summed = self._members[0].problem.objective.summed
        for x, y in self._batches(epoch):
            gradient, loss = self._engine.gradient(self._bundle, x, y)
            for row, own in zip(self._rows, gradient.split(1), strict=True):
                row.grad = own
            stepped(self._optimizer)
            total += loss if summed else loss * y.shape[1]
            rows += y.shape[1]
        losses = [float(value) / rows for value in total]
        for member, mean in zip(self._members, losses, strict=True):
            member.losses.append(mean)
        return losses

    def commit(self, epoch: int, *, but: Collection[int]) -> None:
        """Give each member's chunk up to `epoch` to its sink, except those at the places `but`."""
        self.keep_states()
        for place, member in enumerate(self._members):
            if place not in but:
                first = epoch - len(member.losses) + 1
                rates = [rate_at(member.spec, each) for each in range(first, epoch + 1)]
                curve = {
                    "curve.train_loss": np.array(member.losses),
                    "curve.rate": np.array(rates),
                }
                member.sink(first, epoch, member.bundle.state() | curve)
                member.losses = []

    def keep_states(self) -> None:
        """Put what each member's next step needs into its own bundle."""
        for member, row in zip(self._members, self._rows, strict=True):
            state = stored(self._optimizer, [row], first=0)
            own = {name: value.clone() for name, value in state.items()}
            member.bundle = Bundle(row.detach().clone(), {}, own)

    def _batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        """As training.batches.epoch_batches, of which each member has its own rows."""
        members, size = self._members, self._members[0].spec.train_batch
        streams = [stream_of(member.spec) for member in members]
        generators = [torch_stream(root, *name, "augmentation", epoch) for root, name in streams]
        rows = len(members[0].problem.x_train)
        order = torch.stack([row_order(stream, epoch, rows) for stream in streams])
        for start in range(0, rows, size):
            pulse()
            index = order[:, start : start + size]
            x = (
                self._x[index]
                if self._x is not None
                else torch.stack(
                    [
                        member.problem.x_train[own]
                        for member, own in zip(members, index, strict=True)
                    ]
                )
            )
            for place, member in enumerate(members):
                if member.problem.augmentation:
                    x[place] = augmented(member.problem, x[place], generators[place])
            yield x, self._y.gather(1, _like(index, self._y))


def _optimizer(
    members: Sequence[BatchMember], rows: Sequence[nn.Parameter]
) -> tuple[torch.optim.Optimizer, list[RunSpec]]:
    """An optimizer with a group of parameters for each rate, schedule and weight decay, and the
    settings that each group takes its rate from.
    """
    groups: dict[Hashable, list[int]] = {}
    for place, member in enumerate(members):
        spec = member.spec
        same = spec.train_rate, spec.train_schedule, spec.weight_decay or 0.0
        groups.setdefault(same, []).append(place)
    first = members[0].spec
    entry = find("optimizer", OPTIMIZERS, first.train_optimizer)
    decays = entry.settings.get("weight_decay", True)
    make, _ = maker(
        first.train_optimizer, rate=first.train_rate, momentum=first.momentum, weight_decay=0.0
    )
    specs = [members[places[0]].spec for places in groups.values()]
    given = [
        {"params": [rows[place] for place in places]}
        | ({"weight_decay": spec.weight_decay or 0.0} if decays else {})
        for spec, places in zip(specs, groups.values(), strict=True)
    ]
    return make(given), specs  # type: ignore[arg-type]


def _same(one: object, other: object) -> bool:
    return one is other or (
        isinstance(one, Tensor) and isinstance(other, Tensor) and torch.equal(one, other)
    )


def _like(index: Tensor, y: Tensor) -> Tensor:
    """`index` (member, batch) for a gather from `y` (member, row[, target])."""
    more = index.reshape(*index.shape, *[1] * (y.dim() - 2))
    return more.expand(*index.shape, *y.shape[2:])
