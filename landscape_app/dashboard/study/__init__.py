"""Study: every measure against the gap over the networks of a grid, ranked with its interval; and
the form that makes a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from landscape_app.dashboard.appearance import scheme
from landscape_app.dashboard.common import addresses, controls, gallery
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.study import callbacks, choice, definitions, ids, rail, view
from landscape_app.dashboard.study.form import form

register = callbacks.register

__all__ = ["layout", "new_study", "register"]


def layout(context: Context, query: Mapping[str, str]) -> Any:
    """Rail and cards with both figures drawn; the form of a new study where there is none yet."""
    asked = choice.of_query(query, scheme())
    study = view.read(context, asked)
    if not study.listed and not asked.id:
        return form(context)
    cards = callbacks.cards(study, definitions.known(context, study))
    return html.Div(
        [
            dcc.Store(id=ids.SEEN, data=study.token),
            dcc.Store(id=ids.PICKED),
            addresses.followed(choice.replaced(query, study.choice) if study.table else []),
            addresses.line(choice.DEFAULTS),
            controls.clock(ids.TICK, callbacks.EVERY),
            rail.rail(study, gallery.fold(context.runs, "study")),
            html.Div(cards, id=ids.MAIN, className="ls-main"),
        ],
        id=ids.STUDY,
        className="ls-surface ls-study",
    )


def new_study(context: Context, query: Mapping[str, str]) -> Any:
    """The form of a new study."""
    return form(context)
