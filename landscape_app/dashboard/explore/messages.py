"""Words beside pictures: why one is not whole or not there, the buttons that help, and how to read
all of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html

from landscape_app.dashboard.common.launch_requests import UNTIL_DRAWN
from landscape_app.dashboard.explore import ids, on_demand
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.panel import Card
from landscape_app.jobs.state import JobState
from landscape_app.registries import DISTANCES, EMBEDDINGS

PROTOCOL = (
    "One ray per direction seed is the protocol, not a discovery: compare the losses along the"
    " rays."
)
PIECES = (
    "The graph falls apart along trajectories: where its pieces lie to each other, and to the"
    " anchor, says nothing."
)
UNFILTERED = "Filters do not act here: all snapshots."
WHOLE = "Epochs do not act here: each row is of a whole trajectory."
LOCAL = ("tsne", "umap", "isomap")  # methods whose help says how far their pictures can be trusted


def message(text: str, *doing: Any, **how: Any) -> Any:
    """Words in the middle of a card, and what a person can do about it below them."""
    return html.Div([html.P(text), *doing], className="ls-message", **how)


def unfiltered() -> Any:
    """What is said while a filter is set that does not act here (assets/filtered.js)."""
    return html.P(UNFILTERED, className="ls-unfiltered")


def whole_trajectories() -> Any:
    """What is said over rows of trajectories while epochs are hidden."""
    return html.P(WHOLE, className="ls-unfiltered-epochs")


def as_filtered(whole: str, some: str) -> list[Any]:
    """`whole` while all is shown, `some` while a filter is set."""
    return [
        html.Span(whole, className="ls-when-whole"),
        html.Span(some, className="ls-when-filtered"),
    ]


def badge_line(*parts: Any, **how: Any) -> Any:
    """A badge over a picture: why it is not whole."""
    return html.Div(list(parts), className="ls-badge-line", **how)


def tip(text: str, *lines: str) -> Any:
    """A word that explains itself: `lines` are shown when it is pointed at (assets/tips)."""
    return html.Span(
        text,
        className="ls-tip",
        tabIndex=0,
        **{"data-tip": json.dumps([text, *(line for line in lines if line)])},
    )


def compare_button(label: str) -> Any:
    """The button that has the runs analysed and embedded together."""
    return dmc.Button(label, id=ids.COMPARE, size="compact-xs", className=UNTIL_DRAWN)


def compute_button() -> Any:
    """The button that has the view's method and distance computed."""
    return dmc.Button("Compute", id=ids.COMPUTE, size="compact-sm", className=UNTIL_DRAWN)


def foot(verdict: list[Any], caveats: list[str], where: str = "") -> list[Any]:
    """Below a scene: whether it can be believed, what is far in it, and what to know before."""
    meant = [html.Span(where, className="ls-where")] if where else []
    return [*verdict, *meant, *(html.Span(text, className="ls-caveat") for text in caveats)]


def switch(name: str, choices: Mapping[str, Mapping[str, str]], now: Mapping[str, str]) -> Any:
    """Buttons of which one is pressed. choices: {label: {id of a control: the value it sets}}; now:
    the controls' values (assets/views.js).
    """
    buttons = [
        html.Button(
            label,
            type="button",
            **{
                "data-sets": json.dumps(values),
                "aria-pressed": str(all(now[id] == value for id, value in values.items())).lower(),
            },
        )
        for label, values in choices.items()
    ]
    return html.Div(buttons, className="ls-switch", role="group", **{"aria-label": name})


def uncomputed(card: Card) -> Any:
    """In place of a picture by a method or distance that nobody has computed: what a job does, or
    the one button that starts it.
    """
    comparison = card.comparison
    name = on_demand.name(comparison)
    what = name + (" of all together" if card.of is None else "")
    if why := on_demand.impossible(comparison.view):
        return message(why)
    if comparison.work is not None:
        doing = f"{what} has not been computed yet; a job is at work on this run."
        if comparison.study:
            doing = f"{what} is being computed."
        return message(doing, _small(_steps(comparison.work)), role="status")
    if not on_demand.offered(comparison, card.of):
        return message(f"{what} has not been computed.")
    runs = "these runs" if len(comparison.runs) > 1 else "this run"
    about = on_demand.about(on_demand.seconds(comparison))
    return message(
        f"{name} of {runs} has not been computed.",
        *([_small(f"Last job: {comparison.failed}", "ls-caveat")] if comparison.failed else []),
        compute_button(),
        _small(f"Takes about {about} on one core."),
    )


def _small(text: str, look: str = "") -> Any:
    return html.P(text, className=f"ls-small {look}".strip())


def _steps(job: JobState) -> str:
    if job.state == "queued":
        return "Waits for its turn."
    return f"{job.phase}, {job.done} of {job.total}" if job.total else job.phase


def how_to_read(comparison: Comparison) -> str:
    """How to read the pictures, in a sentence: what is most likely to be misread comes first."""
    if warning := different_t(comparison):
        return warning
    if any((run.embedding.get("components") or 1) > 1 for run in comparison.runs):
        return PIECES
    view = comparison.view
    if view.method in LOCAL or "distances" in EMBEDDINGS[view.method].facts:
        return EMBEDDINGS[view.method].help
    distance = DISTANCES[view.between].settings
    return str(distance.get("note") or (PROTOCOL if distance.get("weights") else ""))


def different_t(comparison: Comparison) -> str:
    """Says so where the runs are embedded at different diffusion times; empty else."""
    drawn = [run for run in comparison.runs if run.embedding.get("t") is not None]
    times = {run.label: run.embedding["t"] for run in drawn}
    if len(set(times.values())) < 2:
        return ""
    listed = ", ".join(f"{label} {t}" for label, t in times.items())
    return f"Embedded at different t ({listed}); stress and shapes compare only at one t."


def note_line(comparison: Comparison, right: str) -> list[Any]:
    """The line: how to read the scenes, and what the other panels say once for all their cards."""
    text = how_to_read(comparison)
    return [html.Span(text, title=text), html.Span(right, className="ls-note-right", title=right)]
