"""How the server of the page stands many people at once, beside a job at work: what is refused, how
long answers take beside those to one person alone, and how its memory grows.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import psutil

from landscape_app.bench import library
from landscape_app.bench.browser import PageServer
from landscape_app.bench.connection import Browser
from landscape_app.bench.load_user import KINDS, POLL, VIEWS, LoadUser, Times
from landscape_app.errors import BenchError
from landscape_app.jobs import launch
from landscape_app.jobs.cancel import cancel_and_wait
from landscape_app.settings import RunSpec, parse

# a run that samples for longer than anyone measures
JOB = {"data": "digits", "network": "mlp-small", "seeds": 64, "epochs": 2_000, "train_epochs": 5}
ALONE = 3  # times that one person sees every view before the others come
SAMPLE = 1.0  # s between two looks at the memory of the server
WARM = 0.4  # share of the time after which its growth is measured: caches have filled by then
MIB = 2**20


def measure(
    *, runs: Path | None = None, users: int = 20, seconds: float = 60.0, listed: int = 1_000
) -> dict[str, Any]:
    """{"cores", "load", "users", "seconds", "requests", "errors", "faults", "kinds": {name:
    {"count", "p50", "p95", "alone" (s), "times" (p95 over alone)}}, "processor": {"server",
    "users"} (s), "memory": {"before", "after" (MiB), "growth" (MiB in ten minutes)}, "listing"}.

    runs: folder of finished runs; None: a quickstart in a temporary folder. The job is of a
    temporary folder then. listed: runs of the folder that is listed. Raises BenchError where there
    are no runs, or the server does not answer.
    """
    load = [os.getloadavg()]
    with ExitStack() as stack:
        made = runs or library.quickstart(stack)
        server = PageServer(made)
        stack.callback(server.stop)
        # ended as by Ctrl-C: the server has a session of its own, and would go on
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        stack.callback(signal.signal, signal.SIGTERM, before)
        result = asyncio.run(_visits(server, stack, made if runs is None else None, users, seconds))
    load.append(os.getloadavg())
    facts = {"cores": os.cpu_count(), "load": load, "users": users, "seconds": seconds}
    return {**facts, **result, "listing": library.listing(listed) if listed else None}


async def _visits(
    server: PageServer, stack: ExitStack, runs: Path | None, users: int, seconds: float
) -> dict[str, Any]:
    process = psutil.Process(server.process.pid)
    alone = Times()
    async with Browser(server.port) as browser:
        lone = LoadUser(browser, alone)
        await lone.arrive()
        for _ in range(ALONE * len(VIEWS)):
            await lone.look()
            for _ in range(2):
                await lone.poll()
    _at_work(stack, runs)
    times = Times()
    busy, own = _processor(process), time.process_time()
    memory = await _crowd(server.port, process, times, users, seconds)
    return {
        "requests": times.requests,
        "errors": times.errors + alone.errors,
        "faults": [*alone.faults, *times.faults],
        "kinds": {kind: _of(times.seconds[kind], alone.seconds[kind]) for kind in KINDS},
        "processor": {
            "server": _processor(process) - busy,
            "users": time.process_time() - own,
        },
        "memory": _growth(memory, seconds),
    }


async def _crowd(
    port: int, process: psutil.Process, times: Times, users: int, seconds: float
) -> list[tuple[float, int]]:
    """[(s, bytes of the server)] while all of them are there."""
    async with AsyncExitStack() as open_:
        people = [
            LoadUser(await open_.enter_async_context(Browser(port)), times, number)
            for number in range(users)
        ]
        for person in people:
            await person.arrive()
        begun = time.monotonic()
        until = begun + seconds
        # they come one after the other, and open their pages at different times
        waits = [10.0 * number / users for number in range(users)]
        visits = [
            asyncio.create_task(person.use(until, wait))
            for person, wait in zip(people, waits, strict=True)
        ]
        memory = []
        while time.monotonic() < until:
            memory.append((time.monotonic() - begun, process.memory_info().rss))
            await asyncio.sleep(SAMPLE)
        await asyncio.gather(*visits)
    return memory


def _at_work(stack: ExitStack, runs: Path | None) -> None:
    """Launch a job that samples, as the page does, until the stack ends."""
    if runs is None:
        runs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="landscape-bench-")))
    name = launch.start_run(runs, parse(RunSpec, JOB), "bench-load")
    stack.callback(cancel_and_wait, runs / name)


def _processor(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


def _of(seconds: Sequence[float], alone: Sequence[float]) -> dict[str, Any]:
    if not seconds or not alone:
        raise BenchError("The server gave no answers. Look at its log.")
    parts = statistics.quantiles(seconds, n=20) if len(seconds) > 1 else [seconds[0]] * 19
    typical = statistics.median(alone)
    return {
        "count": len(seconds),
        "p50": statistics.median(seconds),
        "p95": parts[18],
        "alone": typical,
        "times": parts[18] / typical,
    }


def _growth(memory: Sequence[tuple[float, int]], seconds: float) -> Mapping[str, float | None]:
    """Least squares over what came after the caches had filled."""
    late = [(at, size / MIB) for at, size in memory if at > WARM * seconds]
    slope = None
    if len(late) > 2 and seconds >= 10 * POLL:
        slope = statistics.linear_regression(*zip(*late, strict=True)).slope * 600
    return {"before": memory[0][1] / MIB, "after": memory[-1][1] / MIB, "growth": slope}
