"""The cards of the page by name (scene-0, joint, …): their figures, words, tables and stamps. Each
is a loop over the table of panels.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Mapping
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple, TypeVar

import plotly.graph_objects as go
from dash import html

from landscape_app.dashboard.explore import messages
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.panel import Captions, Card, Panel
from landscape_app.dashboard.explore.panels import PANELS
from landscape_app.errors import LandscapeError
from landscape_app.figures.colours import PLAIN
from landscape_app.figures.drawing import empty
from landscape_app.figures.view import Need, Stored, View
from landscape_app.store.derived import Result

log = logging.getLogger("landscape")
Part = TypeVar("Part")
BROKEN = "This part of the card could not be made. The server's log says why."


class CardPicture(NamedTuple):
    """The figure of a card; fault: what went wrong instead, in words, else empty."""

    figure: go.Figure
    fault: str = ""


def panels() -> dict[str, Panel]:
    """{key: panel} in the order of the page."""
    loaded: dict[str, Panel] = {}
    for key, target in PANELS.items():
        module, _, name = target.partition(":")
        loaded[key] = getattr(import_module(module), name)
    return loaded


def run_needs(view: View) -> dict[str, Need]:
    """{name: stored result of a run that a panel is made of}; a later panel's stands."""
    return {need.key: need for panel in panels().values() for need in panel.needs(view)}


def study_needs(view: View) -> dict[str, Need]:
    """{name: stored result of the runs' study that a panel is made of}."""
    return {need.name: need for panel in panels().values() for need in panel.study_needs(view)}


def cards(comparison: Comparison) -> list[Card]:
    """Every card of the page, panel by panel."""
    listed: list[Card] = []
    for key, panel in panels().items():
        if panel.per == "run":
            listed += [Card(key, panel, comparison, run) for run in comparison.runs]
        elif panel.per == "all" or len(comparison.runs) > 1:
            listed.append(Card(key, panel, comparison))
    return listed


def names(comparison: Comparison) -> list[str]:
    """Names of the cards that have a figure."""
    return [card.name for card in cards(comparison) if card.panel.draw is not None]


def figures(comparison: Comparison, wanted: Collection[str] | None = None) -> dict[str, go.Figure]:
    """{name: figure} of the cards `wanted` (None: of all); what cannot be drawn is empty."""
    return {
        card.name: card.panel.draw(card) or empty(comparison.view.scheme)
        for card in cards(comparison)
        if card.panel.draw is not None and (wanted is None or card.name in wanted)
    }


def pictures(comparison: Comparison, wanted: Collection[str]) -> dict[str, CardPicture]:
    """{name: picture} of the cards `wanted`."""
    return {
        card.name: picture(card)
        for card in cards(comparison)
        if card.panel.draw is not None and card.name in wanted
    }


def picture(card: Card) -> CardPicture:
    """The figure of a card that has one, or why there is none: no card takes another with it."""
    draw, none = card.panel.draw, empty(card.view.scheme)
    if draw is None:
        return CardPicture(none)
    return attempt(
        card.name, lambda: CardPicture(draw(card) or none), lambda why: CardPicture(none, why)
    )


def attempt(name: str, make: Callable[[], Part], otherwise: Callable[[str], Part]) -> Part:
    """A part of the card `name`; where it cannot be made `otherwise` of the reason, in words. What
    is no user's fault is logged.
    """
    try:
        return make()
    except LandscapeError as error:
        return otherwise(str(error))
    except Exception:
        log.exception("The card %s could not be made.", name)
        return otherwise(BROKEN)


def changed(comparison: Comparison, seen: Mapping[str, Any], controls: set[str]) -> list[str]:
    """Names of the figures that are made of something else than was `seen`, or that one of these
    controls changes, if the page itself does not.
    """
    asked, before = asking(comparison, controls, seen.get("colour")), seen.get("made") or {}
    return [
        name for name, now in stamps(comparison).items() if now != before.get(name) or name in asked
    ]


def asking(comparison: Comparison, controls: set[str], colour: str | None = None) -> list[str]:
    """Names of the figures that the server must draw again when one of these controls changes.
    colour: the one before; from one with marks of its own the page cannot go to another.
    """
    view = comparison.view
    own = {view.colour, colour or view.colour} <= set(PLAIN) and not view.clouds
    return [
        card.name
        for card in cards(comparison)
        if card.panel.draw is not None
        and (controls - ({"colour"} if own and card.panel.coloured else set()))
        & set(card.panel.controls)
    ]


def captions(comparison: Comparison, wanted: Collection[str] | None = None) -> dict[str, Any]:
    """{"scene-0-head", "-summary", "-state", "-foot" …, "note"}: all words that change with what is
    drawn in the cards `wanted` (None: in all).
    """
    words: dict[str, Any] = {}
    for card in cards(comparison):
        if wanted is not None and card.name not in wanted:
            continue
        for part, text in _captions(card)._asdict().items():
            if text is not None:
                words[f"{card.name}-{part}"] = text
    notes = [
        attempt(key, partial(panel.note, comparison), lambda why: why)
        for key, panel in panels().items()
    ]
    words["note"] = messages.note_line(comparison, " ".join(filter(None, notes)))
    return words


def _captions(card: Card) -> Captions:
    def broken(why: str) -> Captions:
        return Captions("", f"{card.spoken}: {why}", messages.message(why), foot="")

    return attempt(card.name, lambda: card.panel.captions(card), broken)


def twin(name: str, comparison: Comparison) -> Any:
    """The table of what the card `name` shows. Raises StopIteration for a name that no card has."""
    card = next(card for card in cards(comparison) if card.name == name)
    if card.panel.twin is None or all(run.subject is None for run in card.runs):
        return html.P("There is nothing to list yet.", className="ls-muted")
    return attempt(name, partial(card.panel.twin, card), messages.message)


def stamps(comparison: Comparison) -> dict[str, str]:
    """{name: a short word for what the figure is drawn from}: equal words, equal pictures, as long
    as no control changes.
    """
    snapshots = [
        (run.id, run.label, run.digest, run.provisional, run.done, run.damage)
        for run in comparison.runs
    ]
    return {
        card.name: hashlib.sha256(repr((snapshots, _made_of(card))).encode()).hexdigest()[:12]
        for card in cards(comparison)
        if card.panel.draw is not None
    }


def _made_of(card: Card) -> list[object]:
    """Which stored results a card is drawn from."""
    panel, comparison = card.panel, card.comparison
    runs = comparison.runs if panel.common(card.view) else card.runs
    made: list[object] = [
        (run.slot, need.key, _identity(run.subject.results.get(need.key)))
        for run in runs
        if run.subject is not None
        for need in panel.needs(card.view)
    ]
    for need in panel.study_needs(card.view):
        made.append((need.name, _identity(comparison.results.get(need.name))))
    return made


def _identity(stored: Stored | None) -> object:
    return (
        (stored.name, stored.path.name, stored.created)
        if isinstance(stored, Result)
        else stored and stored.meta.get("of", "")
    )
