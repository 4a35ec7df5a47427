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
from landscape_app.figures.view import DrawnRun
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
    return diagrams.draw(subject, card.view, card.comparison.common(diagrams.axes))


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
    return " ".join(filter(None, (hollow(comparison), drawn, verdicts.by_chance(comparison))))


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
    figures = REORDERED, verdicts.against(losses), scales, FALLING
    left = [messages.tip(verdict, *figures)] if verdict else []
    if loops.get("p_high") is None:
        why, untested = str(loops.get("words") or ""), verdicts.loops(run)
        untested = untested.removesuffix(" for significance") if left else untested
        return [*left, messages.tip(untested, why) if why else html.Span(untested)]
    because = str(loops["words"]).partition(": ")[2]
    null = f"{because[:1].upper()}{because[1:]}." if because else ""
    drawn = f"Tested and drawn: {loops['thinning']}."
    return [
        *left,
        messages.tip(
            f"{verdicts.loops(run)} · {loops['points']} snapshots",
            null,
            verdicts.against(loops),
            drawn,
            ONLY,
            STRIP,
        ),
    ]


def left_out(card: Card) -> list[Any]:
    """Which snapshots the filtration has no value for, and why."""
    run = card.run
    why, label = run.meta("sublevel").get("left_out"), FILTRATIONS[card.view.filtration].label
    if not why:
        return []
    short = (
        f"no {label}"
        if run.meta("sublevel").get("absent")
        else f"{len(run.meta('sublevel')['excluded'])} snapshots left out"
    )
    return [messages.tip(short, f"{label}: {why}.")]


def summary(card: Card) -> str:
    run = card.run
    filtration = card.view.filtration
    sublevel = run.meta("sublevel")
    notes = "; ".join(
        filter(
            None, (sublevel.get("left_out"), verdicts.bars(run, filtration), verdicts.climbs(run))
        )
    )
    rips = f"Rips: {_drawn_loops(run)}; {verdicts.loops(run)}."
    if sublevel.get("absent"):
        return (
            f"No sublevel persistence of {FILTRATIONS[filtration].label}: {sublevel['absent']}."
            f" {rips}"
        )
    count, longest = sublevel.get("bars", DASH), sublevel.get("longest")
    return (
        f"Sublevel persistence of {FILTRATIONS[filtration].label} by"
        f" {embedding_text.space(card.view.distance)}: {count} finite bars, the longest"
        f" {number(longest)}{f'; {notes}' if notes else ''}. {rips}"
    )


def _drawn_loops(run: ComparedRun) -> str:
    """How many loops are drawn, of which snapshots, and the longest."""
    assert run.subject is not None
    arrays, tested = rips_bars.loops(run.subject)
    lengths = (
        np.asarray(arrays["h1_death"]) - np.asarray(arrays["h1_birth"])
        if "h1_death" in arrays
        else np.empty(0)
    )
    finite = lengths[np.isfinite(lengths)]
    of = verdicts.tested(run, "")[1].get("thinning") if tested else "all snapshots"
    return (
        f"{len(lengths)} loops of {of}, the longest {number(finite.max() if len(finite) else None)}"
    )


PART = Part(stored, draw, foot, summary, twin, note)
