"""Nothing that the page does goes with the square of the snapshots: a run of 20,001 without an
embedding opens like a small one.
"""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import numpy as np

from landscape_app.dashboard import factory
from landscape_app.dashboard.common import ids
from landscape_app.settings import RunSpec, parse
from landscape_app.store.run import RunFolder
from landscape_app.store.snapshots import SCORES
from tests.dashboard.conftest import TINY, Page
from tests.patience import patience

SEEDS, STEPS, EPOCHS, WIDTH = 5, (0.25, 0.5, 1.0), 999, 100  # and the control: 20 trajectories
MEMORY, SECONDS = 150 * 2**20, 8.0  # 3 GiB and 45 s of work before; 40 MB and 0.5 s since


def test_a_large_run_without_an_embedding_opens_at_once(tmp_path: Path) -> None:
    large(tmp_path / "runs")
    page = Page(factory.create(tmp_path / "runs"))
    asked = {f"{ids.LOCATION}.pathname": "/", f"{ids.LOCATION}.search": "?runs=large"}
    tracemalloc.start()
    begun = time.process_time()
    answer = page.call(f"{ids.PAGE}.children", asked, f"{ids.LOCATION}.pathname")
    spent, (_, peak) = time.process_time() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 200
    assert "snapshots drawn" in answer.text
    assert "of 20,001" in answer.text
    assert (peak < MEMORY, spent < patience(SECONDS)) == (True, True), (
        f"{peak / 2**20:.0f} MiB, {spent:.1f} s"
    )


def large(runs: Path) -> RunFolder:
    """A sampled run, of one file for all trajectories of a seed."""
    spec = parse(RunSpec, {**TINY, "seeds": SEEDS, "step_sizes": STEPS, "epochs": EPOCHS})
    run, count, rng = (
        RunFolder.create(runs, "large", spec),
        len(spec.all_step_sizes),
        np.random.default_rng(0),
    )
    with run.lock():
        run.mark("prepared", parameters=WIDTH)
        run.commit("anchor", "anchor.safetensors", scores((1, 1)))
        for seed in range(SEEDS):
            delta = np.cumsum(rng.normal(size=(count, EPOCHS + 1, WIDTH)), axis=1).astype(
                np.float32
            )
            trajectories = list(range(seed * count, (seed + 1) * count))
            tensors = {"delta": delta, **scores(delta.shape[:2])}
            run.commit(
                "chunk",
                f"chunks/{seed}.safetensors",
                tensors,
                bundle=seed,
                trajectories=trajectories,
                first=0,
                last=EPOCHS,
            )
        run.mark("finished")
    return run


def scores(shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Every score, between 0 and 1."""
    values = np.linspace(0.1, 0.9, int(np.prod(shape))).reshape(shape)
    return {
        f"scores.{name}": np.zeros(shape, bool) if name == "diverged" else values for name in SCORES
    }
