"""A row of the table of measures: its values, the texts that explain it, and the snapshots that it
lights up.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.figures.view import DrawnRun
from landscape_app.measure_table import FAMILIES, MeasureEntry, entry_of
from landscape_app.records import paper_sample

OTHER = "Other numbers"  # of measures that the table does not have (any more)
# where a measure is taken, by its name without its part
AT_ANCHOR = {
    *("test_accuracy", "gap_accuracy", "gap_loss", "train_loss", "weight_norm"),
    *("distance_from_init", "hessian_top", "hessian_trace", "gradient_norm"),
}
AT_JUMPS = {
    *("expected_sharpness", "jump_loss", "jump_disagreement", "function_distance_jump"),
}
AT_ENDS = {
    *("return_ratio", "end_spread", "end_disagreement", "anchor_disagreement"),
    *("function_return", "function_distance_end"),
}
AT_SAMPLE = {"published_d0", "published_d1", "published_share", "loss_range"}
SHORTER = (
    ("expected sharpness, a =", "sharpness at"),
    ("epochs to recover, never", "never recovered"),
    ("largest Hessian eigenvalue, number ", "Hessian λ"),
    ("largest Hessian eigenvalue", "Hessian λ1"),
    ("Hessian trace, layer ", "trace, layer "),
    ("worst-direction sharpness", "sharpness, worst"),
    ("adaptive sharpness", "sharpness, adaptive"),
    ("PAC-Bayes σ, magnitude-aware", "PAC-Bayes σ'"),
    ("merge-tree persistence", "merge tree"),
)


class MeasureRow(NamedTuple):
    """A measure of every run: values and their details by run id. unit "fraction" is shown in
    percent.
    """

    name: str
    label: str  # short enough for a narrow column
    whole: str  # … and in full
    tip: list[str]  # what it means, when it misleads, unit · direction · source · cost
    values: Mapping[str, float | None]
    details: Mapping[str, str] = {}
    unit: str = ""
    group: str = ""


def family(name: str) -> str:
    """The heading of a measure."""
    entry = entry_of(name)
    return OTHER if entry is None else FAMILIES[entry.family]


def texts(entry: MeasureEntry | None, facts: Mapping[str, Any]) -> list[str]:
    """What a measure means, when it misleads, and unit · direction · source · cost; `facts`: a
    stored line or a Measure.
    """
    means = str(facts.get("help", "")) if entry is None else entry.help
    misleads = "" if entry is None else f"When it misleads: {entry.misleads}"
    parts = [
        f"{name}{facts[part]}"
        for name, part in (
            ("unit: ", "unit"),
            ("", "direction"),
            ("source: ", "source"),
            ("cost: ", "cost"),
        )
        if facts.get(part)
    ]
    return [text for text in (means, misleads, " · ".join(parts)) if text]


def short(label: str) -> str:
    """A label for a narrow column, in lower case like its neighbours."""
    if label[1:2].islower() and not label.startswith("Hessian"):
        label = label[:1].lower() + label[1:]
    for long, brief in SHORTER:
        label = label.replace(long, brief)
    return label


def pick(name: str, comparison: Comparison) -> dict[str, Any] | None:
    """What a click on the row picks: the snapshots that the measure is taken at."""
    if name.partition("[")[0] in AT_SAMPLE:
        return sample(comparison)
    sets = {subject.run: snapshots(name, subject) for subject in comparison.subjects}
    sets = {run: rows for run, rows in sets.items() if rows}
    return {"kind": "rows", "sets": sets, "run": next(iter(sets)), "name": name} if sets else None


def sample(comparison: Comparison) -> dict[str, Any] | None:
    """The pick of the paper's sample of all runs; None where no run has a snapshot of it."""
    runs = [subject.run for subject in comparison.subjects if len(subject.sample)]
    return {"kind": "rows", "run": runs[0], "name": paper_sample.NAME} if runs else None


def snapshots(name: str, subject: DrawnRun) -> list[int]:
    """Canonical ids that a measure is taken at: what its row lights up; empty where that is no set
    of snapshots.
    """
    epoch, step = np.asarray(subject.columns["epoch"]), np.asarray(subject.columns["step_size"])
    jumped = (step > 0) & (subject.rows != 0)
    base, _, at = name.partition("[")
    if base in AT_JUMPS:
        chosen = jumped & (epoch == 0)
        with suppress(ValueError):  # other parts than a step size are of all jumps
            chosen &= np.isclose(step, float(at[:-1]))
    elif base in AT_ENDS:
        chosen = jumped & (epoch == subject.epochs)
    elif base in AT_ANCHOR:
        chosen = subject.rows == 0
    else:
        return []
    return [int(row) for row in subject.rows[chosen]]
