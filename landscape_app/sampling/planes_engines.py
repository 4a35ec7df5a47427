"""How the points of a plane are evaluated on this network and device: as columns, as one batched
network, or one at a time.

The rule is fixed, so that the same run gives the same numbers. Measured on 1,000 rows of digits
with one thread of a shared machine (ms of processor time a point; Intel with AVX-512 and 2 MiB of
second-level cache a core, torch 2.13):

    way                                                 small CNN   MLP 64-64    WRN-16-1  small ViT
    one at a time, 1,000 rows at once                   1.9-2.7     0.25         39        160
    one at a time, 64 / 256 rows                        5.2 / 2.9   1.2 / 0.45   60 / 41   171 / 146
    vmap (grouped convolutions), best of 1-16 points    3.9         0.26         46        99-160
    hand-batched products of training.chain             –           0.18-0.19    –         –
    columns, second layer's taps gathered               1.3-1.4     –            –         –
    columns, first layer at the second's taps           0.80        0.17         –         –
    … its memory and calls laid out once a group (kept) 0.61        0.15         –         –

The whole plane of 51 × 51 points of the digits CNN, train and test set, two threads, nothing else
running: 2.0-2.1 s; the plain loop 6.7-7.2 s with two torch threads, 10.5-11.2 s with one (bench
plane). On images of 3×32×32 the small CNN takes 27 instead of 103 ms as columns. Blocks whose
largest intermediate result outgrows half the second-level cache cost 40 % more (8 points × 64 rows:
0.98 ms), smaller ones are eaten up by Python. Two torch threads on one network are up to 1.6 times
as fast as one on an idle machine, and several times slower where anything else runs on it: points
are spread over threads of one core each instead. On a GPU nothing has been measured: columns or
vmap take many more points at once there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor

from landscape_app.errors import first_line
from landscape_app.sampling.planes_columns import Columns
from landscape_app.training.engine import Batched, Engine, OneAtATime
from landscape_app.training.engines import REFUSALS, usable
from landscape_app.training.problem import Problem
from landscape_app.training.scores import BYTES, row_bytes
from landscape_app.weights.bundle import Bundle

GPU_BYTES = 2**30  # of the largest layer's outputs over all points
GPU_ROWS = 1_024


class Evaluator(Protocol):
    """Outputs of a network at several points for a block of data. points, rows: at most, in one
    call; shared: bytes of a prepared row.

    `fold` is called once per group of points, `prepare` once per block of data where memory allows.
    """

    name: str
    points: int
    rows: int
    shared: int

    def prepare(self, x: Tensor) -> Tensor:
        """The rows `x` (row, *shape) as `outputs` wants them; may be shared between threads."""

    def fold(self, bundle: Bundle) -> Any:
        """What `outputs` needs of the points in `bundle`."""

    def outputs(self, state: Any, block: Tensor) -> Tensor:
        """Outputs (point, output, row) in eval mode."""


class ByEngine:
    """Any engine of training as an evaluator."""

    def __init__(self, problem: Problem, engine: Engine, *, points: int, rows: int) -> None:
        self._engine, self.name, self.points, self.rows = engine, engine.name, points, rows
        self.shared = 0  # nothing is laid out

    def prepare(self, x: Tensor) -> Tensor:
        """`x` itself."""
        return x

    def fold(self, bundle: Bundle) -> Bundle:
        """`bundle` itself."""
        return bundle

    def outputs(self, state: Bundle, block: Tensor) -> Tensor:
        """Outputs (point, output, row)."""
        return self._engine.outputs(state, block).transpose(1, 2)


def one_at_a_time(problem: Problem) -> Evaluator:
    """The network itself, point after point: every network can be evaluated so."""
    return ByEngine(
        problem, OneAtATime(problem), points=1, rows=max(1, BYTES // row_bytes(problem))
    )


def batched(problem: Problem) -> Evaluator:
    """Many points as one network, for a GPU."""
    return ByEngine(
        problem,
        Batched(problem),
        points=max(1, GPU_BYTES // (row_bytes(problem) * GPU_ROWS)),
        rows=GPU_ROWS,
    )


def choose(problem: Problem, anchor: Bundle) -> tuple[Callable[[Problem], Evaluator], str]:
    """(maker of the evaluator for a problem of one's own, why this one in words); tried at
    `anchor`.
    """
    trial = problem.copied()
    try:
        if _agrees(trial, anchor, Columns(trial)):
            return Columns, "columns: a plain chain of layers, many points in one product"
        reason = "its outputs as columns differ from the network's own"
    except REFUSALS as error:
        reason = first_line(error)
    if problem.device.type == "cuda" and Batched.name in usable(problem)[0]:
        return batched, f"batched: not as columns, because: {reason}"
    return one_at_a_time, f"one at a time: not as columns, because: {reason}"


def _agrees(problem: Problem, anchor: Bundle, evaluator: Evaluator) -> bool:
    """Whether the evaluator gives the outputs of the network, at the anchor and near it."""
    both = anchor.repeated(2)
    both.weights[1] *= 1.1
    x = problem.x_train[: min(4, len(problem.x_train))]
    with torch.no_grad():
        mine = evaluator.outputs(evaluator.fold(both), evaluator.prepare(x)).transpose(1, 2)
        theirs = OneAtATime(problem).outputs(both, x)
    return mine.shape == theirs.shape and bool(torch.allclose(mine, theirs, rtol=1e-3, atol=1e-4))
