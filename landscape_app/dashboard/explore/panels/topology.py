"""The topology of one run: persistence diagrams, barcodes, the barrier merge tree or the landscape
profile, the same part for all runs.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import html

from landscape_app.dashboard.common.run_view import mark
from landscape_app.dashboard.explore import embedding_text, messages
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.panel import Captions, Card, Panel
from landscape_app.dashboard.explore.parts import Part, barcode, merge_tree, persistence, profile
from landscape_app.figures import diagrams, tree
from landscape_app.figures import profile as profile_figure
from landscape_app.figures.view import PARTS as LABELS
from landscape_app.figures.view import Need, View
from landscape_app.registries import FILTRATIONS

PARTS: dict[str, Part] = {
    "diagrams": persistence.PART,
    "barcode": barcode.PART,
    "tree": merge_tree.PART,
    "profile": profile.PART,
}


def needs(view: View) -> tuple[Need, ...]:
    """What any part is made of: the measures and captions take them too."""
    return (*diagrams.needs(view), *profile_figure.needs(view), *tree.needs(view))


def draw(card: Card) -> go.Figure | None:
    """The part that the view shows."""
    subject = card.run.subject
    return None if subject is None else PARTS[card.view.part].draw(card, subject)


def captions(card: Card) -> Captions:
    """What the part shows, or why there is nothing."""
    part, subject = PARTS[card.view.part], card.run.subject
    if subject is not None and part.stored(subject):
        return Captions(head="", summary=part.summary(card), foot=part.foot(card))
    none = f"No {LABELS[card.view.part].lower()} yet."
    return Captions(head="", summary=none, state=messages.message(*_missing(card)), foot=[])


def _missing(card: Card) -> list[Any]:
    """Why the part is not there, and what can be done."""
    run, part = card.run, PARTS[card.view.part]
    if run.state == "unusable":
        return ["Cannot be read."]
    if run.state in ("waiting", "sampling"):
        return ["Computed when all snapshots are there."]
    if part.missing:
        return [part.missing]
    if run.job:
        return ["Is being computed."]
    if run.state == "uncomputed" and not run.meta("sublevel"):
        return [f"Not computed by {embedding_text.space(card.view.graph)}."]
    if absent := run.meta("sublevel").get("absent"):
        label = FILTRATIONS[card.view.filtration].label
        return [f"There is no {label}: {absent}. Choose another filtration."]
    return part.uncomputed()


def twin(card: Card) -> Any:
    """The table of the part."""
    return PARTS[card.view.part].twin(card)


def heading(card: Card) -> list[Any]:
    """The run's mark, and the switch between the parts: all cards change together, so that runs
    stay comparable (assets/switch.js).
    """
    pressed = {name: str(name == card.view.part).lower() for name in LABELS}
    buttons = [
        html.Button(label, type="button", **{"data-part": name, "aria-pressed": pressed[name]})
        for name, label in LABELS.items()
    ]
    named = {"aria-label": "What this card shows"}
    return [mark(card.run.look), html.Div(buttons, className="ls-switch", role="group", **named)]


def note(comparison: Comparison) -> str:
    """What is said once for the cards of all runs."""
    return PARTS[comparison.view.part].note(comparison)


PANEL = Panel(
    "Topology",
    per="run",
    area="d{slot}",
    needs=needs,
    draw=draw,
    captions=captions,
    twin=twin,
    heading=heading,
    note=note,
    controls=("filtration", "distance", "part"),
    common=lambda view: True,
    unfiltered=True,
)
