"""The part "diagrams": persistence of the loss and of the distances, and what null models say."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from dash import html

from landscape_app.dashboard.explore import embedding_text, messages, tables, verdicts
from landscape_app.dashboard.explore.comparison import ComparedRun, Comparison
from landscape_app.dashboard.explore.panel import Card
from landscape_app.dashboard.explore.parts import Part
from landscape_app.figures import climbs as climbs_of
from landscape_app.figures import diagrams, rips_bars
from landscape_app.figures.view import FUNCTION, DrawnRun
from landscape_app.number_text import DASH, number
from landscape_app.registries import FILTRATIONS

HOLLOW = "Hollow: no climb."
REORDERED = (
    "Compared with the same changes from epoch to epoch in another order along each trajectory."
    " Two-sided."
)
FALLING = (
    "Losses that fall alike along every trajectory count as smooth, whatever lies between them."
)
ONLY = (
    "The filled mark is the longest loop, the only one that is tested: the others, and their total,"
    " have no verdict."
)
STRIP = "The grey strip is as high as the null's longest loops are in 95 % of its null draws."


def stored(subject: DrawnRun) -> bool:
    """Whether both diagrams are there."""
    return {"sublevel", "rips"} <= set(subject.results)


def draw(card: Card, subject: DrawnRun) -> go.Figure | None:
    """Both diagrams on axes common to all runs; one whose result is not there stays empty."""
    if not {"sublevel", "rips"} & set(subject.results):
        return None
    return diagrams.draw(subject, card.view, card.comparison.common(diagrams.axes_of(card.view)))


def hollow(comparison: Comparison) -> str:
    """What a hollow mark means, where there is one."""
    return HOLLOW if any(len(climbs_of.flat(subject)) for subject in comparison.subjects) else ""


def note(comparison: Comparison) -> str:
    """What the marks mean, and how many tests come out significant by chance."""
    tested = any(
        verdicts.tested(run, comparison.view.filtration)[1].get("p_high") is not None
        for run in comparison.runs
    )
    drawn = "Grey strip: the null's loops (95 %)." if tested else ""  # else each card says so
    loops, chance = verdicts.loops_compared(comparison), verdicts.by_chance(comparison)
    parts = off_scale(comparison), loops, hollow(comparison), spaces(comparison), drawn, chance
    return " ".join(filter(None, parts))


def off_scale(comparison: Comparison) -> str:
    """Which runs have bars beyond the common axes."""
    return " ".join(comparison.common(diagrams.axes_of(comparison.view)).off)


def spaces(comparison: Comparison) -> str:
    """In which spaces the two parts are, where these are not one."""
    if comparison.view.distance != FUNCTION:
        return ""
    return "Left: loss on the graph of the weights. Right: distances as in the scenes."


def twin(card: Card) -> list[Any]:
    """The sublevel bars and the loops."""
    subject = card.run.subject
    assert subject is not None
    return [tables.sublevel_table(card, subject), tables.loop_table(card, subject)]


def foot(card: Card) -> list[Any]:
    return [*left_out(card), *_tested(card)]


def _tested(card: Card) -> list[Any]:
    run = card.run
    losses, loops = verdicts.tested(run, card.view.filtration)
    verdict, scales = (
        words(run, card.view.filtration) for words in (verdicts.bars, verdicts.scales)
    )
    reasons = REORDERED, verdicts.against(losses), scales, FALLING
    left = [messages.tip(verdict, *reasons)] if verdict else []
    if loops.get("p_high") is None:
        why, untested = str(loops.get("words") or ""), verdicts.loops(run)
        untested = untested.removesuffix(" for significance") if left else untested
        return [*left, messages.tip(untested, why) if why else html.Span(untested)]
    because = str(loops["words"]).partition(": ")[2]
    null = f"{because[:1].upper()}{because[1:]}." if because else ""
    drawn = f"Tested and drawn: {loops['thinning']}."
    figures = verdicts.against(loops)
    tested = f"{verdicts.loops(run)} · {loops['points']} snapshots"
    return [*left, messages.tip(tested, null, figures, drawn, ONLY, STRIP)]


def left_out(card: Card) -> list[Any]:
    """Which snapshots the filtration has no value for, and why."""
    sublevel, label = card.run.meta("sublevel"), FILTRATIONS[card.view.filtration].label
    why = sublevel.get("left_out")
    if not why:
        return []
    short = f"no {label}"
    if not sublevel.get("absent"):
        short = f"{len(sublevel['excluded'])} snapshots left out"
    return [messages.tip(short, f"{label}: {why}.")]


def summary(card: Card) -> str:
    """Bars, loops and what the null models say of them."""
    run, filtration = card.run, card.view.filtration
    sublevel, label = run.meta("sublevel"), FILTRATIONS[filtration].label
    rips = f"Rips: {_drawn_loops(run)}; {verdicts.loops(run)}."
    if sublevel.get("absent"):
        return f"No sublevel persistence of {label}: {sublevel['absent']}. {rips}"
    longest = f"the longest {number(sublevel.get('longest'))}"
    notes = sublevel.get("left_out"), verdicts.bars(run, filtration), verdicts.climbs(run)
    return (
        f"Sublevel persistence of {label} by {embedding_text.space(card.view.graph)}:"
        f" {sublevel.get('bars', DASH)} finite bars, {'; '.join(filter(None, (longest, *notes)))}."
        f" {rips}"
    )


def _drawn_loops(run: ComparedRun) -> str:
    """How many loops are drawn, of which snapshots, and the longest."""
    assert run.subject is not None
    arrays, tested = rips_bars.loops(run.subject)
    births, deaths = arrays.get("h1_birth", np.empty(0)), arrays.get("h1_death", np.empty(0))
    lengths = np.asarray(deaths) - np.asarray(births)
    longest = lengths[np.isfinite(lengths)].max(initial=0)
    of = verdicts.tested(run, "")[1].get("thinning") if tested else "all snapshots"
    return f"{len(lengths)} loops of {of}, the longest {number(longest or None)}"


PART = Part(stored, draw, foot, summary, twin, note)
