"""The tables under the figures, as plain values for assets/study.js: hundreds of cells as
components would cost half a second.

A table: {"pick": "measure" | "run" | "", "caption", "said", "columns": [{"label", "tip": [lines]}],
"rows": [{"key", "label", "tip", "mark", "on", "cells": [{"text", "title"}]}], "empty": words where
there is no row}.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from landscape_app.dashboard.study import words
from landscape_app.dashboard.study.definitions import Known, column, tip
from landscape_app.dashboard.study.drawing import short, shown
from landscape_app.dashboard.study.reading import SEED, TRAIN_ACCURACY, Seen
from landscape_app.dashboard.study.stored import Line
from landscape_app.registries import FILTRATIONS, MEASURES

MARKS = {"baseline": "◇", "linear": "□", "measure": "●"}
INTERVALS = ("over_baseline", "over_linear", "partial")
Cell = dict[str, str]


def below(seen: Seen, known: Known) -> dict[str, Any]:
    """The table that is chosen."""
    return {"measures": measures, "sampling": samplings, "networks": networks}[seen.choice.below](
        seen, known
    )


def measures(seen: Seen, known: Known) -> dict[str, Any]:
    """The table twin of the ranking: a row a measure, every number of it."""
    lines = () if seen.stratum is None else seen.stratum.lines
    rows = [
        {
            "key": line.name,
            "label": short(line.label),
            "mark": MARKS["baseline" if line.baseline else "linear" if line.linear else "measure"],
            "tip": tip(line.name, line.label, known),
            "on": line.name == seen.choice.measure,
            "cells": [_cell(line, name, seen) for name in words.COLUMNS],
        }
        for line in lines
    ]
    heads = [_head("measure", "Hover a name for its definition. ◇ baseline, □ linear samples.", "")]
    heads += [_head(*told) for told in words.COLUMNS.values()]
    return _table(
        "measure",
        "Every measure against the gap, as the report ranks them",
        heads,
        rows,
        empty_ranking(seen),
    )


def empty_ranking(seen: Seen) -> str:
    """Why there is no ranking."""
    if seen.report is None:
        return words.without_statistics(seen)
    return (
        seen.stratum.problem if seen.stratum is not None else ""
    ) or "No measure can be judged in these networks."


def _cell(line: Line, name: str, seen: Seen) -> Cell:
    if name == "interval":
        return {"text": words.between(line.low, line.high) or words.DASH, "title": ""}
    if name == "networks":
        absent = ", ".join(line.left_out[:8])
        return {"text": str(line.networks), "title": f"without a value: {absent}" if absent else ""}
    if name == "sign_error":
        ends = [words.signed(line.values.get(f"sign_error_{end}")) for end in ("90", "worst")]
        return {
            "text": words.signed(line.values.get(name)),
            "title": f"90th percentile {ends[0]}, worst {ends[1]}",
        }
    title = ""
    if name in INTERVALS:
        title = words.between(line.values.get(f"{name}_low"), line.values.get(f"{name}_high"))
    if name == "partial" and line.given:
        title = f"{title} given {', '.join(line.given)}".strip()
    if name == "q":
        title = f"p {words.signed(line.values.get('p'), 3)}"
    return {"text": words.signed(line.values.get(name)), "title": title}


def samplings(seen: Seen, known: Known) -> dict[str, Any]:
    """Jump and retrain against linear sampling: the same summary of both; then every other measure
    against the best linear one.
    """
    stratum = seen.stratum
    told = () if stratum is None else stratum.samplings
    rows = [
        _beside(one["name"], _of_both(one["name"], seen), "the same of a plane", one, seen, known)
        for one in told
    ]
    best = None if stratum is None else stratum.line(stratum.linear)
    if stratum is not None and best is not None:
        for line in stratum.lines:
            if not line.baseline and not line.linear:
                ends = {end: line.values.get(f"over_linear_{end}") for end in ("low", "high")}
                apart = {
                    "tau": line.tau,
                    "linear_tau": best.tau,
                    "value": line.values.get("over_linear"),
                    "networks": line.networks,
                    **ends,
                }
                rows.append(_beside(line.name, short(line.label), best.label, apart, seen, known))
    heads = [
        _head(
            "measure",
            "●: closer than linear sampling, its interval above 0. □: less close. ·: not told apart.",
            "",
        ),
        _head(
            "against",
            "The same summary of a filter-normalised random plane (Li et al. 2018), or the best mean rise.",
            "",
        ),
        _head(
            "τ",
            "Of the measure, or of the summary of jump and retrain's snapshots, with the gap.",
            words.COLUMNS["tau"][2],
        ),
        _head(
            "τ, linear",
            "Of the measure from linear samples around the same anchors.",
            "At few points a plane is coarse.",
        ),
        _head("|τ| more", "Size of the first less size of the second, on the same networks.", ""),
        _head("interval", *words.COLUMNS["interval"][1:]),
        _head("n", *words.COLUMNS["networks"][1:]),
    ]
    return _table(
        "measure",
        "Jump and retrain beside linear samples",
        heads,
        rows,
        no_samplings(seen),
        said=samplings_said(rows, seen),
    )


def _beside(
    name: str, label: str, against: str, told: Mapping[str, Any], seen: Seen, known: Known
) -> dict[str, Any]:
    low, high = told.get("low"), told.get("high")
    mark = "●" if low is not None and low > 0 else "□" if high is not None and high < 0 else "·"
    numbers = [words.signed(told.get(part)) for part in ("tau", "linear_tau", "value")]
    cells = [against, *numbers, words.between(low, high) or words.DASH, str(told["networks"])]
    return {
        "key": name,
        "label": label,
        "mark": mark,
        "tip": tip(name, label, known),
        "on": name == seen.choice.measure,
        "cells": [{"text": text, "title": ""} for text in cells],
    }


def samplings_said(rows: list[dict[str, Any]], seen: Seen) -> str:
    """What the comparison comes to, in a sentence or two."""
    if not rows or seen.stratum is None:
        return ""
    marks = [row["mark"] for row in rows]
    ahead, behind = marks.count("●"), marks.count("□")
    said = (
        f"Of {len(rows)} measures {ahead or 'none'} {'follow' if ahead > 1 else 'follows'} the gap"
        f" more closely than linear sampling, {behind or 'none'} less closely"
    )
    flat = not seen.stratum.samplings and any(
        name.startswith("random[") for name in seen.stratum.left_out
    )
    valleys = (
        " The planes fall into no pieces, or into equally many: their persistence tells these"
        " networks nothing."
        if flat
        else ""
    )
    return f"{said}; {len(rows) - ahead - behind} cannot be told apart from it.{valleys}"


def no_samplings(seen: Seen) -> str:
    """Why nothing stands beside linear samples."""
    return (
        "No linear sample was taken of these networks, or its rise is the same in all."
        if seen.stratum and seen.stratum.lines
        else empty_ranking(seen)
    )


def _of_both(name: str, seen: Seen) -> str:
    """Total persistence, log₁₀ train loss."""
    filtration, _, summary = name.partition("[")[2].partition("].")
    known = MEASURES.get(f"sublevel.{summary}")
    if filtration in FILTRATIONS and known is not None:
        return f"{known.label}, {FILTRATIONS[filtration].label}"
    return name if seen.table is None else seen.table.label(name)


def networks(seen: Seen, _: Known) -> dict[str, Any]:
    """The table twin of the scatter: a row a network, its settings and its numbers; a row is picked
    as a point is.
    """
    table, choice = seen.table, seen.choice
    if table is None:
        return _table("run", "", [], [], words.standing(seen))
    settings = [name for name in (*seen.settings, SEED) if table.column(name) is not None]
    numbers = [
        name for name in (choice.measure, choice.gap, TRAIN_ACCURACY) if name in table.numbers
    ]
    show: dict[str, Callable[[Any], str]] = {
        name: partial(shown, name) for name in numbers
    } | dict.fromkeys(settings, words.plain)
    cells = {name: np.asarray(table.column(name)).tolist() for name in (*settings, *numbers)}
    order = sorted(
        range(len(table.runs)),
        key=lambda i: (
            not seen.inside[i],
            -_finite(cells[choice.gap][i]) if choice.gap in cells else 0,
        ),
    )
    rows = [
        {
            "key": table.runs[i],
            "label": table.runs[i],
            "mark": "●" if seen.inside[i] else "○",
            "tip": [],
            "on": table.runs[i] in choice.runs,
            "cells": [
                {"text": show[name](cells[name][i]), "title": ""} for name in (*settings, *numbers)
            ],
        }
        for i in order
    ]
    heads = [
        _head(
            "network",
            "Largest gap first. ○: not in the chosen set. Enter picks it for Explore.",
            "",
        )
    ]
    heads += [
        _head(
            (
                column(name, table.label(name)).lower()
                if name in settings
                else short(table.label(name).replace("_", " "))
            ),
            "",
            "",
        )
        for name in (*settings, *numbers)
    ]
    return _table(
        "run",
        "A row per network; a click picks it for Explore",
        heads,
        rows,
        "No network has measures yet.",
    )


def _finite(value: float) -> float:
    return value if np.isfinite(value) else -np.inf


def _head(label: str, means: str, lies: str) -> dict[str, Any]:
    return {
        "label": label,
        "tip": [label, means, f"When it lies: {lies}"] if lies else [label, means] if means else [],
    }


def _table(
    pick: str, caption: str, columns: list[Any], rows: list[Any], empty: str, *, said: str = ""
) -> dict[str, Any]:
    return {
        "pick": pick,
        "caption": caption,
        "said": said,
        "columns": columns,
        "rows": rows,
        "empty": "" if rows else empty,
    }
