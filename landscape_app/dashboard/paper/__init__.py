"""Paper: the figures and the table of Horoi et al. 2022 from a study of one's own, each claim with
its verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from landscape_app.dashboard import appearance
from landscape_app.dashboard.common import addresses, controls
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.paper import callbacks, cards, head, ids, view

register = callbacks.register

__all__ = ["layout", "register"]


def layout(context: Context, query: Mapping[str, str]) -> Any:
    """The head and every card, ?id=… for a study."""
    shown = view.read(context, query.get("id", ""), appearance.scheme())
    return html.Div(
        [
            dcc.Store(id=ids.SEEN, data=shown.token),
            addresses.line(callbacks.DEFAULTS),
            controls.clock(ids.TICK, callbacks.EVERY),
            head.head(context, shown),
            html.Div(cards.body(shown), id=ids.BODY, className="ls-paper-body"),
        ],
        id=ids.PAPER,
        className="ls-paper",
    )
