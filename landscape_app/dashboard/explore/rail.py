"""The rail: how the compared runs are embedded, coloured and filtered, what is picked, and what is
at work.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from landscape_app.dashboard.common import side_rail
from landscape_app.dashboard.explore import ids
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.details import nothing
from landscape_app.dashboard.explore.embedding_text import facts
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.view import View
from landscape_app.registries import DISTANCES, EMBEDDINGS, FILTRATIONS

FILTERED = (
    "Filters hide snapshots in scenes and curves. Diagrams and measures always use all of them."
)


def rail(comparison: Comparison) -> Any:
    """Everything left of the main grid."""
    return html.Aside(
        [
            _embedding(comparison),
            _shown(comparison),
            _filters(comparison),
            _picked(comparison),
            html.Div(side_rail.job_strip(), className="ls-rail-jobs"),
        ],
        id=ids.RAIL,
        className="ls-rail",
        **{"aria-label": "What is shown, and how"},
    )


def _embedding(comparison: Comparison) -> Any:
    view = comparison.view
    distances = {name: str(entry.facts["brief"]) for name, entry in DISTANCES.items()}
    return html.Section(
        [
            html.Div([html.H2("Embedding"), _fold()], className="ls-rail-head"),
            html.Div([_method(view), _dims(view)], className="ls-row"),
            _select(ids.DISTANCE, "Distance", distances, view.distance),
            html.Div(facts(comparison), id=ids.FACTS),
        ],
        className="ls-rail-part",
    )


def _fold() -> Any:
    return html.Button(
        "«",
        id=ids.FOLD,
        className="ls-quiet",
        type="button",
        title="Hide the controls",
        **{"aria-label": "Hide the controls", "aria-expanded": "true"},
    )


def _method(view: View) -> Any:
    return dmc.Select(
        id=ids.METHOD,
        data=[
            {"value": name, "label": entry.label.replace("PHATE, paper kernel", "PHATE, paper")}
            for name, entry in EMBEDDINGS.items()
        ],
        value=view.method,
        allowDeselect=False,
        size="xs",
        comboboxProps={"shadow": "md"},
        **{"aria-label": "Embedding method"},
    )


def _dims(view: View) -> Any:
    return dmc.SegmentedControl(
        id=ids.DIMS,
        data=[{"value": "3", "label": "3-D"}, {"value": "2", "label": "2-D"}],
        value=str(view.dims),
        size="xs",
        **{"aria-label": "Dimensions"},
    )


def _shown(comparison: Comparison) -> Any:
    view = comparison.view
    colour = _select(
        ids.COLOUR, "Colour by", {name: entry.label for name, entry in COLOURS.items()}, view.colour
    )
    filtration = _select(
        ids.FILTRATION,
        "Filtration",
        {name: entry.label for name, entry in FILTRATIONS.items()},
        view.filtration,
    )
    return html.Section([colour, filtration], className="ls-rail-part")


def _select(id: str, label: str, options: dict[str, str], value: str) -> Any:
    control = dmc.Select(
        id=id,
        data=[{"value": name, "label": text} for name, text in options.items()],
        value=value,
        allowDeselect=False,
        size="xs",
        comboboxProps={"shadow": "md"},
        **{"aria-label": label},
    )
    return html.Div(
        [html.Span(label, className="ls-label"), control], className="ls-row ls-labelled"
    )


def _filters(comparison: Comparison) -> Any:
    specs = [run.spec for run in comparison.runs if run.spec is not None]
    seeds = range(max((spec.seeds for spec in specs), default=1))
    steps = sorted({step for spec in specs for step in spec.all_step_sizes})
    control = f"{FILTERED} Step 0 is the control: retrained without a jump."
    return html.Section(
        [
            _chips(ids.SEEDS, "Seeds", [str(seed) for seed in seeds], FILTERED),
            _chips(ids.STEPS, "Step sizes", [f"{step:g}" for step in steps], control),
            _epochs(max((spec.epochs for spec in specs), default=1)),
        ],
        className="ls-rail-part",
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
    chips = [
        dmc.Chip(value, value=value, size="xs", variant="light", radius="sm") for value in values
    ]
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


def _picked(comparison: Comparison) -> Any:
    return html.Section(
        [
            html.H2("Picked"),
            html.Div(nothing(comparison), id=ids.DETAILS, **{"aria-live": "polite"}),
        ],
        className="ls-rail-part ls-picked",
    )
