"""A figure with nothing in it: the card says in words why."""

from __future__ import annotations

import plotly.graph_objects as go

from landscape_app.figures.figure_meta import FigureMeta
from landscape_app.figures.palette import Scheme, template


def empty(scheme: Scheme) -> go.Figure:
    """No axes, no traces, and no WebGL context."""
    meta: FigureMeta = {"view": "empty", "runs": [], "paint": []}
    hidden = {"visible": False, "fixedrange": True}
    return go.Figure(
        layout={
            "template": template(scheme),
            "xaxis": hidden,
            "yaxis": hidden,
            "meta": meta,
        }
    )
