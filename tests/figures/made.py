"""Small runs as the panels are given them, made of plain arithmetic so that a test knows every
number.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from landscape_app.figures.view import DrawnRun, InMemoryResult
from landscape_app.pipeline.network_measures import merge_tree

SEEDS, STEPS, EPOCHS = 2, (0.0, 0.5, 1.0), 3
LONG = {"seeds": 4, "steps": (0.0, 0.25, 0.5, 0.75, 1.0), "epochs": 40}  # the protocol's 821 rows


def columns(
    *,
    seeds: int = SEEDS,
    steps: tuple[float, ...] = STEPS,
    epochs: int = EPOCHS,
    factor: float = 1.0,
) -> dict[str, np.ndarray]:
    """Columns of the anchor and every trajectory; no two losses are equal."""
    pairs = [(seed, step) for seed in range(seeds) for step in steps]
    width = epochs + 1
    n = 1 + len(pairs) * width
    row = np.arange(n)
    trajectory = np.r_[-1, np.repeat(np.arange(len(pairs)), width)]
    loss = factor * (
        0.01 + 0.001 * row + np.r_[0, np.tile(1.0 / (1 + np.arange(width)), len(pairs))]
    )
    return {
        "row": row,
        "trajectory": trajectory,
        "seed": np.r_[-1, np.repeat([seed for seed, _ in pairs], width)],
        "step_size": np.r_[0.0, np.repeat([step for _, step in pairs], width)],
        "epoch": np.r_[0, np.tile(np.arange(width), len(pairs))],
        "train_loss": loss,
        "test_loss": 2 * loss,
        "train_accuracy": np.linspace(1, 0.5, n),
        "test_accuracy": np.linspace(0.9, 0.4, n),
        "distance": 0.5 * row,
        "diverged": np.zeros(n, dtype=bool),
    }


def embedding(rows: np.ndarray, dims: int, shift: float = 0.0) -> InMemoryResult:
    """Coordinates that say which row they belong to."""
    angle = 0.3 * rows + shift
    at = np.stack([rows * np.cos(angle), rows * np.sin(angle), 0.5 * rows], axis=1)[:, :dims]
    return InMemoryResult(
        {"rows": rows, "coordinates": at.astype(np.float32)},
        {"components": 1, "t": 5, "k": 5, "k_cross": 3, "decay": 40.0, "demap": 0.9, "stress": 0.1},
    )


def diagrams(rows: np.ndarray, values: np.ndarray) -> dict[str, InMemoryResult]:
    """A sublevel result of two bars (one essential) and a Rips result with a finite and a censored
    loop.
    """
    n = len(rows)
    sublevel = InMemoryResult(
        {
            "rows": rows,
            "values": values,
            "birth": np.array([values.min(), values[5]]),
            "death": np.array([np.inf, values[7]]),
            "birth_row": np.array([rows[values.argmin()], rows[5]]),
            "merge_rows": np.array([[-1, -1], [rows[7], rows[6]]]),
            "basin_rows": np.r_[rows, rows[[6, 5]]],
            "basin_offsets": np.array([0, n, n + 2]),
        },
        {"total_persistence": 1.0, "bars": 1, "longest": 1.0, "entropy": 0.0, "essential": 1},
    )
    rips = InMemoryResult(
        {
            "h0_death": np.linspace(0.5, 0.1, n - 1),
            "h0_rows": np.stack([rows[:-1], rows[1:]], axis=1),
            "h1_birth": np.array([0.2, 0.3]),
            "h1_death": np.array([np.inf, 0.4]),
            "h1_birth_rows": np.array([[1, 2], [3, 4]]),
            "h1_death_rows": np.array([[-1, -1], [5, 6]]),
            "h1_censored": np.array([1, 0], dtype=np.uint8),
            "h1_cycle_rows": np.array([1, 2, 3, 3, 4, 5, 6]),
            "h1_cycle_offsets": np.array([0, 3, 7]),
        },
        {"threshold": 0.45, "longest_h1": 0.1, "censored_h1": 1, "bars_h1": 2},
    )
    return {"sublevel": sublevel, "rips": rips}


def significance(
    *, p_high: float = 0.31, null_high: float = 0.05, rows: Iterable[int] = range(1, 9)
) -> InMemoryResult:
    """A significance result: losses smoother than their changes in other orders, loops as by
    chance; two loops were tested.
    """
    losses = {
        "statistic": "total persistence", "scale": "train loss", "observed": 0.5, "p": 0.01, "p_low": 0.005, "p_high": 1.0, "repeats": 199,
        "null_median": 2.0, "null_low": 1.5, "null_high": 2.5, "smallest_p": 0.01, "side": "smoother",
        "note": "smoother over the graph than the same changes in another order (p = 0.01)",
    }  # fmt: skip
    loops = {
        "statistic": "longest finite H1 bar", "observed": 0.08, "p_high": p_high, "repeats": 99, "null_median": 0.03,
        "null_low": 0.02, "null_high": null_high, "points": 8, "smallest_p": 0.01,
        "thinning": "8 of 10 snapshots (one in 2 of each trajectory, 10 moves each)",
        "words": f"not significant (p = {p_high}): as much comes of noise with the same steps",
    }  # fmt: skip
    filtrations = ("train_loss", "log_train_loss", "rank_train_loss", "test_loss")
    verdict = {"of": filtrations[:3], "side": "smoother", "note": "train loss: smoother (p = 0.01)"}
    rows = np.array(list(rows))
    tested = {
        "tested_rows": rows,
        "h1_birth": np.array([0.21, 0.35]),
        "h1_death": np.array([0.29, 0.37]),
        "h1_birth_rows": rows[[[0, 1], [4, 5]]],
        "h1_death_rows": rows[[[2, 3], [6, 7]]],
        "h1_censored": np.zeros(2, dtype=np.uint8),
        "h1_cycle_rows": rows,
        "h1_cycle_offsets": np.array([0, 4, 8]),
    }
    return InMemoryResult(
        tested,
        {"sublevel": dict.fromkeys(filtrations, losses), "verdict": verdict, "rips_h1": loops},
    )


def curvature(rows: np.ndarray, losses: np.ndarray, heights: np.ndarray) -> InMemoryResult:
    """Barriers between the snapshots `rows`, `heights` (n, n) of the lines between them."""
    pairs = np.array([(i, j) for i in range(len(rows)) for j in range(i + 1, len(rows))])
    arrays = {
        "end_rows": rows,
        "end_losses": losses,
        "pairs": pairs,
        "heights": heights[pairs[:, 0], pairs[:, 1]],
    }
    arrays |= merge_tree(rows, losses, pairs, arrays["heights"])[1]
    measure = {
        "name": "hessian_trace", "label": "Hessian trace", "help": "Sum of the curvatures.", "value": 11.3, "unit": "nats/weight²",
        "direction": "higher = sharper", "source": "Meyer et al. 2021", "detail": "± 0.2", "cost": "45 products",
    }  # fmt: skip
    return InMemoryResult(arrays, {"measures": [measure]})


def profile(rows: np.ndarray, values: np.ndarray) -> dict[str, InMemoryResult]:
    """A profile of one valley, and a triangulation with a basin and a rim."""
    order = np.argsort(np.abs(np.argsort(np.argsort(values)) - len(values) / 2), kind="stable")
    none = {"wall_places": np.empty(0, dtype=np.int64), "wall_heights": np.empty(0)}
    line = InMemoryResult({"order_rows": rows[order], "heights": values[order], **none}, {})
    arrays = {
        "h0_birth": np.array([values.min(), 0.02]), "h0_death": np.array([np.inf, 0.05]),
        "h0_birth_row": np.array([rows[0], rows[2]]), "h0_merge_rows": np.array([[-1, -1], [rows[3], rows[4]]]),
        "h1_birth": np.array([0.03]), "h1_death": np.array([0.2]),
        "h1_birth_rows": np.array([[rows[1], rows[5]]]), "h1_death_rows": np.array([[rows[6], rows[7], rows[8]]]),
    }  # fmt: skip
    return {
        "profile": line,
        "triangulation": InMemoryResult(
            arrays, {"label": "on the triangulated picture, not in weight space"}
        ),
    }


def subject(
    slot: int = 0,
    *,
    dims: int = 3,
    factor: float = 1.0,
    without: Iterable[int] = (),
    **sizes: object,
) -> DrawnRun:
    """A run in `slot`; `without` are rows that damaged files took along."""
    every = columns(factor=factor, **sizes)  # type: ignore[arg-type]
    keep = ~np.isin(every["row"], list(without))
    kept = {name: values[keep] for name, values in every.items()}
    epochs = int(sizes.get("epochs", EPOCHS))  # type: ignore[call-overload]
    rows, loss = kept["row"], kept["train_loss"]
    results = {
        "embedding": embedding(rows, dims, shift=slot),
        **diagrams(rows, loss),
        **profile(rows, loss),
        "significance": significance(),
    }
    return DrawnRun(f"run-{slot}", f"Run {slot}", slot, epochs, kept, results)


def joint(subjects: list[DrawnRun], dims: int = 3) -> InMemoryResult:
    """All subjects in one embedding."""
    rows = np.concatenate([subject.rows for subject in subjects])
    run = np.repeat(np.arange(len(subjects)), [len(subject.rows) for subject in subjects])
    at = np.concatenate(
        [
            embedding(subject.rows, dims, shift=subject.look).arrays["coordinates"]
            for subject in subjects
        ]
    )
    return InMemoryResult(
        {"rows": rows, "run": run, "coordinates": at},
        {"runs": [subject.run for subject in subjects], "components": 1},
    )
