"""The significance of a run's persistence: its losses against permuted changes, its longest loop
against null draws. One stored result.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from landscape_app.analysis.topology import smoothness
from landscape_app.analysis.topology.significance import loops
from landscape_app.errors import AnalysisError
from landscape_app.pipeline import topology_arrays as arrays
from landscape_app.pipeline.analysed_run import AnalysedRun
from landscape_app.pipeline.arrays import Stored
from landscape_app.registries import FILTRATIONS
from landscape_app.seeds import numpy_stream

# of one loss: they have one verdict, or none
SCALES = ("train_loss", "log_train_loss", "rank_train_loss")
CHANGES_OF = "changes_of"  # the filtration whose changes are permuted, where it is another


def of(
    analysed: AnalysedRun, edges: np.ndarray, distances: np.ndarray, *, parameters: int | None
) -> Stored:
    """meta sublevel {filtration: …}, verdict (of the filtrations by train loss, `of`), rips_h1;
    arrays: the statistics in every null draw, the tested diagram.

    edges: of the potential's graph. distances (m, m): those of Rips, in its unit. parameters: see
    `significance.loops`. The tested diagram: tested_rows (p,) and, as in the result "rips",
    h1_birth … h1_cycle_offsets of these snapshots; only where there is a p.
    """
    samples, meta = _losses(analysed, edges)
    stored = {f"sublevel_{name}": values for name, values in samples.items()}
    tested, test = of_loops(analysed, distances, parameters=parameters)
    verdict = smoothness.agreed({FILTRATIONS[name].label: meta[name] for name in SCALES})
    return stored | tested, {
        "sublevel": meta,
        "verdict": {"of": SCALES, **verdict},
        "rips_h1": test,
    }


def of_loops(
    analysed: AnalysedRun, distances: np.ndarray, *, parameters: int | None
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """(the longest loop in every null draw and the tested diagram, what the test says): of `of`
    what is of loops.
    """
    spec = analysed.spec
    protocol = np.column_stack([analysed.columns["seed"], analysed.columns["step_size"]])
    streams = partial(numpy_stream, spec.seed, "null")
    test = loops(
        distances,
        analysed.space.steps,
        protocol,
        parameters=parameters,
        stream=streams,
        repeats=spec.null_repeats,
    )
    stored = {f"rips_h1_longest_{surrogate}": values for surrogate, values in test.samples.items()}
    if test.rips is not None and test.meta["p_high"] is not None:
        rows = analysed.distinct_rows[test.positions]
        stored |= {"tested_rows": rows, **arrays.of_loops(test.rips, rows)}
    return stored, test.meta


def _losses(
    analysed: AnalysedRun, edges: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """({filtration: samples}, {filtration: meta}). The meta of a filtration that cannot be tested
    says why.
    """
    samples, meta = {}, {}
    for name in FILTRATIONS:
        try:
            samples[name], meta[name] = _loss(analysed, edges, name)
        except AnalysisError as error:
            meta[name] = smoothness.untested(str(error))
    return samples, meta


def _loss(analysed: AnalysedRun, edges: np.ndarray, name: str) -> tuple[np.ndarray, dict[str, Any]]:
    """The test of one filtration. Scales that leave out the same snapshots use the same
    permutations.
    """
    entry, spec = FILTRATIONS[name], analysed.spec
    changing = FILTRATIONS[str(entry.settings.get(CHANGES_OF, name))]
    series, why = arrays.filtered(str(entry.settings.get(CHANGES_OF, name)), analysed.columns)
    values = entry.load()(analysed.columns)
    if arrays.too_few(series):
        of = "" if changing is entry else f"its changes are those of {changing.label}, and "
        raise AnalysisError(f"not tested: {of}{why}")
    left = int((np.isfinite(values) & ~np.isfinite(series)).sum())
    if left:
        raise AnalysisError(
            f"not tested: {changing.label} is not finite at {left} snapshots, so it has no changes"
            " there"
        )
    finite, inside = arrays.of_finite(series, edges, lambda: analysed.potential, k=spec.graph_k)
    ranked = None if changing is entry else lambda drawn: entry.load()({"train_loss": drawn})
    return smoothness.smoothness(
        inside,
        _inside(analysed.space.steps, finite),
        series[finite],
        scale=changing.label,
        rng=numpy_stream(spec.seed, "null", "losses"),
        repeats=spec.loss_repeats,
        ranked=ranked,
    )


def _inside(steps: np.ndarray, finite: np.ndarray) -> np.ndarray:
    """The steps (s, 2) between snapshots of the mask `finite` (m,), as positions among these."""
    place = np.cumsum(finite) - 1
    steps = steps.reshape(-1, 2)
    inside: np.ndarray = place[steps[finite[steps].all(axis=1)]]
    return inside
