"""What of a run's persistence is more than chance: permuted losses under each filtration, noise under its loops; one stored result."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from landscape_app.analysis.topology import significance
from landscape_app.errors import AnalysisError
from landscape_app.pipeline import topology_arrays as arrays
from landscape_app.pipeline.arrays import Stored
from landscape_app.pipeline.subject import Subject
from landscape_app.registries import FILTRATIONS
from landscape_app.seeds import numpy_stream

SAME_WORLDS = "the loss, its logarithm and its rank put the snapshots in one order, so they are dealt out by the same permutations"


def of(subject: Subject, edges: np.ndarray, distances: np.ndarray, *, parameters: int | None) -> Stored:
    """meta sublevel {filtration: …}, rips_h1, rips_h1_total; arrays: the statistic in every world.

    edges: of the potential's graph. distances (m, m): those of Rips, in its unit. parameters: see `significance.loops`.
    """
    spec = subject.spec
    samples, meta = _losses(subject, edges)
    streams = partial(numpy_stream, spec.seed, "null")
    of_loops, loops = significance.loops(distances, subject.space.steps, parameters=parameters, stream=streams, repeats=spec.null_repeats)
    stored = {f"sublevel_{name}": values for name, values in samples.items()} | {f"rips_h1_{name}": v for name, v in of_loops.items()}
    return stored, {"sublevel": meta, "rips_h1": loops["longest"], "rips_h1_total": loops["total"], "worlds": SAME_WORLDS}


def _losses(subject: Subject, edges: np.ndarray) -> significance.Found:
    """Filtrations that leave out the same snapshots share a graph, and so their permutations."""
    spec = subject.spec
    values = {name: entry.load()(subject.columns) for name, entry in FILTRATIONS.items()}
    masks = {name: np.isfinite(v).tobytes() for name, v in values.items()}
    samples: dict[str, np.ndarray] = {}
    meta: dict[str, Any] = {}
    for mask in dict.fromkeys(masks.values()):
        names = [name for name in values if masks[name] == mask]
        try:
            finite, inside = arrays.of_finite(values[names[0]], edges, lambda: subject.potential, k=spec.graph_k)
            rng = numpy_stream(spec.seed, "null", "losses")
            found = significance.losses(inside, {name: values[name][finite] for name in names}, rng=rng, repeats=spec.null_repeats)
        except AnalysisError as error:
            found = {}, {name: significance.untested_losses(str(error)) for name in names}
        samples |= found[0]
        meta |= found[1]
    return samples, {name: meta[name] for name in values}
