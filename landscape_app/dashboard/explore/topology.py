"""The words of the cards of topology, for each of their parts: what is drawn, what the null models say of it, and why there is nothing."""

from __future__ import annotations

import json
from typing import Any

from dash import dcc, html

from landscape_app.dashboard.explore import words
from landscape_app.dashboard.explore.reading import Compared, Shown
from landscape_app.figures import climbs, profile, tree
from landscape_app.figures.view import PARTS
from landscape_app.registries import FILTRATIONS

NOTES = {
    "tree": "Joined at the highest train loss on the straight line between.",
    "profile": "A dip is as wide as it has snapshots.",
}
HOLLOW = "Hollow: no climb."


def captions(one: Shown, compared: Compared) -> dict[str, Any]:
    """{"head", "foot", "state", "summary"} of the card of one run."""
    part = compared.view.part
    have = _have(one, part)
    return {
        "head": "",
        "foot": {"diagrams": _tests, "tree": _barriers, "profile": _profile}[part](one, compared) if have else [],
        "state": "" if have else _missing(one, part, compared),
        "summary": {"diagrams": _bars, "tree": _joined, "profile": _bars}[part](one, compared)
        if have
        else f"No {PARTS[part].lower()} yet.",
    }


def note(compared: Compared) -> str:
    """What is said once for all cards."""
    if compared.view.part == "tree":
        return NOTES["tree"]
    hollow = HOLLOW if any(len(climbs.flat(subject)) for subject in compared.subjects) else ""
    if compared.view.part == "profile":
        return " ".join(filter(None, (NOTES["profile"], hollow)))
    tests = [words.tested(one, compared.view.filtration)[1] for one in compared.shown]
    if not any(test.get("p_high") is not None for test in tests):
        return hollow  # each card says so
    return " ".join(filter(None, (hollow, "Grey strip: loops as long as noise has (95 %).")))


def _have(one: Shown, part: str) -> bool:
    if one.subject is None:
        return False
    if part == "tree":
        return tree.drawable(one.subject)
    return profile.drawable(one.subject) if part == "profile" else {"sublevel", "rips"} <= set(one.subject.results)


def _tests(one: Shown, compared: Compared) -> list[Any]:
    valleys, loops = words.tested(one, compared.view.filtration)
    said = words.valleys(one, compared.view.filtration)
    dealt = "Held against the same losses dealt out at random over the snapshots."
    left = [_tip(said, dealt, words.against(valleys), str(valleys.get("note") or ""))] if said else []
    if loops.get("p_high") is None:
        why = str(loops.get("words") or "")
        untested = words.loops(one).removesuffix(" for significance") if left else words.loops(one)
        return [*left, _tip(untested, why) if why else html.Span(untested)]
    because = str(loops.get("words") or "").partition(": ")[2]
    null = f"{because[:1].upper()}{because[1:]}." if because else f"Held against {loops['null']}." if loops.get("null") else ""
    points = f"On {loops['points']} snapshots, as a null needs Rips without a threshold." if loops.get("points") else ""
    return [*left, _tip(words.loops(one), null, words.against(loops), points)]


def _barriers(one: Shown, compared: Compared) -> list[Any]:
    assert one.subject is not None
    arrays = one.subject.results["curvature"].arrays
    climbs = tree.barriers(one.subject)
    found = f"{climbs} of them behind barriers" if climbs > 1 else f"{'one' if climbs else 'none'} behind a barrier"
    return [html.Span(f"{len(arrays['end_rows']) - 1} ends and the anchor"), html.Span(found)]


def _profile(one: Shown, compared: Compared) -> list[Any]:
    valleys = one.meta("sublevel").get("bars")
    said = "" if valleys is None else "one piece" if not valleys else f"{valleys + 1} pieces, joined only higher up"
    flat = one.meta("triangulation").get("label")
    return [html.Span(said), *([html.Span(f"right: {flat}")] if flat else [])]


def _tip(text: str, *lines: str) -> Any:
    return html.Span(text, className="ls-tip", tabIndex=0, **{"data-tip": json.dumps([text, *(line for line in lines if line)])})


def _missing(one: Shown, part: str, compared: Compared) -> Any:
    if one.state == "unusable":
        return _message("Cannot be read.")
    if one.state in ("waiting", "sampling"):
        return _message("Computed when all snapshots are there.")
    if part == "tree":
        return _message("Barriers between the ends need the network: Compute curvature, under the measures.")
    if one.job:
        return _message("Is being computed.")
    if one.state == "uncomputed" and not one.meta("sublevel"):
        return _message(f"Not computed by {words.space(compared.view.distance)}.")
    again = [dcc.Link("See Jobs", href="/jobs")] if part == "profile" else []
    return _message("Not computed yet." if part != "profile" else "The analysis of this run stored no profile.", *again)


def _message(text: str, *doing: Any) -> Any:
    return html.Div([html.P(text), *doing], className="ls-message")


def _bars(one: Shown, compared: Compared) -> str:
    filtration = compared.view.filtration
    sublevel, rips = one.meta("sublevel"), one.meta("rips")
    said = "; ".join(filter(None, (words.valleys(one, filtration), words.climbs(one))))
    return (
        f"Sublevel persistence of {FILTRATIONS[filtration].label} by {words.space(compared.view.distance)}: "
        f"{sublevel.get('bars', words.DASH)} finite bars, the longest {words.number(sublevel.get('longest'))}{f'; {said}' if said else ''}. "
        f"Rips: {rips.get('bars_h1', words.DASH)} loops, the longest {words.number(rips.get('longest_h1'))}; {words.loops(one)}."
    )


def _joined(one: Shown, compared: Compared) -> str:
    said = " and ".join(str(span.children) for span in _barriers(one, compared))
    return f"Barrier merge tree: {said}, joined at the highest train loss on straight lines between them."
