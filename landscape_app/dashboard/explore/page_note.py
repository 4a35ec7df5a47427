"""The line between scenes and diagrams: how to read the pictures."""

from __future__ import annotations

from typing import Any

from dash import html

from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.registries import DISTANCES, EMBEDDINGS

PROTOCOL = (
    "One ray per direction seed is the protocol, not a discovery: compare the losses along the"
    " rays."
)


PIECES = (
    "The graph falls apart along trajectories: where its pieces lie to each other, and to the"
    " anchor, says nothing."
)


LOCAL = ("tsne", "umap", "isomap")  # … whose own words say how far their pictures can be trusted


def how_to_read(comparison: Comparison) -> str:
    """How to read the pictures, in a sentence: what is most likely to be misread comes first."""
    if warning := different_t(comparison):
        return warning
    if any((run.embedding.get("components") or 1) > 1 for run in comparison.runs):
        return PIECES
    view = comparison.view
    if view.method in LOCAL or "distances" in EMBEDDINGS[view.method].facts:
        return EMBEDDINGS[view.method].help
    distance = DISTANCES[view.distance].settings
    return str(distance.get("note") or (PROTOCOL if distance.get("weights") else ""))


def different_t(comparison: Comparison) -> str:
    """Says so where the runs are embedded at different diffusion times; empty else."""
    times = {
        run.label: run.embedding["t"]
        for run in comparison.runs
        if run.embedding.get("t") is not None
    }
    if len(set(times.values())) < 2:
        return ""
    listed = ", ".join(f"{label} {t}" for label, t in times.items())
    return f"Embedded at different t ({listed}); stress and shapes compare only at one t."


def line(comparison: Comparison, right: str) -> list[Any]:
    """The line: how to read the scenes, and what the other panels say once for all their cards."""
    text = how_to_read(comparison)
    return [html.Span(text, title=text), html.Span(right, className="ls-note-right")]
