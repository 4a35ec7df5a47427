"""Surface: the loss on lines and planes through the anchors of one to four runs, with their jumps
and trajectories projected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dash import dcc, html

from landscape_app.dashboard import appearance
from landscape_app.dashboard.common import addresses, controls, run_view
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.surface import callbacks, cards, choice, ids, rail, view

register = callbacks.register

__all__ = ["layout", "register"]


def layout(context: Context, query: Mapping[str, str]) -> Any:
    """Rail and cards with every figure drawn; `query` as the address line has it. What of it is
    unknown is left out, and said.
    """
    readable, faults = choice.sound(query)
    chosen = choice.of_query(readable, context.board, appearance.scheme())
    surfaces = view.read(context, replace(chosen, flat=appearance.flat()))
    return html.Div(
        [
            dcc.Store(id=ids.SEEN, data=surfaces.token),
            addresses.followed([*faults, *run_view.left_out(query, context.board)]),
            addresses.line(choice.DEFAULTS),
            controls.clock(ids.TICK, callbacks.EVERY),
            dcc.Download(id=ids.CSV),
            # Not in the header, whose slot stays empty: filling it, Dash would call Explore's
            # callbacks on the chips that were there.
            html.H1("Surface", className="ls-unseen"),
            html.Div(cards.legend(surfaces), id=ids.LEGEND, className="ls-surface-legend"),
            rail.rail(context, surfaces),
            html.Div(cards.grid(surfaces), id=ids.GRID, className="ls-main"),
        ],
        id=ids.SURFACE,
        className="ls-surface",
    )
