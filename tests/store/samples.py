"""A small run with made-up but recognisable tensors: every number says which snapshot it belongs
to.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.settings import RunSpec, parse
from landscape_app.store import damage, derived, verdict
from landscape_app.store.run import RunFolder

PARAMETERS, EXAMPLES, CLASSES, LOSSES = 37, 3, 4, 5
TRAJECTORIES = 4  # 2 seeds × step sizes 0 and 0.5
ANCHOR = "anchor.safetensors"


def spec(epochs: int = 7) -> RunSpec:
    return parse(
        RunSpec,
        {
            "data": "blobs",
            "network": "mlp-small",
            "seeds": 2,
            "step_sizes": (0.5,),
            "epochs": epochs,
        },
    )


def row_of(epochs: int, trajectory: Any, epoch: Any) -> Any:
    """A snapshot's row: the anchor first, then trajectory by trajectory."""
    return 1 + trajectory * (epochs + 1) + epoch


def chunk(
    epochs: int, trajectories: list[int], first: int, last: int, *, salt: float = 0.0
) -> dict[str, np.ndarray]:
    """Tensors of one chunk: δ[j] = row + j/1000, train loss = row, and so on; `salt` tells versions
    apart.
    """
    rows = (
        row_of(epochs, np.array(trajectories)[:, None], np.arange(first, last + 1)).astype(
            np.float64
        )
        + salt
    )
    return {
        "delta": (rows[..., None] + np.arange(PARAMETERS) / 1000).astype(np.float32),
        "probe": (rows[..., None, None] + np.zeros((EXAMPLES, CLASSES))).astype(np.float32),
        "train_probe": (rows[..., None, None] + np.ones((EXAMPLES, CLASSES))).astype(np.float32),
        "losses": np.repeat(rows[..., None], LOSSES, axis=-1).astype(np.float32),
        **{
            f"scores.{name}": rows + i
            for i, name in enumerate(
                ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "distance")
            )
        },
        "scores.diverged": (rows.astype(int) % 5 == 0).astype(np.uint8),
        "state.weights": np.full((len(trajectories), PARAMETERS), last, np.float32),
    }


def anchor() -> dict[str, np.ndarray]:
    named = {
        "param.0.weight": np.ones((6, 6), np.float32),
        "param.0.bias": np.ones(1, np.float32),
        "buffer.count": np.array(3, np.int64),
    }
    scores = {
        name: value[:1, :1]
        for name, value in chunk(7, [0], 0, 0, salt=-1.0).items()
        if name.startswith("scores.")
    }
    return (
        named
        | scores
        | {
            "probe": np.zeros((1, 1, EXAMPLES, CLASSES), np.float32),
            "train_probe": np.zeros((1, 1, EXAMPLES, CLASSES), np.float32),
            "losses": np.zeros((1, 1, LOSSES), np.float32),
        }
    )


def commit_chunk(
    run: RunFolder, trajectories: list[int], first: int, last: int, *, salt: float = 0.0
) -> str:
    file = f"chunks/{trajectories[0]:03d}-{first:05d}-{last:05d}.safetensors"
    tensors = chunk(run.spec.epochs, trajectories, first, last, salt=salt)
    run.commit(
        "chunk",
        file,
        tensors,
        bundle=trajectories[0],
        trajectories=trajectories,
        first=first,
        last=last,
    )
    return file


def full_run(runs: Path, id: str = "run") -> RunFolder:
    """Anchor and every snapshot, in two bundles and two chunks each, committed out of order;
    finished.
    """
    run = RunFolder.create(runs, id, spec())
    run.mark("prepared", parameters=PARAMETERS, classes=CLASSES, plan={"engine": "chain"})
    run.commit("anchor", ANCHOR, anchor(), weight_norm=6.0)
    for bundle in ([2, 3], [0, 1]):
        for first, last in ((0, 5), (6, 7)):
            commit_chunk(run, bundle, first, last)
    run.mark("finished")
    return run


def checked_run(runs: Path, id: str = "run") -> RunFolder:
    """A whole run with stored checks, all of which passed."""
    run = full_run(runs, id)
    answers = [{"name": "hashes", "label": "File hashes", "passed": True}]
    meta = {"checks": answers, verdict.FILES: damage.vouched(run.inventory())}
    derived.write(run.path, "checks", {}, {}, meta, run.digest())
    return run


def flip(path: Path, offset: int) -> None:
    """Damage one byte."""
    content = bytearray(path.read_bytes())
    content[offset] ^= 0x10
    path.write_bytes(content)


def sha256_of(content: bytes) -> str:
    """SHA-256 as the store writes it."""
    return hashlib.sha256(content).hexdigest()


def rewrite(path, change, **how):
    """`change` done to the JSON of the file."""
    content = json.loads(path.read_text())
    path.write_text(json.dumps(change(content) or content, **how))
