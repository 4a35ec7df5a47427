"""The way from Explore to the checks of what it shows: one mark for all compared runs, kept up to
date.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.checks import ids, reading, words
from landscape_app.dashboard.checks.choice import of_value
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import ids as explore
from landscape_app.errors import LandscapeError

EVERY = 4000  # ms


def link(context: Context, runs: Sequence[str]) -> Any:
    """The link with its own clock; empty words where none of the runs was ever verified."""
    shown = reading.read(context, tuple(runs))
    return html.Div(
        [
            dcc.Interval(id=ids.LINK_TICK, interval=EVERY),
            dcc.Store(id=ids.LINK_SEEN, data=reading.token(context, tuple(runs))),
            html.Div(mark(shown), id=ids.LINK),
        ],
        className="ls-checks-link",
    )


def mark(shown: Sequence[reading.Shown]) -> Any:
    """✕ damaged, ✕ 1 fails, ✓ checks, or just the way there."""
    asked = [one for one in shown if one.stored is not None]
    failed = sum(one.count(False) for one in asked)
    sign, text, tone = (
        (f"✕ {failed}", "fails" if failed == 1 else "fail", "bad")
        if failed
        else ("✓", "checks", "ok")
    )
    if not asked:
        sign, text, tone = "?", "verify", "wait"
    if any(one.damage for one in shown):  # whatever the checks found before
        sign, text, tone = "✕", "damaged", "bad"
    runs = ",".join(one.id for one in shown)
    said = f"{words.summary(shown) or 'None of these runs was verified yet'}. See the checks."
    inside = html.Span(
        [sign, html.Span(f" {text}", className="ls-checks-word")],
        className=f"ls-badge ls-badge-{tone}",
    )
    return dcc.Link(
        [inside, html.Span(said, className="ls-unseen")], href=f"/checks?runs={runs}", title=said
    )


def register(app: Dash, context: Context) -> None:
    """Another word when answers come or go."""

    @app.callback(
        Output(ids.LINK, "children"),
        Output(ids.LINK_SEEN, "data"),
        Input(ids.LINK_TICK, "n_intervals"),
        State(explore.RUNS, "data"),
        State(ids.LINK_SEEN, "data"),
        prevent_initial_call=True,
    )
    def renew(_: int | None, runs: Any, seen: Any) -> Any:
        try:
            chosen = of_value(runs if runs is not None else [])
        except LandscapeError as error:
            raise PreventUpdate from error
        now = reading.token(context, chosen)
        if now == seen:
            raise PreventUpdate
        return mark(reading.read(context, chosen)), now
