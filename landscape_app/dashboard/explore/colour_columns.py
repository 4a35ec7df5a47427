"""All that can colour the snapshots of a comparison, in one answer: with it a page draws another
colour without its server (assets/recolour.js). A colour with marks of its own is not among them.

The query is that of the figures (figure_stream.py) without cards.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from dash import Dash
from flask import Response

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import choice, figure_stream, stores
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.figures import colours
from landscape_app.figures.palette import PALETTES
from landscape_app.figures.view import DrawnRun

PATH = "/colours"


def register(app: Dash, context: Context) -> None:
    """Add the route to the server of `app`."""
    app.server.add_url_rule(PATH, "colours", partial(_answer, context))


def address(comparison: Comparison) -> str:
    """Where the columns of this comparison are, whatever colours it now."""
    view = replace(comparison.view, colour=choice.DEFAULT.colour)
    return addresses.at(f"{PATH}?{figure_stream.query(replace(comparison, view=view))}")


def columns(subjects: Sequence[DrawnRun]) -> stores.ColoursOfRuns:
    """Every colour of `subjects`. Cost: colours × snapshots."""
    return {
        "rows": {subject.run: _packed(subject.rows, "<i4") for subject in subjects},
        "colours": {name: _column(name, subjects) for name in colours.PLAIN},
    }


def _column(name: str, subjects: Sequence[DrawnRun]) -> stores.ColourColumns:
    scale = colours.scale(name, subjects)
    return {
        "values": {
            subject.run: _packed(scale.of(subject, subject.rows), "<f4") for subject in subjects
        },
        "low": scale.low,
        "high": scale.high,
        "stops": scale.stops(PALETTES["light"]) if scale.colour.category else None,
        "value": stores.value(scale),
    }


def _packed(values: np.ndarray, kind: str) -> str:
    return base64.b64encode(np.asarray(values).astype(kind).tobytes()).decode()


def _answer(context: Context) -> Response:
    comparison = figure_stream.asked(context)
    if isinstance(comparison, Response):
        return comparison
    return figure_stream.answer([json.dumps(columns(comparison.subjects))], "application/json")
