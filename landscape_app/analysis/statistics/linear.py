"""Measures of a run from linear samples, the losses on a line or plane through the anchor: what
jump and retrain has to beat.
"""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.topology.graph import grid
from landscape_app.analysis.topology.mergetree import smad
from landscape_app.analysis.topology.sublevel import persistence_of_finite
from landscape_app.analysis.topology.summaries import OF, SUMMARIES, added, summarise
from landscape_app.registries import FILTRATIONS, MEASURES

# Of the table of summaries those that tell networks apart: a connected sample has one essential
# bar, and none is censored in H0.
TOLD = (*(name for name in SUMMARIES if name not in ("essential", "censored")), *added())
# … and SMAD, which is of the merge tree and no summary of a diagram.
SUMMARISED = {name: MEASURES[OF + name].label for name in (*TOLD, "smad")}
# a filtration of test losses leaks what it predicts
TRAIN = tuple(name for name in FILTRATIONS if "test" not in name)


def rise(losses: np.ndarray) -> float | None:
    """Mean of L(θ) − L(θo) over the other points of a sample (b, a) whose middle is the anchor;
    None where no point is finite.
    """
    flat = np.asarray(losses, dtype=np.float64).reshape(-1)
    others = np.delete(flat, len(flat) // 2)
    finite = others[np.isfinite(others)]
    return (
        float(finite.mean() - flat[len(flat) // 2])
        if len(finite) and np.isfinite(flat[len(flat) // 2])
        else None
    )


def persistence(losses: np.ndarray) -> dict[str, float | None]:
    """{"FILTRATION].SUMMARY": value} over the grid (b, a) of axis neighbours: the summaries that
    the snapshots' graph has, too.

    Points without a finite loss are left out of the grid; a filtration that has none (the logarithm
    of losses below 0) is None.
    """
    columns = {"train_loss": np.asarray(losses, dtype=np.float64).reshape(-1)}
    edges = grid(*losses.shape)
    summaries_of: dict[str, float | None] = {}
    for name in TRAIN:
        values = FILTRATIONS[name].load()(columns)
        if not np.isfinite(values).any():
            summaries_of |= dict.fromkeys(f"{name}].{summary}" for summary in SUMMARISED)
            continue
        sublevel = persistence_of_finite(edges, values)[0]
        summaries = summarise(sublevel.diagram)
        summaries_of |= {f"{name}].{summary}": summaries[summary] for summary in TOLD}
        summaries_of[f"{name}].smad"] = smad(sublevel)
    return summaries_of
