"""The fastest plan for sampling a run on this machine. Every method is tried for a few steps, and
the one with the most trajectory-epochs per second is used.

A method is an engine with a number of workers (threads on a CPU, otherwise GPUs). Bundles are as
large as memory allows, with at least one per worker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

import torch

from landscape_app.errors import ModelError, first_line
from landscape_app.records.plan import Plan, split
from landscape_app.records.progress import Progress, Silent
from landscape_app.records.pulse import EVERY, Stopped, listening, pulse
from landscape_app.sampling.machine import Machine
from landscape_app.sampling.trial import epoch_seconds
from landscape_app.settings import RunSpec
from landscape_app.training.engine import OneAtATime
from landscape_app.training.engines import REFUSALS, usable
from landscape_app.training.problem import Problem
from landscape_app.training.scores import block_rows, layer_sizes
from landscape_app.weights.bundle import Bundle

CHUNK_EPOCHS = 5  # fewer where a chunk would be larger than
# a few chunks are in memory at a time: one is filled, one hashed and written, one waits
CHUNK_BYTES = 96 * 2**20
NEAR = 0.5  # of the best rate: such ways are tried twice
PATIENCE = 8.0  # s of planning after which nothing is tried twice


@dataclass(frozen=True)
class Way:
    """An engine, its workers and bundles."""

    engine: str
    workers: int
    bundles: tuple[tuple[int, ...], ...]


def plan(
    problem: Problem, spec: RunSpec, machine: Machine, *, progress: Progress | None = None
) -> Plan:
    """The plan of the fastest method for `spec` on `machine`; `problem` is on the machine's first
    device.

    Raises ModelError, with the sizes, if not even one trajectory fits into the machine's memory,
    and Cancelled between two trials.
    """
    progress = progress or Silent()
    names, reasons = usable(problem)
    if problem.optimizers[1] is not None:
        reasons |= {
            "optimizer": "the optimizer was given as an object: it is applied tensor by tensor"
        }
    ways = _ways(problem, spec, machine, names, _most(problem, spec, machine))
    rates = _rates(problem, spec, ways, reasons, progress)
    return _plan_of_best(problem, machine, rates, _refused(reasons))


def _plan_of_best(
    problem: Problem, machine: Machine, rates: Mapping[Way, float], refused: str
) -> Plan:
    """The plan with the fastest method. refused: which engines cannot be used, and why."""
    candidates = [
        {"engine": way.engine, "workers": way.workers, "bundle": len(way.bundles[0]), "rate": rate}
        for way, rate in rates.items()
    ]
    best, rate = max(rates.items(), key=lambda pair: pair[1])
    why = (
        f"engine '{best.engine}', {best.workers} worker(s), bundles of {len(best.bundles[0])}:"
        f" {shown(rate)} trajectory-epochs/s measured, the best of {len(rates)}"
    )
    rows = block_rows(problem, len(best.bundles[0]))
    epochs = max(1, min(CHUNK_EPOCHS, CHUNK_BYTES // (row_size(problem) * len(best.bundles[0]))))
    return Plan(
        best.engine,
        best.bundles,
        best.workers,
        machine.devices,
        rows,
        epochs,
        rate,
        tuple(candidates),
        f"{why}. {refused}" if refused else why,
    )


def _refused(reasons: Mapping[str, str]) -> str:
    return "; ".join(f"'{name}' cannot be used: {reason}" for name, reason in reasons.items())


def _rates(
    problem: Problem,
    spec: RunSpec,
    ways: Iterable[Way],
    reasons: dict[str, str],
    progress: Progress,
) -> dict[Way, float]:
    """Trajectory-epochs per second of every method that works; `reasons` gets why the others do
    not. Raises the last error if none works, and Cancelled between two trials.
    """
    begun, rates, failures = time.monotonic(), dict[Way, float](), list[Exception]()
    for way in ways:
        progress.check()
        try:
            rates[way] = measure(problem, spec, way)
        except REFUSALS as error:
            failures.append(error)
            reasons[way.engine] = first_line(error)
    if not rates:
        raise failures[-1]  # one at a time can do everything: what stops it is the real error
    for way in [way for way, rate in rates.items() if rate > NEAR * max(rates.values())]:
        progress.check()
        if time.monotonic() - begun > PATIENCE:
            break
        # a second try: other work on the machine only ever slows a trial
        rates[way] = max(rates[way], measure(problem, spec, way))
    return rates


def shown(rate: float) -> str:
    """`rate` as text: whole numbers, or two digits for small rates."""
    return f"{rate:.0f}" if rate >= 10 else f"{rate:.2g}"


def _raise_first(errors: Sequence[BaseException]) -> None:
    """Raise the first error that is not about the barrier: errors about the barrier only follow
    from others.
    """
    causes = [error for error in errors if not isinstance(error, threading.BrokenBarrierError)]
    for error in causes or errors:
        raise error


def _ways(
    problem: Problem, spec: RunSpec, machine: Machine, names: Sequence[str], most: int
) -> list[Way]:
    count = len(spec.trajectories)
    # A network that draws from torch's global generator cannot share it between threads.
    workers = [1] if problem.stochastic else sorted({1, machine.workers})
    ways = []
    for name in names:
        for number in workers:
            size = min(most, -(-count // number))
            # nothing is gained by larger ones, and small ones resume from fresher states
            if name == OneAtATime.name:
                size = max(1, min(size, CHUNK_BYTES // ((CHUNK_EPOCHS + 1) * row_size(problem))))
            ways.append(Way(name, number, split(count, -(-count // size))))
    return ways


def bytes_per_trajectory(problem: Problem, spec: RunSpec) -> int:
    """Memory of one trajectory while it trains: weights with gradient and optimizer state,
    activations of a batch, a chunk's results.
    """
    weights = 4 * problem.layout.parameters
    activations = 4 * spec.batch * sum(layer_sizes(problem))
    chunk = min((CHUNK_EPOCHS + 1) * row_size(problem), CHUNK_BYTES)
    return 6 * weights + 2 * activations + 3 * chunk


def row_size(problem: Problem) -> int:
    """Bytes of one snapshot: δ, outputs on the probes, losses."""
    answered = len(problem.probe) + len(problem.train_probe)
    return 4 * (problem.layout.parameters + problem.outputs * answered + len(problem.loss_rows))


def _most(problem: Problem, spec: RunSpec, machine: Machine) -> int:
    """The largest number of trajectories in one bundle with which all workers together stay within
    the machine's memory.
    """
    each = bytes_per_trajectory(problem, spec)
    most = machine.memory // (each * machine.workers)
    if machine.memory < each:
        raise ModelError(
            f"One trajectory of this network needs about {each / 2**20:,.0f} MiB while it trains,"
            f" but {machine.memory / 2**20:,.0f} MiB may be used. Use a smaller batch (now"
            f" {spec.batch}) or network, or allow more memory."
        )
    return max(1, int(most))


def fits(plan: Plan, problem: Problem, spec: RunSpec, machine: Machine) -> bool:
    """Whether bundles as large as those of `plan` fit into the machine's memory."""
    largest = max(len(bundle) for bundle in plan.bundles)
    # one trajectory at a time shares its buffers, whatever the size of its bundles
    size = 1 if plan.engine == OneAtATime.name else largest
    return size <= _most(problem, spec, machine)


def measure(problem: Problem, spec: RunSpec, way: Way) -> float:
    """Trajectory-epochs per second of `way`, with all workers at once. Raises the first error of a
    worker.
    """
    anchor = Bundle.of(problem.network, problem.layout)
    parts = way.bundles[: way.workers]
    barrier, stop = threading.Barrier(len(parts)), threading.Event()

    def work(members: Sequence[int]) -> float:
        torch.set_num_threads(1)
        try:
            own = problem.copied()
            with listening(Stopped(stop)):
                return epoch_seconds(
                    own, spec, way.engine, anchor, [spec.trajectories[i] for i in members], barrier
                )
        except BaseException:
            barrier.abort()  # the others wait for this one
            raise

    with ThreadPoolExecutor(len(parts), thread_name_prefix="trial") as pool:
        trials = [pool.submit(work, members) for members in parts]
        try:
            while wait(trials, EVERY).not_done:
                pulse()
        except BaseException:
            stop.set()
            raise
    _raise_first([error for trial in trials if (error := trial.exception()) is not None])
    return sum(len(members) for members in parts) / max(trial.result() for trial in trials)
