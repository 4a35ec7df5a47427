"""The embeddings in numbers: what the rail says of each, and the kernel that they share."""

from __future__ import annotations

import json
from typing import Any

from dash import html

from landscape_app.dashboard.common.run_view import mark
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.embedding_text import space
from landscape_app.number_text import DASH, number, percent, score
from landscape_app.registries import EMBEDDINGS

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
