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
    birth, death, label = (
        float(arrays["birth"][bar]),
        float(arrays["death"][bar]),
        FILTRATIONS[comparison.view.filtration].label,
    )
    members = arrays["basin_rows"][arrays["basin_offsets"][bar] : arrays["basin_offsets"][bar + 1]]
    essential = np.isinf(death)
    merge = [int(row) for row in arrays["merge_rows"][bar]]
    return [
        title(subject, f"sublevel bar of {label}"),
        pairs(
            ("birth", number(birth)),
            ("death", "never" if essential else number(death)),
            ("length", "∞" if essential else number(death - birth)),
            ("climb", _climb(subject, bar, essential=bool(essential))),
            ("born at", subject.snapshot(int(arrays["birth_row"][bar]))),
            (
                "merges at",
                (
                    DASH
                    if essential
                    else html.Span(
                        [subject.snapshot(merge[0]), html.Br(), subject.snapshot(merge[1])]
                    )
                ),
            ),
            ("holds", holds(subject, members)),
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
    ends = [int(row) for row in stored.arrays["h0_rows"][bar]]
    return [
        title(subject, "Rips bar, H₀"),
        pairs(
            ("birth", "0"),
            ("death", f"{number(stored.arrays['h0_death'][bar])}{_unit(stored)}"),
            ("joins", subject.snapshot(ends[0])),
            ("and", subject.snapshot(ends[1])),
        ),
    ]


def _rips1(subject: DrawnRun, comparison: Comparison, bar: int) -> Any:
    stored, (arrays, tested) = subject.results.get("rips"), loops(subject)
    if stored is None or not 0 <= bar < len(arrays["h1_birth"]):
        return None
    birth, death = float(arrays["h1_birth"][bar]), float(arrays["h1_death"][bar])
    cycle = arrays["h1_cycle_rows"][
        arrays["h1_cycle_offsets"][bar] : arrays["h1_cycle_offsets"][bar + 1]
    ]
    alive = np.isinf(death)
    return [
        title(subject, "Rips loop, H₁"),
        pairs(
            ("birth", f"{number(birth)}{_unit(stored)}"),
            (
                "death",
                (
                    f"beyond {number(stored.meta['threshold'])}"
                    if alive
                    else f"{number(death)}{_unit(stored)}"
                ),
            ),
            ("length", DASH if alive else number(death - birth)),
            ("loop", holds(subject, cycle)),
        ),
        html.P(_chance(subject, comparison, bar if tested else -1), className="ls-small ls-muted"),
    ]


def _unit(stored: Stored) -> str:
    """Of Rips distances: those of weights are in units of the anchor's norm."""
    unit = stored.meta.get("unit", NORM_UNIT)
    return f" {unit}" if unit else ""


def _chance(subject: DrawnRun, comparison: Comparison, bar: int) -> str:
    """What the null model says of the loop `bar` of the tested diagram; −1: of one that is in
    none.
    """
    _, test = verdicts.tested(comparison.runs[subject.slot], "")
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
    arrays = stored.arrays
    birth, death = float(arrays["h2_birth"][bar]), float(arrays["h2_death"][bar])
    points = stored.meta.get("points_h2")
    return [
        title(subject, "Rips void, H₂"),
        pairs(
            ("birth", f"{number(birth)}{_unit(stored)}"),
            (
                "death",
                "beyond the threshold" if np.isinf(death) else f"{number(death)}{_unit(stored)}",
            ),
            *_ends(subject, "closed by", arrays["h2_birth_rows"][bar]),
        ),
        html.P(
            (
                f"Of {points} snapshots, not tested for significance."
                if points
                else "Not tested for significance."
            ),
            className="ls-small ls-muted",
        ),
    ]


def _over(subject: DrawnRun, comparison: Comparison, bar: int, h: str) -> Any:
    """A bar of the loss over the triangulated picture."""
    stored = subject.results.get("triangulation")
    if stored is None or not 0 <= bar < len(stored.arrays[f"{h}_birth"]):
        return None
    arrays = stored.arrays
    birth, death = float(arrays[f"{h}_birth"][bar]), float(arrays[f"{h}_death"][bar])
    where = (
        ("born at", [arrays["h0_birth_row"][bar]])
        if h == "h0"
        else ("rim closed by", arrays["h1_birth_rows"][bar])
    )
    name = "low piece, H₀" if h == "h0" else "rim around a hill, H₁"
    return [
        title(subject, f"picture's {name}"),
        pairs(
            ("birth", number(birth)),
            ("death", number(death)),
            ("length", number(death - birth)),
            *_ends(subject, *where),
        ),
        html.P(
            str(
                stored.meta.get("label") or "On the triangulated picture, not in weight space."
            ).capitalize(),
            className="ls-small ls-muted",
        ),
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
    count = len(
        set(((np.asarray(rows) - 1) // (subject.epochs + 1))[np.asarray(rows) > 0].tolist())
    )
    return "1 trajectory" if count == 1 else f"{count} trajectories"


def holds(subject: DrawnRun, rows: np.ndarray) -> str:
    """'12 snapshots, 2 trajectories'; how many of them are not there now."""
    missing = subject.find(rows).missing
    return (
        f"{len(rows)} snapshots,"
        f" {paths(subject, rows)}{f', {missing} of them not there now' if missing else ''}"
    )


def title(subject: DrawnRun, text: str) -> Any:
    """What is picked of which run."""
    return html.P([mark(subject.slot, subject.label), f" {text}"], className="ls-picked-name")


def pairs(*pairs: tuple[str, Any]) -> Any:
    """Names and their values, a row each."""
    return table([html.Tr([html.Th(name, scope="row"), html.Td(value)]) for name, value in pairs])


def table(rows: list[Any], head: Any = None) -> Any:
    """A small table of the rail."""
    return html.Table(
        [*([html.Thead(head)] if head is not None else []), html.Tbody(rows)],
        className="ls-facts ls-details-facts",
    )
