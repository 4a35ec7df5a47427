"""Folders that benches of the page need: a finished quickstart, and a thousand runs; how long the
page takes to list these.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask

from landscape_app.settings import RunSpec, parse
from landscape_app.store import catalogue
from landscape_app.store.run import RunFolder
from landscape_app.store.sample_digest import JOURNAL


def quickstart(stack: ExitStack) -> Path:
    """A folder with a finished quickstart, gone with the stack."""
    from landscape_app.jobs.session import session
    from landscape_app.pipeline.quickstart import quickstart as make

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="landscape-bench-")))
    make(folder, session=session)
    return folder


def listing(many: int) -> dict[str, Any]:
    """{"runs", "catalogue", "first", "again"}: how long it takes until so many runs are listed;
    until they are rows of the page Runs, by a server that begins; and again. Each is {"seconds",
    "processor"} (s).
    """
    from landscape_app.dashboard import factory
    from landscape_app.dashboard.runs import rows

    with tempfile.TemporaryDirectory(prefix="landscape-bench-") as folder:
        runs = Path(folder)
        fill(runs, many)
        context = factory.context_of(Flask("bench"), runs)
        return {
            "runs": many,
            "catalogue": _timed(lambda: catalogue.list_runs(runs)),
            "first": _timed(lambda: rows.rows(context)),
            "again": _timed(lambda: (context.board.entries(now=True), rows.rows(context))),
        }


def fill(runs: Path, many: int) -> None:
    """Make so many finished runs of next to nothing: one, and copies of its files."""
    tiny = {"data": "blobs", "network": "mlp-small", "seeds": 1, "step_sizes": [0.5], "epochs": 1}
    first = RunFolder.create(runs, "run-00000", parse(RunSpec, tiny))
    trajectories, content = list(range(len(first.spec.trajectories))), {"none": np.zeros(1)}
    whole = {"bundle": 0, "trajectories": trajectories, "first": 0, "last": first.spec.epochs}
    with first.lock():
        first.commit("anchor", "anchor.safetensors", content)
        first.commit("chunk", "chunks/0.safetensors", content, **whole)
        first.mark("finished")
    for number in range(1, many):
        copy = runs / f"run-{number:05}"
        shutil.copytree(first.path, copy)
        (copy / JOURNAL).touch()  # after all that it names, as where it was written


def _timed(work: Callable[[], object]) -> dict[str, float]:
    begun, used = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - begun, "processor": time.process_time() - used}
