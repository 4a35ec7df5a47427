"""The rail: how the compared runs are embedded, coloured and filtered, what is picked, and what is
at work.
"""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc
from dash import html

from landscape_app.dashboard.common import job_strip
from landscape_app.dashboard.common.run_mark import mark
from landscape_app.dashboard.explore import ids
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.details import nothing
from landscape_app.dashboard.explore.embedding_text import space
from landscape_app.figures.colours import COLOURS
from landscape_app.number_text import DASH, number, percent, score
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
            html.Div(job_strip.strip(), className="ls-rail-jobs"),
        ],
        id=ids.RAIL,
        className="ls-rail",
        **{"aria-label": "What is shown, and how"},
    )


def _embedding(comparison: Comparison) -> Any:
    view = comparison.view
    method = dmc.Select(
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
    dims = dmc.SegmentedControl(
        id=ids.DIMS,
        data=[{"value": "3", "label": "3-D"}, {"value": "2", "label": "2-D"}],
        value=str(view.dims),
        size="xs",
        **{"aria-label": "Dimensions"},
    )
    distance = _select(
        ids.DISTANCE,
        "Distance",
        {name: str(entry.facts["brief"]) for name, entry in DISTANCES.items()},
        view.distance,
    )
    head = html.Div(
        [
            html.H2("Embedding"),
            html.Button(
                "«",
                id=ids.FOLD,
                className="ls-quiet",
                type="button",
                title="Fold the rail away",
                **{"aria-label": "Fold the rail away", "aria-expanded": "true"},
            ),
        ],
        className="ls-rail-head",
    )
    return html.Section(
        [
            head,
            html.Div([method, dims], className="ls-row"),
            distance,
            html.Div(facts(comparison), id=ids.FACTS),
        ],
        className="ls-rail-part",
    )


FACTS = (
    (
        "t",
        "t",
        "Diffusion time of this embedding. Compared runs share one: the median of their knees.",
    ),
    (
        "knee",
        "knee",
        "Where the entropy of the run's own diffusion bends: the t it would have alone.",
    ),
    (
        "components",
        "components",
        (
            "Pieces of the neighbour graph. With more than one, where they lie to each other is"
            " arbitrary."
        ),
    ),
    ("explained", "variance", "Share of the variance that the drawn axes carry."),
    (
        "demap",
        "DEMaP",
        (
            "Rank correlation between geodesic distances of the snapshots and distances in the"
            " picture; 1 is best."
        ),
    ),
    (
        "trustworthiness",
        "trust",
        (
            "Trustworthiness: whether neighbours in the picture are neighbours in the snapshots'"
            " distance; 1 is best."
        ),
    ),
    (
        "stress",
        "stress",
        (
            "Misfit between the distances drawn and those meant; 0 is best. Comparable only at"
            " equal t."
        ),
    ),
    (
        "step_over_spread",
        "step/spread",
        (
            "Mean step between consecutive snapshots over the spread of the picture; small means"
            " smooth curves."
        ),
    ),
    (
        "stability",
        "instability",
        (
            "Mean Procrustes disparity between the picture and those made from other random starts:"
            " 0 is the same picture each time."
        ),
    ),
)


def facts(comparison: Comparison) -> list[Any]:
    """The embeddings in numbers, a column a run and one for the joint scene; and the kernel they
    share.
    """
    columns = [(mark(run.slot, run.label), run.embedding) for run in comparison.runs]
    # of four there is room for no more: the scene's own foot says it
    if 1 < len(comparison.runs) < 4:
        columns.append(
            (
                html.Span("joint", className="ls-muted"),
                {} if comparison.joint is None else comparison.joint.meta,
            )
        )
    rows = [_fact(key, label, help, [meta for _, meta in columns]) for key, label, help in FACTS]
    head = html.Tr([html.Td(), *(html.Th(head, scope="col") for head, _ in columns)])
    body = [row for row in rows if row is not None]
    table = [html.Table([html.Thead(head), html.Tbody(body)], className="ls-facts")] if body else []
    return [*table, html.P(_kernel(comparison), className="ls-small ls-muted")]


def _fact(key: str, label: str, help: str, metas: list[Any]) -> Any:
    values = [meta.get(key) for meta in metas]
    if all(value is None for value in values):
        return None
    shown = [
        (
            DASH
            if value is None
            else (
                percent(sum(value))
                if key == "explained"
                else str(value)
                if isinstance(value, int)
                else score(value)
            )
        )
        for value in values
    ]
    notes = list(
        dict.fromkeys(
            str(meta["stability_note"])
            for meta in metas
            if key == "stability" and meta.get("stability_note")
        )
    )
    tip = html.Span(
        label, className="ls-tip", tabIndex=0, **{"data-tip": json.dumps([help, *notes])}
    )
    return html.Tr([html.Th(tip, scope="row"), *(html.Td(text) for text in shown)])


def _kernel(comparison: Comparison) -> str:
    meta = next(
        (run.embedding for run in comparison.runs if run.embedding.get("k") is not None), None
    )
    if meta is None:
        drawn = any(run.provisional for run in comparison.runs)
        return (
            "PCA of the snapshots that are there."
            if drawn
            else f"{EMBEDDINGS[comparison.view.method].label} by {space(comparison.view.distance)}"
        )
    by = f"by {space(comparison.view.distance)}"
    if meta.get("components") is None:
        return f"{by[:1].upper()}{by[1:]}; each scene fills its cube."
    cross = f" · k× {meta['k_cross']}" if meta.get("kernel") != "paper" else ""
    return f"k {meta['k']}{cross} · decay {number(meta['decay'], 2)} · {by}"


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
    epochs = max((spec.epochs for spec in specs), default=1)
    slider = dmc.RangeSlider(
        id=ids.EPOCHS,
        min=0,
        max=epochs,
        step=1,
        minRange=0,
        value=[0, epochs],
        size="sm",
        label=None,
        updatemode="drag",
        thumbFromLabel="First epoch shown",
        thumbToLabel="Last epoch shown",
    )
    play = html.Button(
        "▶",
        id=ids.PLAY,
        className="ls-play",
        type="button",
        title="Play the retraining",
        **{"aria-label": "Play the retraining"},
    )
    return html.Section(
        [
            _chips(ids.SEEDS, "Seeds", [str(seed) for seed in seeds], FILTERED),
            _chips(
                ids.STEPS,
                "Step sizes",
                [f"{step:g}" for step in steps],
                f"{FILTERED} Step 0 is the control: retrained without a jump.",
            ),
            html.Div(
                [
                    html.Span("Epochs", className="ls-label", title=FILTERED),
                    play,
                    slider,
                    html.Span(f"0–{epochs}", id=ids.EPOCHS_SHOWN, className="ls-num ls-small"),
                ],
                className="ls-row ls-epochs",
            ),
        ],
        className="ls-rail-part",
    )


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
