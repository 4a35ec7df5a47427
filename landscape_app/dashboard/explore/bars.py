"""What a picked bar is, in numbers: where it is born and dies, which snapshots it names, and what
the null models say of its like.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from dash import html

from landscape_app.dashboard.common.run_view import mark
from landscape_app.dashboard.explore import verdicts
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.figures import climbs
from landscape_app.figures.rips_bars import loops
from landscape_app.figures.view import DrawnRun, Stored
from landscape_app.number_text import DASH, number, score
from landscape_app.protocol import NORM_UNIT
from landscape_app.registries import FILTRATIONS


def _sublevel(subject: DrawnRun, comparison: Comparison, bar: int) -> Any:
    stored = subject.results.get("sublevel")
    if stored is None or not 0 <= bar < len(stored.arrays["birth"]):
        return None
    arrays = stored.arrays
    birth, death = float(arrays["birth"][bar]), float(arrays["death"][bar])
    first, last = arrays["basin_offsets"][bar : bar + 2]
    essential = bool(np.isinf(death))
    low, high = (subject.snapshot(int(row)) for row in arrays["merge_rows"][bar])
    return [
        title(subject, f"sublevel bar of {FILTRATIONS[comparison.view.filtration].label}"),
        pairs(
            ("birth", number(birth)),
            ("death", "never" if essential else number(death)),
            ("length", "∞" if essential else number(death - birth)),
            ("climb", _climb(subject, bar, essential=essential)),
            ("born at", subject.snapshot(int(arrays["birth_row"][bar]))),
            ("merges at", DASH if essential else html.Span([low, html.Br(), high])),
            ("holds", holds(subject, arrays["basin_rows"][first:last])),
        ),
    ]


def _climb(subject: DrawnRun, bar: int, *, essential: bool) -> Any:
    """How far the train loss rises on the straight line between the bar's two minima."""
    height = DASH if essential else verdicts.climb(climbs.of(subject), bar)
    height = "0, the line never rises" if height == "0" else height
    about = (
        "Highest train loss on 21 points of the straight line between the bar's two minima, above"
        " the higher of them."
    )
    return html.Span(height, title=about)


def _rips0(subject: DrawnRun, comparison: Comparison, bar: int) -> Any:
    stored = subject.results.get("rips")
    if stored is None or not 0 <= bar < len(stored.arrays["h0_death"]):
        return None
    first, second = (subject.snapshot(int(row)) for row in stored.arrays["h0_rows"][bar])
    death = _distance(stored, stored.arrays["h0_death"][bar])
    return [
        title(subject, "Rips bar, H₀"),
        pairs(("birth", "0"), ("death", death), ("joins", first), ("and", second)),
    ]


def _rips1(subject: DrawnRun, comparison: Comparison, bar: int) -> Any:
    stored, (arrays, tested) = subject.results.get("rips"), loops(subject)
    if stored is None or not 0 <= bar < len(arrays["h1_birth"]):
        return None
    birth, death = float(arrays["h1_birth"][bar]), float(arrays["h1_death"][bar])
    first, last = arrays["h1_cycle_offsets"][bar : bar + 2]
    return [
        title(subject, "Rips loop, H₁"),
        pairs(
            ("birth", _distance(stored, birth)),
            ("death", _distance(stored, death, f"beyond {number(stored.meta['threshold'])}")),
            ("length", number(death - birth)),
            ("loop", holds(subject, arrays["h1_cycle_rows"][first:last])),
        ),
        _remark(_chance(subject, comparison, bar if tested else -1)),
    ]


def _distance(stored: Stored, value: float, infinite: str = DASH) -> str:
    """A Rips distance with its unit: those of weights are in units of the anchor's norm."""
    if np.isinf(value):
        return infinite
    unit = stored.meta.get("unit", NORM_UNIT)
    return f"{number(value)} {unit}" if unit else number(value)


def _remark(text: str) -> Any:
    return html.P(text, className="ls-small ls-muted")


def _chance(subject: DrawnRun, comparison: Comparison, bar: int) -> str:
    """What the null model says of the loop `bar` of the tested diagram; −1: of one that is in
    none.
    """
    _, test = verdicts.tested(comparison.run(subject.run), "")
    if bar < 0 or test.get("p_high") is None:
        return "Not tested for significance."
    if bar > 0:
        return f"Only the longest loop is tested, not this one. Drawn: {test['thinning']}."
    least = score(test["smallest_p"])
    return (
        f"The longest loop, tested: {test['words']}. Drawn: {test['thinning']}. The smallest"
        f" attainable p is {least}."
    )


def _rips2(subject: DrawnRun, comparison: Comparison, bar: int) -> Any:
    stored = subject.results.get("rips")
    if stored is None or not 0 <= bar < len(stored.arrays.get("h2_birth", ())):
        return None
    arrays, points = stored.arrays, stored.meta.get("points_h2")
    of = f"Of {points} snapshots, not" if points else "Not"
    return [
        title(subject, "Rips void, H₂"),
        pairs(
            ("birth", _distance(stored, arrays["h2_birth"][bar])),
            ("death", _distance(stored, arrays["h2_death"][bar], "beyond the threshold")),
            *_ends(subject, "closed by", arrays["h2_birth_rows"][bar]),
        ),
        _remark(f"{of} tested for significance."),
    ]


def _over(subject: DrawnRun, comparison: Comparison, bar: int, h: str) -> Any:
    """A bar of the loss over the triangulated picture."""
    stored = subject.results.get("triangulation")
    if stored is None or not 0 <= bar < len(stored.arrays[f"{h}_birth"]):
        return None
    arrays = stored.arrays
    birth, death = float(arrays[f"{h}_birth"][bar]), float(arrays[f"{h}_death"][bar])
    if h == "h0":
        name, ends = "low piece, H₀", _ends(subject, "born at", [arrays["h0_birth_row"][bar]])
    else:
        name = "rim around a hill, H₁"
        ends = _ends(subject, "rim closed by", arrays["h1_birth_rows"][bar])
    of = stored.meta.get("label") or "On the triangulated picture, not in weight space."
    lasts = ("birth", number(birth)), ("death", number(death)), ("length", number(death - birth))
    return [
        title(subject, f"picture's {name}"),
        pairs(*lasts, *ends),
        _remark(str(of).capitalize()),
    ]


def _ends(subject: DrawnRun, name: str, rows: Sequence[int] | np.ndarray) -> list[tuple[str, Any]]:
    return [(name if i == 0 else "and", subject.snapshot(int(row))) for i, row in enumerate(rows)]


BARS: dict[str, Callable[[DrawnRun, Comparison, int], Any]] = {
    "sublevel": _sublevel,
    "rips0": _rips0,
    "rips1": _rips1,
    "rips2": _rips2,
    "over0": partial(_over, h="h0"),
    "over1": partial(_over, h="h1"),
}


def paths(subject: DrawnRun, rows: Sequence[int] | np.ndarray) -> str:
    """How many trajectories the snapshots are of."""
    moved = np.asarray(rows)[np.asarray(rows) > 0]
    count = len(np.unique((moved - 1) // (subject.epochs + 1)))
    return "1 trajectory" if count == 1 else f"{count} trajectories"


def holds(subject: DrawnRun, rows: np.ndarray) -> str:
    """'12 snapshots, 2 trajectories'; how many of them are not there now."""
    missing = subject.find(rows).missing
    gone = f", {missing} of them not there now" if missing else ""
    return f"{len(rows)} snapshots, {paths(subject, rows)}{gone}"


def title(subject: DrawnRun, text: str) -> Any:
    """What is picked of which run."""
    return html.P([mark(subject.look, subject.label), f" {text}"], className="ls-picked-name")


def pairs(*pairs: tuple[str, Any]) -> Any:
    """Names and their values, a row each."""
    return table([html.Tr([html.Th(name, scope="row"), html.Td(value)]) for name, value in pairs])


def table(rows: list[Any], head: Any = None) -> Any:
    """A small table of the rail."""
    return html.Table(
        [*([html.Thead(head)] if head is not None else []), html.Tbody(rows)],
        className="ls-facts ls-details-facts",
    )
