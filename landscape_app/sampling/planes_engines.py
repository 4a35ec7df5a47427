"""Which way the points of a plane are evaluated on this network and device: as columns, as one batched network, or one at a time.

The rule is fixed, so that the same run gives the same numbers. Measured for 1,000 rows of digits on one of two shared cores (ms of
processor time a point; Intel, AVX-512, torch 2.13):

    way                                                        small CNN   MLP 64-64   WRN-16-1   small ViT
    one at a time, 1,000 rows in one go                          1.9-2.5       0.25        39        160
    one at a time, 64 / 256 rows                               5.2 / 2.9   1.2 / 0.45   60 / 41   171 / 146
    vmap (grouped convolution), best of 1-16 points               3.9          0.26        46      99-160
    hand-batched products of training.chain                        –        0.18-0.19      –          –
    columns, layers not joined, fresh memory in every step        1.3           –          –          –
    columns, first layer joined to the second's taps              0.80         0.17        –          –
    … and memory and views laid out once (what is kept)           0.70         0.15        –          –

Two torch threads on one network were slower than one wherever anything else ran on the machine; points are spread over threads of
one core each instead. Blocks whose largest intermediate result outgrows half the second-level cache cost 40 % more (8 points × 64
rows: 0.98 ms). On a GPU nothing is measured yet: there columns or vmap take many more points at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor

from landscape_app.sampling.planes_columns import Columns
from landscape_app.training.engine import Batched, Engine, OneAtATime
from landscape_app.training.engines import REFUSALS, usable
from landscape_app.training.problem import Problem
from landscape_app.training.scores import BYTES, row_bytes
from landscape_app.weights.bundle import Bundle

GPU_BYTES = 2**30  # of the largest layer's outputs over all points
GPU_ROWS = 1_024


class Evaluator(Protocol):
    """Outputs of a network at several points for a block of data. points, rows: at most, in one call; shared: bytes of a prepared row.

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
    return ByEngine(problem, OneAtATime(problem), points=1, rows=max(1, BYTES // row_bytes(problem)))


def batched(problem: Problem) -> Evaluator:
    """Many points as one network, for a GPU."""
    return ByEngine(problem, Batched(problem), points=max(1, GPU_BYTES // (row_bytes(problem) * GPU_ROWS)), rows=GPU_ROWS)


def choose(problem: Problem, anchor: Bundle) -> tuple[Callable[[Problem], Evaluator], str]:
    """(maker of the evaluator for a problem of one's own, why this one in words); tried at `anchor`."""
    trial = problem.copied()
    try:
        if _agrees(trial, anchor, Columns(trial)):
            return Columns, "columns: a plain chain of layers, many points in one product"
        reason = "its outputs as columns differ from the network's own"
    except REFUSALS as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    if problem.device.type == "cuda" and Batched.name in usable(problem)[0]:
        return batched, f"batched: not as columns, because: {reason}"
    return one_at_a_time, f"one at a time: not as columns, because: {reason}"


def _agrees(problem: Problem, anchor: Bundle, evaluator: Evaluator) -> bool:
    """Whether the evaluator's outputs are the network's own, at the anchor and beside it."""
    both = anchor.repeated(2)
    both.weights[1] *= 1.1
    x = problem.x_train[: min(4, len(problem.x_train))]
    with torch.no_grad():
        mine = evaluator.outputs(evaluator.fold(both), evaluator.prepare(x)).transpose(1, 2)
        theirs = OneAtATime(problem).outputs(both, x)
    return mine.shape == theirs.shape and bool(torch.allclose(mine, theirs, rtol=1e-3, atol=1e-4))
