"""The rail: how the compared runs are embedded, coloured and filtered, what is picked, and what is
at work.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from landscape_app.dashboard import appearance
from landscape_app.dashboard.common.controls import entry_options, labelled, options, select
from landscape_app.dashboard.common.side_rail import rail_part, side_rail
from landscape_app.dashboard.explore import ids, linked
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.details import nothing
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.view import FUNCTION, SAMPLINGS, View
from landscape_app.registries import DISTANCES, EMBEDDINGS, FILTRATIONS

FILTERED = (
    "Filters hide snapshots in scenes and curves, and in their tables. Topology and measures are"
    " always of all snapshots."
)


def rail(comparison: Comparison) -> Any:
    """Everything left of the main grid."""
    picked = html.Div(nothing(comparison), id=ids.DETAILS)
    return side_rail(
        "What is shown, and how",
        _embedding(comparison),
        _shown(comparison.view),
        _filters(comparison),
        rail_part("Picked", picked, last=True),
    )


def _embedding(comparison: Comparison) -> Any:
    view = comparison.view
    brief = {name: str(entry.facts["brief"]) for name, entry in DISTANCES.items()}
    distances = options({FUNCTION: "Function space", **brief})
    return rail_part(
        "Embedding",
        html.Div([_method(view), _dims(view)], className="ls-row"),
        _choice(ids.DISTANCE, "Distance", distances, view.distance),
        _choice(ids.SAMPLING, "Sampling", options(SAMPLINGS), view.sampling),
    )


def _method(view: View) -> Any:
    labels = {
        name: entry.label.replace("PHATE, paper kernel", "PHATE, paper")
        for name, entry in EMBEDDINGS.items()
    }
    return select(ids.METHOD, options(labels), view.method, "Embedding method")


def _dims(view: View) -> Any:
    spatial: dict[str, Any] = {"value": "3", "label": "3-D"}
    if appearance.flat():
        why = html.Span("3-D", title=appearance.FLAT)
        spatial = {"value": "3", "label": why, "disabled": True}
    return dmc.SegmentedControl(
        id=ids.DIMS,
        data=[spatial, {"value": "2", "label": "2-D"}],
        value=str(view.dims),
        size="xs",
        **{"aria-label": "Dimensions"},
    )


def _shown(view: View) -> Any:
    colours = options({name: colour.label for name, colour in COLOURS.items()})
    return rail_part(
        _choice(ids.COLOUR, "Colour by", colours, view.colour),
        _choice(ids.FILTRATION, "Filtration", entry_options(FILTRATIONS), view.filtration),
    )


def _choice(id: str, label: str, data: list[dict[str, str]], value: str) -> Any:
    return labelled(label, select(id, data, value, label))


def _filters(comparison: Comparison) -> Any:
    there = linked.choices(comparison)
    control = f"{FILTERED} Step 0 is the control: retrained without a jump."
    return rail_part(
        _chips(ids.SEEDS, "Seeds", list(there.seeds), FILTERED),
        _chips(ids.STEPS, "Step sizes", list(there.steps), control),
        _epochs(there.last),
    )


def _epochs(last: int) -> Any:
    """The range of epochs that is shown, and the button that plays them."""
    slider = dmc.RangeSlider(
        id=ids.EPOCHS,
        min=0,
        max=last,
        step=1,
        minRange=0,
        value=[0, last],
        size="sm",
        label=None,
        updatemode="drag",
        thumbFromLabel="First epoch shown",
        thumbToLabel="Last epoch shown",
    )
    named = {"title": "Play the retraining", "aria-label": "Play the retraining"}
    play = html.Button("▶", id=ids.PLAY, className="ls-play", type="button", **named)
    label = html.Span("Epochs", className="ls-label", title=FILTERED)
    shown = html.Span(f"0–{last}", id=ids.EPOCHS_SHOWN, className="ls-num ls-small")
    return html.Div([label, play, slider, shown], className="ls-row ls-epochs")


def _chips(id: str, label: str, values: list[str], help: str) -> Any:
    look = {"size": "xs", "variant": "light", "radius": "sm"}
    chips = [dmc.Chip(value, value=value, **look) for value in values]
    group = dmc.ChipGroup(chips, id=id, multiple=True, value=values)
    return html.Div(
        [
            html.Span(label, className="ls-label", title=help),
            html.Div(group, className="ls-choices", **{"data-control": id}),
        ],
        className="ls-row ls-labelled",
        role="group",
        **{"aria-label": label},
    )
