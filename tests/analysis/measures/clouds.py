"""A cloud of snapshots as jump and retrain makes it, in closed form, so that every measure has a
known answer.

Directions are orthogonal and as long as the weights (‖θ‖ = NORM). From its jump at a·v a trajectory
walks straight back towards the anchor, in equal steps, until RETURN of the way is left. At a jump
the train loss is BASE + a²·(1 + seed/10), and it falls in equal steps until REST of this rise is
left; that of every example is BASE + (‖θ − θo‖ / NORM)²·(1 + seed/10). On BLOCK probe inputs of its
own each seed moves q/2 of its probability from class 0, where the anchor has 0.55, to class 1 +
seed, where it has 0.45; q = ‖θ − θo‖ / NORM. So the class changes where q > 0.1. The test loss is
the train loss + 0.5 + half of the rise. The train accuracy is 0.9 at a jump and grows by 0.02 an
epoch, up to the anchor's 1.

No two jumps end with the same losses, and the mean of the step sizes is not their median: so a mean
over the jumps is not their median either.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from landscape_app.records.snapshots import COLUMNS, Matrix, Snapshots

NORM, RETURN, BASE, REST = 8.0, 0.25, 0.125, 0.2
STEPS = (0.25, 0.5, 1.0)
SEEDS, EPOCHS, PARAMETERS, EXAMPLES = 3, 6, 40, 5
BLOCK, PROBES, CLASSES = 2, 16, 10  # probe inputs: of a seed, of all
TRAIN_PROBES = 32  # likewise of the train set
OUTSIDE = {"rows": 84, "test_loss": BASE + 0.75, "test_loss_error": 0.1, "test_accuracy": 0.75}
FACTS = {
    "weight_norm": NORM,
    "distance_from_init": 6.0,
    "test_rows": 100,
    "train_rows": 400,
    "outside_probe": OUTSIDE,
    "anchor_weights": lambda: np.eye(PARAMETERS, dtype=np.float32)[-1] * NORM,
    "seconds": 1.0,
}


def cloud(
    *,
    seeds: int = SEEDS,
    steps: tuple[float, ...] = STEPS,
    controls: bool = True,
    accuracy: bool = True,
) -> Snapshots:
    """The anchor (row 0) and seeds × steps trajectories of EPOCHS + 1 snapshots; `controls` stay at
    the anchor.
    """
    protocol = [
        (seed, step) for seed in range(seeds) for step in ((0.0, *steps) if controls else steps)
    ]
    lines = [(0, -1, -1, 0.0, 0)]
    for trajectory, (seed, step) in enumerate(protocol):
        lines += [
            (1 + trajectory * (EPOCHS + 1) + epoch, trajectory, seed, step, epoch)
            for epoch in range(EPOCHS + 1)
        ]
    row, trajectory, seed, step, epoch = np.array(lines).T
    left = step * NORM * (1 - (1 - RETURN) * epoch / EPOCHS)
    delta = np.zeros((len(lines), PARAMETERS), dtype=np.float32)
    jumped = seed >= 0
    delta[np.flatnonzero(jumped), seed[jumped].astype(int)] = left[jumped]
    fallen = 1 - (1 - REST) * epoch / EPOCHS
    rise = np.where(jumped, step**2 * (1 + seed / 10) * fallen, 0.0)
    train = np.where(step > 0, np.minimum(0.9 + 0.02 * epoch, 1.0), 1.0)
    values = {
        "row": row,
        "trajectory": trajectory,
        "seed": seed,
        "step_size": step,
        "epoch": epoch,
        "train_loss": BASE + rise,
        "test_loss": BASE + 0.5 + 1.5 * rise,
        "train_accuracy": train if accuracy else np.full(len(lines), np.nan),
        "test_accuracy": train - 0.2 if accuracy else np.full(len(lines), np.nan),
        "distance": np.linalg.norm(delta.astype(np.float64), axis=1),
        "diverged": np.zeros(len(lines)),
    }
    columns = {name: np.asarray(values[name]).astype(kind) for name, (kind, _) in COLUMNS.items()}
    of_each = BASE + (left / NORM) ** 2 * (1 + np.maximum(seed, 0) / 10)
    losses = np.repeat(of_each[:, None], EXAMPLES, axis=1).astype(np.float32)
    return Snapshots(
        "cloud",
        columns,
        Matrix.of(delta),
        probe=Matrix.of(softmax(left / NORM, seed.astype(int))),
        losses=Matrix.of(losses),
        classes=CLASSES if accuracy else 0,
        train_probe=Matrix.of(softmax(left / NORM, seed.astype(int), TRAIN_PROBES)),
    )


def softmax(q: np.ndarray, seed: np.ndarray, probes: int = PROBES) -> np.ndarray:
    """Outputs (n, probes · CLASSES) at distances `q` (n,) along the directions `seed` (n,)."""
    outputs = np.zeros((len(q), probes, CLASSES))
    outputs[:, :, 0] = 0.55
    for other in range(PROBES // BLOCK):
        block = slice(BLOCK * other, BLOCK * (other + 1))
        moved = np.where(seed == other, q / 2, 0.0)[:, None]
        outputs[:, block, 0] -= moved
        outputs[:, block, 1 + other] = 0.45 + moved
    return outputs.reshape(len(q), -1).astype(np.float32)


def diverging(snapshots: Snapshots, trajectory: int, *, since: int) -> Snapshots:
    """The same cloud where one trajectory has NaN weights and losses from epoch `since` on."""
    bad = (snapshots.column("trajectory") == trajectory) & (snapshots.column("epoch") >= since)
    delta = snapshots.delta.whole().copy()
    delta[bad] = np.nan
    delta[bad, 0] = np.inf
    columns = {name: column.copy() for name, column in snapshots.columns.items()}
    columns["diverged"][bad] = True
    columns["train_loss"][bad], columns["test_loss"][bad], columns["distance"][bad] = (
        np.nan,
        np.inf,
        np.nan,
    )
    columns["train_accuracy"][bad], columns["test_accuracy"][bad] = 0.0, 0.0
    gone = {
        name: Matrix.of(np.where(bad[:, None], np.nan, getattr(snapshots, name).whole()))
        for name in ("losses", "probe", "train_probe")
    }
    return replace(snapshots, columns=columns, delta=Matrix.of(delta), **gone)
