"""The mark of the checks of the compared runs, with the way to the page Checks; kept up to date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from dash import Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common import addresses, ids, run_checks, run_view
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.controls import Tone, badge, clock
from landscape_app.errors import LandscapeError

EVERY = 4000  # ms


class SeenChecks(TypedDict):
    """What the mark was last drawn for."""

    runs: list[str]
    token: str


def checks_mark(context: Context, runs: Sequence[str]) -> Any:
    """The mark with its own clock."""
    ids_ = tuple(runs)
    seen: SeenChecks = {"runs": list(ids_), "token": run_checks.token(context, ids_)}
    return html.Div(
        [
            clock(ids.CHECKS_MARK_TICK, EVERY),
            dcc.Store(id=ids.CHECKS_MARK_SEEN, data=seen),
            html.Div(link(run_checks.read(context, ids_)), id=ids.CHECKS_MARK),
        ],
        className="ls-checks-link",
    )


def link(checked: Sequence[run_checks.CheckedRun]) -> Any:
    """✕ damaged, ✕ 1 fails, ✓ checks, or just the way there where no run was ever verified."""
    sign, text, tone = _words(checked)
    summary = run_checks.summary(checked) or "None of these runs was verified yet"
    title = f"{summary}. See the checks."
    inside = badge([sign, html.Span(f" {text}", className="ls-checks-word")], tone)
    return dcc.Link(
        [inside, html.Span(title, className="ls-unseen")],
        href=addresses.checks([run.id for run in checked]),
        title=title,
    )


def _words(checked: Sequence[run_checks.CheckedRun]) -> tuple[str, str, Tone]:
    """(sign, word, tone) of the mark; damage comes before whatever the checks found earlier."""
    verified = [run for run in checked if run.stored is not None]
    failed = sum(run.count(False) for run in verified)
    if any(run.damage for run in checked):
        return "✕", "damaged", "bad"
    if not verified:
        return "?", "verify", "wait"
    if failed:
        return f"✕ {failed}", "fails" if failed == 1 else "fail", "bad"
    return "✓", "checks", "ok"


def register(app: Dash, context: Context) -> None:
    """The mark is drawn again when stored answers come or go."""

    @app.callback(
        Output(ids.CHECKS_MARK, "children"),
        Output(ids.CHECKS_MARK_SEEN, "data"),
        Input(ids.CHECKS_MARK_TICK, "n_intervals"),
        State(ids.CHECKS_MARK_SEEN, "data"),
        prevent_initial_call=True,
    )
    def renew(_: int | None, seen: Any) -> Any:
        try:
            runs = run_view.runs_of_value(seen.get("runs") if isinstance(seen, dict) else ())
        except LandscapeError as error:
            raise PreventUpdate from error
        token = run_checks.token(context, runs)
        if token == seen.get("token"):
            raise PreventUpdate
        return link(run_checks.read(context, runs)), {"runs": list(runs), "token": token}
