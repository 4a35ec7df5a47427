"""The stored results of a study that its pages show: all that an archive of results without runs
holds. What was computed of an earlier table, and what only Explore shows, is not among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from landscape_app.protocol import PAPER, PAPER_DIAGRAM, PAPER_EMBEDDING
from landscape_app.store import derived, usable_results
from landscape_app.store.derived import Result

NETWORKS = 6  # whose embeddings and diagrams are among them: Fig. 1 and 2 have three, Fig. 3 three

Key = Callable[[Result], Any]


def shown(study: Path) -> list[str]:
    """The names of the folders of these results in the folder of a study."""
    table = derived.find(study, "table")
    inputs = "" if table is None else table.inputs
    of_table = [
        *_first(_current_first(study, "statistics", inputs), lambda result: result.meta["gap"]),
        *_first(_current_first(study, "experiment", inputs), lambda result: result.meta["column"]),
        *_first(_current_first(study, PAPER, inputs), lambda result: result.name),
        *_first(derived.all(study, "claims"), lambda result: result.name),
    ]
    drawn = [
        *_first(derived.all(study, PAPER_EMBEDDING), _picture),
        *_first(derived.all(study, PAPER_DIAGRAM), lambda result: result.parameters.get("run")),
    ]
    tables = [] if table is None else [table]
    return [result.path.name for result in [*tables, *of_table, *_of_few(drawn)]]


def _current_first(study: Path, name: str, inputs: str) -> list[Result]:
    """Every result `name`, newest first, but those of the present table before all others."""
    results = derived.all(study, name)
    return sorted(results, key=lambda result: result.inputs.partition("-")[0] != inputs)


def _first(results: Iterable[Result], key: Key) -> list[Result]:
    """Of those with equal keys the first that can be used."""
    chosen: dict[str, Result] = {}
    for result in results:
        if str(key(result)) not in chosen and not usable_results.problem(result):
            chosen[str(key(result))] = result
    return list(chosen.values())


def _picture(result: Result) -> list[Any]:
    return [result.parameters.get(name) for name in ("run", "kind", "method")]


def _of_few(drawn: list[Result]) -> list[Result]:
    """Those of the NETWORKS networks that were drawn last."""
    newest = sorted(drawn, key=lambda result: result.created, reverse=True)
    runs = list(dict.fromkeys(result.parameters.get("run") for result in newest))[:NETWORKS]
    return [result for result in newest if result.parameters.get("run") in runs]
