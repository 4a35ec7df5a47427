"""What is known of the bars of a run, in words: what null models say of its losses and of its
longest loop, how many tests come out by chance, and which bars have a climb.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from landscape_app.dashboard.explore.comparison import ComparedRun, Comparison
from landscape_app.figures.climbs import of as of_bars
from landscape_app.number_text import DASH, number, score
from landscape_app.registries import FILTRATIONS

LEVEL = 0.05  # a p up to this is called significant


def tested(run: ComparedRun, filtration: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """(the test of the sublevel bars of `filtration`, that of the longest loop); empty where there
    is none whose diagram is drawn.
    """
    meta = run.meta("significance")
    loops = meta if run.subject is None else run.meta(run.subject.loops)
    longest = loops.get("rips_h1") or {}
    return (meta.get("sublevel") or {}).get(filtration) or {}, (
        longest if longest.get("thinning") or not longest.get("points") else {}
    )


def loops(run: ComparedRun) -> str:
    """What the null says of the longest loop: H₁ not significant (p = 0.31); or that nobody asked
    it.
    """
    _, test = tested(run, "")
    p = test.get("p_high")
    if p is None:
        return "H₁ not tested for significance"
    verdict = f"{'' if p <= LEVEL else 'not '}significant (p = {score(p)})"
    return f"H₁ {str(test.get('words') or verdict).partition(':')[0]}"


def bars(run: ComparedRun, filtration: str) -> str:
    """What the null says of the sublevel bars, and in which scale: H₀ smoother, p = 0.010 (train
    loss); empty without a test.
    """
    test, verdict = tested(run, filtration)[0], run.meta("significance").get("verdict") or {}
    if test.get("p") is None:
        return ""
    if filtration in verdict.get("of", ()) and test.get("side") and not verdict.get("side"):
        return "H₀ no verdict: scales disagree"
    return (
        f"H₀ {test['side']}, p = {score(test['p'])} ({FILTRATIONS[filtration].label})"
        if test.get("side")
        else "H₀ nothing to test"
    )


def scales(run: ComparedRun, filtration: str) -> str:
    """What each scale of the train loss says, where `filtration` is one of them."""
    verdict = run.meta("significance").get("verdict") or {}
    note = str(verdict.get("note") or "") if filtration in verdict.get("of", ()) else ""
    return f"{note[:1].upper()}{note[1:]}." if note else ""


def against(test: Mapping[str, Any]) -> str:
    """The figures of a test: observed 0.012; null 0.034 in the middle, 0.029 – 0.041 in 90 % of 99
    null draws; the smallest p there could be.
    """
    if test.get("null_median") is None:
        return str(test.get("note") or "")
    span = f"{number(test.get('null_low'))} – {number(test.get('null_high'))}"
    least = (
        f"; the smallest attainable p is {score(test['smallest_p'])}"
        if test.get("smallest_p") is not None
        else ""
    )
    name = str(test.get("statistic") or "statistic")
    return (
        f"{name[:1].upper()}{name[1:]}: {number(test.get('observed'))} observed; the null gives"
        f" {number(test.get('null_median'))} ({span} in 90 % of {test.get('repeats', DASH)}"
        f" repeats){least}"
    )


def loops_compared(comparison: Comparison) -> str:
    """In which of several networks the longest loop is longer than noise makes it; empty where
    fewer than two were tested.
    """
    ps = {run.label: tested(run, "")[1].get("p_high") for run in comparison.runs}
    known = {label: p for label, p in ps.items() if p is not None}
    longer = [label for label, p in known.items() if p <= LEVEL]
    others = [label for label in known if label not in longer]
    if len(known) < 2:
        return ""
    if not longer or not others:
        which = "every" if longer else "no"
        return f"Loops (H₁) are longer than those of noise in {which} network."
    return (
        f"Loops (H₁) are longer than those of noise in {', '.join(longer)}, not in"
        f" {', '.join(others)}."
    )


def by_chance(comparison: Comparison) -> str:
    """How many of the tests that are shown come out significant by chance; empty for one run
    alone.
    """
    tests = [tested(run, comparison.view.filtration) for run in comparison.runs]
    counts = {
        "H₀": sum(loss.get("side") is not None for loss, _ in tests),
        "H₁": sum(longest.get("p_high") is not None for _, longest in tests),
    }
    if len(set(counts.values())) == 1 and counts["H₀"] > 1:
        return f"{counts['H₀']} tests each: {LEVEL * counts['H₀']:.2g} expected by chance."
    expected = [
        f"{name}: {count} tests, {LEVEL * count:.2g} expected by chance"
        for name, count in counts.items()
        if count > 1
    ]
    return f"{'; '.join(expected)}." if expected else ""


def climb(climbs: Mapping[int, float], bar: int) -> str:
    """How far the train loss rises on the straight line between a bar's two minima."""
    if bar not in climbs:
        return "not checked"
    return number(climbs[bar]) if math.isfinite(climbs[bar]) else "not finite"


def climbs(run: ComparedRun) -> str:
    """How many bars have a climb: 15 of 17 bars without a climb; empty where none was checked."""
    heights = [] if run.subject is None else list(of_bars(run.subject).values())
    if not heights:
        return ""
    bars = "1 bar" if len(heights) == 1 else f"{len(heights)} bars"
    return f"{sum(climb == 0 for climb in heights)} of {bars} without a climb"
