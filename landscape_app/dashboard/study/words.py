"""What is said of a study: how it stands, what τ says and when it does not, and what each number of
the table means.
"""

from __future__ import annotations

import math
from typing import Any

from landscape_app.dashboard.common.job_words import steps
from landscape_app.dashboard.study.definitions import column
from landscape_app.dashboard.study.reading import GAPS, INTERPOLATING, Seen
from landscape_app.dashboard.study.stored import Line
from landscape_app.number_text import DASH, duration

NAMED = 3  # runs named in one sentence

# Head, what it means, when it lies: of the columns of the table of measures.
COLUMNS: dict[str, tuple[str, str, str]] = {
    "tau": (
        "τ",
        "Kendall's τ_b between measure and gap: pairs of networks in the same order less pairs in the other, over all pairs.",
        "A τ over all recipes may come from one knob alone, or from the weight norm: read granulated and partial τ beside it.",
    ),
    "interval": (
        "interval",
        "Where τ lies when the configurations are drawn anew, each with all its seeds.",
        "Of fewer than 8 configurations it is too narrow; of fewer than 5 there is none.",
    ),
    "partial": (
        "partial",
        "τ between what the ranks of the controls (weight norm, learning rate, batch size) leave of measure and gap.",
        "With as many controls as configurations nothing is left to correlate.",
    ),
    "granulated": (
        "granul.",
        "Mean over the hyper-parameters of τ between networks that differ in that one alone (Jiang et al. 2020).",
        "Knobs with two values count as much as knobs with ten.",
    ),
    "sign_error": (
        "sign err.",
        "How often the measure misjudges which of two networks that differ in one knob generalizes worse; ½ is a coin.",
        "A measure that falls where the gap grows is always wrong here, however closely it follows.",
    ),
    "q": (
        "q",
        "Share of false discoveries to expect if everything up to this measure is believed (Benjamini & Hochberg).",
        "Of configurations, not of networks: seeds of one recipe are no independent evidence.",
    ),
    "over_baseline": (
        "vs base",
        "Size of τ less that of the best baseline, ‖θ‖ or ‖θ − θ_init‖, on the same networks.",
        "A gain whose interval holds 0 is no gain: hover the number to see it.",
    ),
    "over_linear": (
        "vs linear",
        "Size of τ less that of the best mean rise on a random line or plane: what jumping and retraining adds.",
        "A gain whose interval holds 0 is no gain: hover the number to see it.",
    ),
    "networks": ("n", "Networks with a finite gap and a finite value of the measure.", ""),
}


def signed(value: float | None, digits: int = 2) -> str:
    """−0.56; – where there is none."""
    if value is None or not math.isfinite(value):
        return DASH
    text = f"{value:.{digits}f}"
    return (text if float(text) else text.lstrip("-")).replace("-", "−")


def between(low: float | None, high: float | None) -> str:
    """−0.86 to 0.24; empty where there is no interval."""
    return "" if low is None or high is None else f"{signed(low)} to {signed(high)}"


def head(seen: Seen) -> str:
    """τ 0.40 · 95 % −0.04 to 0.65 · 36 networks."""
    line = seen.line
    if line is None or seen.report is None:
        return ""
    interval = between(line.low, line.high)
    parts = [
        f"τ {signed(line.tau)}",
        f"{100 * seen.report.level:g} % {interval}" if interval else "no interval",
        f"{line.networks} networks",
    ]
    return " · ".join(parts)


def said(seen: Seen) -> list[str]:
    """What τ says about the chosen measure, in sentences."""
    line, stratum, report = seen.line, seen.stratum, seen.report
    if report is None:
        return [without_statistics(seen)] if seen.table is not None else []
    if stratum is None or stratum.problem:
        return [] if stratum is None else [stratum.problem]
    if line is None:
        why = stratum.left_out.get(seen.choice.measure) or report.left_out.get(
            seen.choice.measure, "it is not among the measures"
        )
        return [f"Not judged here: {why}."]
    parts = [_verdict(line, stratum.configurations)]
    if line.values.get("partial") is not None and line.given:
        given = ", ".join(_lower(column(name, label(seen, name))) for name in line.given)
        parts.append(f"Given {given} it is {signed(line.values['partial'])}.")
    if not line.baseline and stratum.baseline and line.values.get("over_baseline") is not None:
        parts.append(
            _over(line, "over_baseline", f"the best baseline's, {label(seen, stratum.baseline)}")
        )
    if line.left_out:
        parts.append(
            f"{_names(line.left_out)} {'has' if len(line.left_out) == 1 else 'have'} no value"
            " of it."
        )
    return parts


def _verdict(line: Line, configurations: int) -> str:
    way = (
        "grows with the gap"
        if line.tau > 0
        else "falls as the gap grows"
        if line.tau < 0
        else "does not go with the gap"
    )
    if line.low is None or line.high is None:
        return (
            f"It {way} in these {line.networks} networks; how surely cannot be told from"
            f" {configurations} configurations."
        )
    if line.low <= 0 <= line.high:
        return "The interval holds 0: these networks do not show that it follows the gap."
    return f"It {way}, whichever of the {configurations} configurations are drawn."


def _over(line: Line, name: str, what: str) -> str:
    value = line.values[name]
    assert value is not None
    interval = between(line.values.get(f"{name}_low"), line.values.get(f"{name}_high"))
    return (
        f"Its size is {signed(abs(value))} {'above' if value >= 0 else 'below'}"
        f" {what}{f' ({interval})' if interval else ''}."
    )


def _lower(label: str) -> str:
    """A setting's title inside a sentence."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label


def label(seen: Seen, name: str) -> str:
    """A column in words."""
    return name if seen.table is None else seen.table.label(name)


def caveats(seen: Seen) -> list[str]:
    """What a person must know before believing the statistics."""
    found: list[str] = []
    if seen.report is None:
        return found
    if seen.report.stale:
        found.append(
            "These statistics are of an earlier table: networks have come since. Go on with the"
            " study."
        )
    if seen.stratum is not None and seen.stratum.too_few:
        found.append(seen.stratum.too_few)
    if seen.report.excluded:
        found.append(f"{_names(tuple(seen.report.excluded))}: no finite gap, so left out.")
    return [*found, *seen.report.notes]


def without_statistics(seen: Seen) -> str:
    """There is a table and no statistics of the chosen gap: why, and what makes them."""
    if not seen.reports:
        job = seen.entry.job if seen.entry is not None else None
        return (
            job.message if job is not None and job.message else ""
        ) or "There are no statistics yet: they come when all runs are done."
    return (
        f"No statistics of the {GAPS.get(seen.choice.gap, seen.choice.gap)} gap are stored. This"
        f" makes them: landscape study {seen.choice.id} --only-table --gap {seen.choice.gap}"
    )


def strata(seen: Seen) -> list[dict[str, str]]:
    """The sets of networks to choose from, with how many each has."""
    if seen.report is None:
        count = 0 if seen.table is None else len(seen.table.runs)
        return [{"value": "all", "label": f"All {count}"}]
    short = {"all": "All", INTERPOLATING: "Interpolating"}
    return [
        {"value": one.name, "label": f"{short.get(one.name, one.label)} {one.networks}"}
        for one in seen.report.strata
    ]


def stratum_help(seen: Seen) -> str:
    """What the chosen set is."""
    if seen.choice.stratum != INTERPOLATING or seen.report is None:
        return "Every network with a finite gap."
    return (
        f"Train accuracy above {100 * seen.report.interpolating:g} %: in some tables τ turns its"
        " sign within these."
    )


def standing(seen: Seen) -> str:
    """How far the study is, in a line or two."""
    entry = seen.entry
    if entry is None:
        return seen.problem
    job, count = entry.job, len(entry.runs)
    sampled = f"{seen.sampled} of {count} runs sampled"
    if job.state == "queued":
        return f"Waits for a free slot. {sampled}."
    if entry.live:
        doing = " · ".join(
            part
            for part in (
                job.phase or "starting",
                steps(job),
                f"{duration(job.eta)} left" if job.eta else "",
            )
            if part
        )
        return f"{doing[0].upper()}{doing[1:]}. {sampled}."
    if entry.summary.problem:
        return entry.summary.problem
    if seen.sampled < count or seen.table is None or not seen.reports:
        return f"Not brought to its end: {sampled}."
    return (
        f"{len(seen.table.runs)} networks in the table."
        if len(seen.table.runs) < count
        else f"All {count} networks are in the table."
    )


def missing(seen: Seen) -> dict[str, str]:
    """{run: why it has no point}, of those that the study asks for."""
    if seen.table is None or seen.entry is None:
        return {}
    there = {*seen.table.runs}
    return {
        run: seen.table.missing.get(run, "made after the table")
        for run in seen.entry.runs
        if run not in there
    }


def ranking_summary(seen: Seen) -> str:
    """The ranking in a sentence, for those who do not see it."""
    if seen.stratum is None or not seen.stratum.lines:
        return "No ranking."
    best = ", ".join(f"{line.label} {signed(line.tau)}" for line in seen.stratum.lines[:NAMED])
    return (
        f"{len(seen.stratum.lines)} measures ranked by the size of τ over {seen.stratum.networks}"
        f" networks. The first: {best}."
    )


def scatter_summary(seen: Seen) -> str:
    """The points in a sentence."""
    if seen.table is None or not seen.choice.measure:
        return "No points."
    return (
        f"{label(seen, seen.choice.measure)} against {label(seen, seen.choice.gap)}, a point per"
        f" network. {head(seen)}"
    )


def _names(runs: tuple[str, ...]) -> str:
    rest = len(runs) - NAMED
    return ", ".join(runs[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


def plain(value: Any) -> str:
    """A setting's value as it is written: 0.05, 100, good."""
    if isinstance(value, str):
        return value or DASH
    return DASH if not math.isfinite(value) else f"{value:g}"
