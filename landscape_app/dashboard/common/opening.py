"""Which runs are shown where an address names none: a new run of one's own, else those of the
newest study that differ most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations, pairwise, product

from landscape_app.dashboard.common.board import Board, BoardEntry
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.registries import REGIMES

Gap = Callable[[str], float | None]


def unasked(board: Board) -> tuple[str, ...]:
    """The runs that are shown unasked, of what the folder holds now."""
    return opening(board.entries(), board.gap)


def opening(entries: Sequence[BoardEntry], gap: Gap) -> tuple[str, ...]:
    """The runs that are shown unasked. entries: newest first. gap: of a run, None where it is not
    known.

    A run of one's own that is newer than every study, and sampled or being sampled, is shown alone.
    Else the newest study shows a run of each regime. Without a study the newest run is shown.
    """
    study = next((entry for entry in entries if entry.runs), None)
    compared = {id for entry in entries for id in entry.runs}
    runs = {entry.id: entry for entry in entries if entry.summary.kind == "run"}
    own = next((run for run in runs.values() if run.id not in compared and _begun(run)), None)
    if own is not None and (study is None or _made(own) > _made(study)):
        return (own.id,)
    if study is None:
        return tuple(runs)[:1]
    there = {id: runs[id].summary.regime for id in study.runs if id in runs}
    return apart(there, gap) if there else study.runs[:MOST_COMPARED]


def apart(regimes: Mapping[str, str], gap: Gap) -> tuple[str, ...]:
    """One run of each regime, chosen so that the smallest distance between two gaps is as large as
    it can be. Of runs of a single regime the smallest and the largest gap.

    regimes: {run: its regime}, at least one run. Gaps are read where there is a choice.
    """
    by_regime: dict[str, list[str]] = {}
    for id, regime in regimes.items():
        by_regime.setdefault(regime, []).append(id)
    known = [regime for regime in REGIMES if regime in by_regime]
    groups = [by_regime[name] for name in [*known, *by_regime.keys() - REGIMES.keys()]]
    groups = groups[:MOST_COMPARED]
    if all(len(group) == 1 for group in groups):
        return tuple(id for group in groups for id in group)
    gaps = {id: gap(id) for group in groups for id in group}
    choices = [_extremes(group, gaps) for group in groups]
    if len(groups) == 1:
        ends = (choices[0][0], choices[0][-1])
        return tuple(dict.fromkeys(ends)) if len(choices[0]) > 1 else tuple(groups[0][:2])
    return max(product(*choices), key=lambda chosen: _distances(gaps[id] for id in chosen))


def ends(runs: tuple[str, ...], gap: Gap) -> tuple[str, ...]:
    """Of runs the two whose gaps are farthest apart, in their order; the first two where gaps are
    not known.
    """
    gaps = {id: gap(id) for id in runs} if len(runs) > 2 else {}
    pairs = list(combinations(runs, 2))
    return max(pairs, key=lambda pair: _distances(gaps.get(id) for id in pair)) if pairs else runs


def _begun(run: BoardEntry) -> bool:
    """Whether there is something to see of it, or soon will be."""
    return run.summary.problem is None and (run.sampled or run.live)


def _made(entry: BoardEntry) -> float:
    return entry.summary.created or 0.0


def _extremes(group: Sequence[str], gaps: Mapping[str, float | None]) -> list[str]:
    """Of runs of one regime the smallest gap, the one in the middle and the largest; the first run
    where no gap is known.
    """
    ranked = [(value, i, id) for i, id in enumerate(group) if (value := gaps[id]) is not None]
    ordered = [id for _, _, id in sorted(ranked)] or list(group[:1])
    return list(dict.fromkeys((ordered[0], ordered[len(ordered) // 2], ordered[-1])))


def _distances(gaps: Iterable[float | None]) -> tuple[float, float]:
    """(the smallest distance between two gaps, the whole range); what is not known counts as 0."""
    known = sorted(value for value in gaps if value is not None)
    if len(known) < 2:
        return 0.0, 0.0
    return min(after - before for before, after in pairwise(known)), known[-1] - known[0]
