"""Made-up studies with known answers."""

from __future__ import annotations

import itertools

import numpy as np

from landscape_app.analysis.statistics.report import report
from landscape_app.records.study_table import StudyTable
from landscape_app.settings import StatisticsSpec


def grid(*, widths=(16, 32, 64), rates=(0.01, 0.1), seeds=2) -> dict[str, np.ndarray]:
    """The settings of every network of a full grid."""
    points = np.array(list(itertools.product(widths, rates, range(seeds))), dtype=float)
    return {"width": points[:, 0], "train_rate": points[:, 1], "seed": points[:, 2]}


def table(columns: dict[str, np.ndarray]) -> StudyTable:
    n = len(next(iter(columns.values())))
    return StudyTable(tuple(f"run-{i}" for i in range(n)), columns)


def normal(n: int, *, seed: int = 0, settings: int | None = None) -> StudyTable:
    """A norm, a measure that is the norm plus noise, one that knows more, and a gap that is the
    norm, and that, plus noise.
    """
    rng = np.random.default_rng(seed)
    norm, more = rng.normal(size=(2, n))
    columns = {
        "weight_norm": norm,
        "distance_from_init": rng.normal(size=n),
        "follower": norm + 0.4 * rng.normal(size=n),
        "knows": more + 0.3 * rng.normal(size=n),
        "noise": rng.normal(size=n),
        "gap_accuracy": norm + 0.5 * more + 0.3 * rng.normal(size=n),
        "train_accuracy": np.where(np.arange(n) % 3 > 0, 1.0, 0.9),
    }
    if settings is not None:
        columns["width"] = np.arange(n) % settings * 1.0
    return table(columns)


QUICK = {"resamples": 200}


def made(table, **settings):
    return report(table, StatisticsSpec(**{**QUICK, **settings})).model_dump()


def line(judged, name, stratum=0):
    return next(
        measure for measure in judged["strata"][stratum]["measures"] if measure["name"] == name
    )
