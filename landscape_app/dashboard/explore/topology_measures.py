"""Rows of the table of measures that are numbers of diagrams, each with what the null models say of
it.
"""

from __future__ import annotations

from landscape_app.dashboard.explore import embedding_text, verdicts
from landscape_app.dashboard.explore.comparison import ComparedRun, Comparison
from landscape_app.dashboard.explore.measure_rows import MeasureRow, texts
from landscape_app.figures.view import View
from landscape_app.measure_table import FAMILIES, MEASURES
from landscape_app.registries import FILTRATIONS

# (stored result, what of its meta, label in the narrow column, its line in the table of measures)
TOPOLOGICAL = (
    ("sublevel", "total_persistence", "total persistence", "sublevel.total_persistence"),
    ("sublevel", "longest", "longest bar", "sublevel.longest"),
    ("sublevel", "bars", "bars", "sublevel.bars"),
    ("sublevel", "entropy", "bar entropy", "sublevel.entropy"),
    ("sublevel", "smad", "SMAD", "sublevel.smad"),
    ("climbs", "total_over_barriers", "total over barriers", "sublevel.total_over_barriers"),
    ("rips", "longest_h1", "longest loop, all", "rips[h1].longest"),
    ("rips", "bars_h1", "loops, all", ""),
    ("significance", "p_high", "tested loop, p", "rips[h1].p"),
)


def rows(comparison: Comparison) -> list[MeasureRow]:
    """A row for each number of a diagram that any run has, at the view's filtration."""
    several = []
    for part, key, label, name in TOPOLOGICAL:
        values = {
            run.id: verdicts.tested(run, "")[1].get(key)
            if part == "significance"
            else run.meta(part).get(key)
            for run in comparison.runs
        }
        if any(value is not None for value in values.values()):
            row = _defined(part, key, label, name, comparison.view)
            filtration = comparison.view.filtration
            details = {run.id: _detail(part, key, run, filtration) for run in comparison.runs}
            several.append(row._replace(values=values, details=details))
    return several


def _defined(part: str, key: str, label: str, name: str, view: View) -> MeasureRow:
    """A row without values."""
    entry, filtration = MEASURES.get(name), FILTRATIONS[view.filtration]
    of = "Rips H₁."
    if part in ("sublevel", "climbs"):
        of = f"Sublevel H₀ of {filtration.label}. {filtration.help}"
    means, *rest = (
        ["Number of bars, censored ones included.", "When it misleads: Noise has loops too.", ""]
        if entry is None
        else texts(entry, vars(entry.load()))
    )
    between = view.graph if part in ("sublevel", "climbs") else view.between
    distance = f"distance = {embedding_text.space(between)}"
    rest[-1] = " · ".join(filter(None, (rest[-1], distance)))
    return MeasureRow(
        key,
        label,
        label if entry is None else entry.label,
        [f"{of} {means}", *rest],
        {},
        group=f"{FAMILIES['topology']}: {filtration.label}, Rips",
    )


def _detail(part: str, key: str, run: ComparedRun, filtration: str) -> str:
    """What the null models say of a run's value; loops of all snapshots have no verdict."""
    losses, loops = verdicts.tested(run, filtration)
    if part == "rips":
        return "Of all snapshots, not tested."
    if part == "climbs":
        return verdicts.climbs(run)
    if part == "significance" and not loops.get("thinning"):
        return verdicts.loops(run)
    if part == "significance":
        return f"Tested: {loops['thinning']}. {verdicts.loops(run)}. {verdicts.against(loops)}"
    verdict = verdicts.bars(run, filtration)
    if key != "total_persistence" or not verdict:
        return ""
    lines = f"{verdict}.", verdicts.scales(run, filtration), verdicts.against(losses)
    return " ".join(filter(None, lines))
