"""The words of the cards of topology, for each of their parts: what is drawn, what the null models
say of it, and why there is nothing.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from dash import dcc, html

from landscape_app import number_text
from landscape_app.dashboard.explore import verdicts, words
from landscape_app.dashboard.explore.reading import Compared, ComparedRun
from landscape_app.figures import climbs, diagrams, profile, tree
from landscape_app.figures.view import PARTS
from landscape_app.registries import FILTRATIONS

NOTES = {
    "tree": "Joined at the highest train loss on the straight line between.",
    "profile": "A dip is as wide as it has snapshots.",
}
HOLLOW = "Hollow: no climb."
REORDERED = (
    "Held against the same changes from epoch to epoch, in another order along each trajectory."
    " Two-sided."
)
FALLING = (
    "Losses that fall alike along every trajectory count as smooth, whatever lies between them."
)
ONLY = (
    "The filled mark is the longest loop, the only one that is tested: the others, and their total,"
    " have no verdict."
)
STRIP = "The grey strip is as high as the null's longest loops are in 95 % of its worlds."


def captions(one: ComparedRun, compared: Compared) -> dict[str, Any]:
    """{"head", "foot", "state", "summary"} of the card of one run."""
    part = compared.view.part
    have = _have(one, part)
    return {
        "head": "",
        "foot": (
            {"diagrams": _tests, "tree": _barriers, "profile": _profile}[part](one, compared)
            if have
            else []
        ),
        "state": "" if have else _missing(one, part, compared),
        "summary": (
            {"diagrams": _bars, "tree": _joined, "profile": _bars}[part](one, compared)
            if have
            else f"No {PARTS[part].lower()} yet."
        ),
    }


def note(compared: Compared) -> str:
    """What is said once for all cards."""
    if compared.view.part == "tree":
        return NOTES["tree"]
    hollow = HOLLOW if any(len(climbs.flat(subject)) for subject in compared.subjects) else ""
    if compared.view.part == "profile":
        return " ".join(filter(None, (NOTES["profile"], hollow)))
    tested = any(
        verdicts.tested(one, compared.view.filtration)[1].get("p_high") is not None
        for one in compared.shown
    )
    drawn = "Grey strip: the null's loops (95 %)." if tested else ""  # else each card says so
    return " ".join(filter(None, (hollow, drawn, verdicts.by_chance(compared))))


def _have(one: ComparedRun, part: str) -> bool:
    if one.subject is None:
        return False
    if part == "tree":
        return tree.drawable(one.subject)
    return (
        profile.drawable(one.subject)
        if part == "profile"
        else {"sublevel", "rips"} <= set(one.subject.results)
    )


def _tests(one: ComparedRun, compared: Compared) -> list[Any]:
    return [*_left_out(one, compared), *_tested(one, compared)]


def _left_out(one: ComparedRun, compared: Compared) -> list[Any]:
    """Which snapshots the filtration has no value for, and why."""
    why, label = one.meta("sublevel").get("left_out"), FILTRATIONS[compared.view.filtration].label
    if not why:
        return []
    short = (
        f"no {label}"
        if one.meta("sublevel").get("absent")
        else f"{len(one.meta('sublevel')['excluded'])} snapshots left out"
    )
    return [_tip(short, f"{label}: {why}.")]


def _tested(one: ComparedRun, compared: Compared) -> list[Any]:
    losses, loops = verdicts.tested(one, compared.view.filtration)
    said, scales = (
        verdicts.bars(one, compared.view.filtration),
        verdicts.scales(one, compared.view.filtration),
    )
    left = [_tip(said, REORDERED, verdicts.against(losses), scales, FALLING)] if said else []
    if loops.get("p_high") is None:
        why = str(loops.get("words") or "")
        untested = (
            verdicts.loops(one).removesuffix(" for significance") if left else verdicts.loops(one)
        )
        return [*left, _tip(untested, why) if why else html.Span(untested)]
    because = str(loops["words"]).partition(": ")[2]
    null = f"{because[:1].upper()}{because[1:]}." if because else ""
    drawn = f"Tested and drawn: {loops['thinning']}."
    return [
        *left,
        _tip(
            f"{verdicts.loops(one)} · {loops['points']} snapshots",
            null,
            verdicts.against(loops),
            drawn,
            ONLY,
            STRIP,
        ),
    ]


def _barriers(one: ComparedRun, compared: Compared) -> list[Any]:
    assert one.subject is not None
    arrays = one.subject.results["curvature"].arrays
    climbs = tree.barriers(one.subject)
    found = (
        f"{climbs} of them behind barriers"
        if climbs > 1
        else f"{'one' if climbs else 'none'} behind a barrier"
    )
    return [html.Span(f"{len(arrays['end_rows']) - 1} ends and the anchor"), html.Span(found)]


def _profile(one: ComparedRun, compared: Compared) -> list[Any]:
    valleys = one.meta("sublevel").get("bars")
    left_out = _left_out(one, compared)
    said = (
        ""
        if valleys is None
        else "one piece"
        if not valleys
        else f"{valleys + 1} pieces, joined only higher up"
    )
    flat = one.meta("triangulation").get("label")
    return [html.Span(said), *left_out, *([html.Span(f"right: {flat}")] if flat else [])]


def _tip(text: str, *lines: str) -> Any:
    return html.Span(
        text,
        className="ls-tip",
        tabIndex=0,
        **{"data-tip": json.dumps([text, *(line for line in lines if line)])},
    )


def _missing(one: ComparedRun, part: str, compared: Compared) -> Any:
    if one.state == "unusable":
        return _message("Cannot be read.")
    if one.state in ("waiting", "sampling"):
        return _message("Computed when all snapshots are there.")
    if part == "tree":
        return _message(
            "Barriers between the ends need the network: Compute curvature, under the measures."
        )
    if one.job:
        return _message("Is being computed.")
    if one.state == "uncomputed" and not one.meta("sublevel"):
        return _message(f"Not computed by {words.space(compared.view.distance)}.")
    absent = one.meta("sublevel").get("absent")
    if absent:
        return _message(
            f"There is no {FILTRATIONS[compared.view.filtration].label}: {absent}. Choose another"
            " filtration."
        )
    again = [dcc.Link("See Jobs", href="/jobs")] if part == "profile" else []
    return _message(
        "Not computed yet." if part != "profile" else "The analysis of this run stored no profile.",
        *again,
    )


def _message(text: str, *doing: Any) -> Any:
    return html.Div([html.P(text), *doing], className="ls-message")


def _bars(one: ComparedRun, compared: Compared) -> str:
    filtration = compared.view.filtration
    sublevel = one.meta("sublevel")
    said = "; ".join(
        filter(None, (sublevel.get("left_out"), verdicts.bars(one, filtration), words.climbs(one)))
    )
    rips = f"Rips: {_loops(one)}; {verdicts.loops(one)}."
    if sublevel.get("absent"):
        return (
            f"No sublevel persistence of {FILTRATIONS[filtration].label}: {sublevel['absent']}."
            f" {rips}"
        )
    count, longest = sublevel.get("bars", number_text.DASH), sublevel.get("longest")
    return (
        f"Sublevel persistence of {FILTRATIONS[filtration].label} by"
        f" {words.space(compared.view.distance)}: {count} finite bars, the longest"
        f" {number_text.number(longest)}{f'; {said}' if said else ''}. {rips}"
    )


def _loops(one: ComparedRun) -> str:
    """How many loops are drawn, of which snapshots, and the longest."""
    assert one.subject is not None
    arrays, tested = diagrams.loops(one.subject)
    lengths = (
        np.asarray(arrays["h1_death"]) - np.asarray(arrays["h1_birth"])
        if "h1_death" in arrays
        else np.empty(0)
    )
    finite = lengths[np.isfinite(lengths)]
    of = verdicts.tested(one, "")[1].get("thinning") if tested else "all snapshots"
    return (
        f"{len(lengths)} loops of {of}, the longest"
        f" {number_text.number(finite.max() if len(finite) else None)}"
    )


def _joined(one: ComparedRun, compared: Compared) -> str:
    said = " and ".join(str(span.children) for span in _barriers(one, compared))
    return (
        f"Barrier merge tree: {said}, joined at the highest train loss on straight lines between"
        " them."
    )
