"""Distances between the diagrams of compared runs: bottleneck and Wasserstein distance of every
pair, for each filtration and Rips H1.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from landscape_app.analysis.topology.matching import bottleneck, wasserstein
from landscape_app.pipeline.arrays import Stored
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.pipeline.spaces import common, kernel
from landscape_app.pipeline.topology_arrays import ABSENT
from landscape_app.records.diagram import Diagram
from landscape_app.registries import FILTRATIONS
from landscape_app.settings import AnalysisSpec
from landscape_app.store import derived
from landscape_app.store.run import RunFolder

LOOPS = "rips_h1"
# bars of a diagram that are matched: H1 of noise has several for every snapshot, and matching takes
# their cube
LONGEST = 1000


def diagram_distances(cache: ResultCache, folders: Sequence[RunFolder], spec: AnalysisSpec) -> None:
    """Store "diagram_distances" {diagram: a filtration or rips_h1, …} for the runs in `folders`,
    each analysed at `spec`'s t: rips_h1 in function space, where a run has that, and in `spec`'s
    distance.
    """
    over = {"t": spec.t, "graph_k": spec.graph_k, **kernel(spec)}
    for name in FILTRATIONS:
        diagrams = [
            derived.find(folder.path, "sublevel", filtration=name, **over) for folder in folders
        ]
        there = [None if result is None or ABSENT in result.meta else result for result in diagrams]
        _keep(cache, {"diagram": name, **over}, folders, there, "")
    for distance in dict.fromkeys((common(spec, folders), spec.distance)):
        at = {"quantile": spec.rips_quantile, "distance": distance}
        rips = [derived.find(folder.path, "rips", **at) for folder in folders]
        if distance == spec.distance or any(result is not None for result in rips):
            _keep(cache, {"diagram": LOOPS, **at}, folders, rips, "h1_")


def _keep(
    cache: ResultCache,
    parameters: dict[str, Any],
    folders: Sequence[RunFolder],
    diagrams: Sequence[derived.Result | None],
    prefix: str,
) -> None:
    """Store the distances. A current result stays, unless a run has got its diagram since."""
    stored = derived.current(cache.folder, "diagram_distances", parameters, cache.inputs)
    if stored is None or stored.meta["missing"] != _missing(folders, diagrams):
        derived.write(
            cache.folder,
            "diagram_distances",
            parameters,
            *of(folders, diagrams, prefix),
            cache.inputs,
        )


def _missing(folders: Sequence[RunFolder], diagrams: Sequence[derived.Result | None]) -> list[str]:
    return [folder.id for folder, result in zip(folders, diagrams, strict=True) if result is None]


def of(
    folders: Sequence[RunFolder], results: Sequence[derived.Result | None], prefix: str
) -> Stored:
    """bottleneck, wasserstein (R, R) in the filtration's unit, symmetric, NaN for a run without the
    diagram.

    Where diagrams have different numbers of essential bars they are inf. meta: runs, missing, and
    `left_out`, per run the sum of the bars that were too many to be matched: the bottleneck
    distance is right to half the longest of them, Wasserstein's to half the sum.
    """
    diagrams, left_out = [], []
    for result in results:
        diagram, rest = _diagram(result, prefix) if result is not None else (None, 0.0)
        diagrams.append(diagram)
        left_out.append(rest)
    shape = (len(results), len(results))
    matrices = {"bottleneck": np.full(shape, np.nan), "wasserstein": np.full(shape, np.nan)}
    for i, diagram in enumerate(diagrams):
        if diagram is not None:
            matrices["bottleneck"][i, i] = matrices["wasserstein"][i, i] = 0.0
    for (i, first), (j, second) in combinations(enumerate(diagrams), 2):
        if first is not None and second is not None:
            for name, distance in (("bottleneck", bottleneck), ("wasserstein", wasserstein)):
                matrices[name][i, j] = matrices[name][j, i] = distance(first, second)
    return matrices, {
        "runs": [folder.id for folder in folders],
        "missing": _missing(folders, results),
        "left_out": left_out,
    }


def _diagram(result: derived.Result, prefix: str) -> tuple[Diagram, float]:
    """(the LONGEST longest stored bars, the sum of the lengths of the others)."""
    birth, death = result.arrays[f"{prefix}birth"], result.arrays[f"{prefix}death"]
    censored = (
        result.arrays[f"{prefix}censored"].astype(bool)
        if prefix
        else np.zeros(len(birth), dtype=bool)
    )
    order = np.argsort(-(death - birth), kind="stable")
    longest, rest = order[:LONGEST], order[LONGEST:]
    nowhere = np.full((len(longest), 2), -1)
    return Diagram(
        1 if prefix else 0, birth[longest], death[longest], nowhere, nowhere, censored[longest]
    ), float((death - birth)[rest].sum())
