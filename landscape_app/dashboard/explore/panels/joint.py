"""The compared runs in one embedding of what their networks compute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
from dash import html

from landscape_app.dashboard.explore import embedding_text, ids, messages, tables
from landscape_app.dashboard.explore.comparison import ComparedRun, Comparison
from landscape_app.dashboard.explore.panel import Captions, Card, Panel
from landscape_app.dashboard.explore.panels.scene import generalization
from landscape_app.figures import joint as figure
from landscape_app.records.rows import count

DIMS = {"2": "2-D", "3": "3-D"}
STAYS = "Stays in function space: weights of different networks have no place in common."


def draw(card: Card) -> go.Figure | None:
    """The joint embedding of the runs that it holds."""
    comparison = card.comparison
    if comparison.joint is None or not comparison.joined:
        return None
    return figure.draw(
        comparison.joint,
        comparison.subjects,
        card.view,
        comparison.scale,
        compared=[run.id for run in comparison.runs],
        labels={run.id: _label(run) for run in comparison.runs},
        wide=comparison.wide,
    )


def captions(card: Card) -> Captions:
    """Quality and caveats of the embedding, or why there is none."""
    comparison, joint = card.comparison, card.comparison.joint
    if joint is None or not comparison.joined:
        none = "The compared runs have no joint embedding yet."
        return Captions(head="", summary=none, state=_state(card), foot="")
    where = embedding_text.space(figure.space(card.view))
    quality = ", ".join(embedding_text.quality(joint.meta))
    caveats = _caveats(comparison, joint.meta)
    if card.view.between != figure.space(card.view):
        caveats.insert(0, STAYS)
    if card.view.clouds:
        caveats.insert(0, "Stays jump and retrain: other samplings have no place in it.")
    verdict = embedding_text.verdict(joint.meta)
    return Captions(
        head="",
        summary=f"{comparison.labels} in one embedding by {where}. {quality}",
        state=_state(card),
        foot=messages.foot(verdict, caveats, f"distance = {where}"),
    )


def _label(run: ComparedRun) -> str:
    """A run's name and gap: Good · gap 3.4 %."""
    return " · ".join(filter(None, (run.label, generalization(run).partition(" · ")[0])))


def heading(card: Card) -> list[Any]:
    """The title, and the switch between the plane and space."""
    switch = messages.switch(
        "Dimensions of this scene",
        {label: {ids.JOINT_DIMS: value} for value, label in DIMS.items()},
        {ids.JOINT_DIMS: str(card.view.joint_dims)},
    )
    return [html.H2("All together"), switch]


def note(comparison: Comparison) -> str:
    """Why one run alone has no joint scene; which runs go beyond its frame."""
    if len(comparison.runs) == 1:
        return "One run alone has no joint scene. Add another to see both in one picture."
    if comparison.joint is None or not comparison.joined:
        return ""
    return figure.off_scale(comparison.joint, comparison.subjects, comparison.view)


def _caveats(comparison: Comparison, meta: Mapping[str, Any]) -> list[str]:
    """What a person must know before believing the picture."""
    shown = {run.id for run in comparison.runs}
    others = [id for id in meta["runs"] if id not in shown]
    caveats = [f"Embedded together with {', '.join(others)}."] if others else []
    thinned = int(meta.get("thinned") or 1)
    caveats += [f"Of every trajectory one epoch in {thinned} is drawn."] if thinned > 1 else []
    lost = [f"{count(run.lost)} of {run.label}" for run in comparison.runs if run.lost]
    caveats += [f"Damaged or missing, not drawn: {', '.join(lost)}."] if lost else []
    return caveats + ([embedding_text.ARBITRARY] if (meta.get("components") or 1) > 1 else [])


def _state(card: Card) -> Any:
    comparison, joint = card.comparison, card.comparison.joint
    if joint is not None and joint.meta.get("refused"):
        return messages.message(str(joint.meta["refused"]))
    gone = [run.label for run in comparison.runs if run.state == "unusable"]
    if joint is not None and gone:
        return messages.badge_line(html.Span(f"without {', '.join(gone)}, which cannot be read"))
    if joint is not None and comparison.joint_stale:
        return messages.badge_line(
            html.Span("made from other snapshots"), messages.compare_button("Compare again")
        )
    if joint is not None:
        return ""
    sampled = all(run.state in ("ready", "unanalysed", "uncomputed") for run in comparison.runs)
    if comparison.analysed and sampled:
        return messages.uncomputed(card)
    if comparison.working and sampled:
        return messages.message("The runs are being analysed and embedded together.")
    if comparison.working or any(run.state in ("sampling", "waiting") for run in comparison.runs):
        return messages.message("The runs are embedded together when all of them are sampled.")
    if any(run.state == "unusable" for run in comparison.runs):
        return messages.message("Only runs that can be read are embedded together.")
    return messages.message(
        "These runs have not been compared: no joint embedding, and each may have its own t.",
        messages.compare_button("Compare these"),
    )


PANEL = Panel(
    "Joint embedding",
    short="All together",
    per="several",
    area="j",
    study_needs=figure.needs,
    draw=draw,
    captions=captions,
    twin=tables.scene,
    heading=heading,
    controls=("method", "joint_dims", "colour", "sampling"),
    spatial=True,
    coloured=True,
    note=note,
)
