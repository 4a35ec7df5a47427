"""What happens on the page Study when a study is chosen, a control changes, a point is picked, or
time passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.controls import badge as word
from landscape_app.dashboard.common.job_parts import badge
from landscape_app.dashboard.common.run_view import cut, named
from landscape_app.dashboard.study import (
    choice,
    definitions,
    form_callbacks,
    ids,
    rail,
    ranking,
    scatter,
    tables,
    verdict,
    view,
)
from landscape_app.dashboard.study.definitions import Known
from landscape_app.dashboard.study.view import StudyView

EVERY = 1500  # ms between looks at the folders' times of modification
CONTROLS = (ids.MEASURE, ids.STRATUM, ids.COLOUR, ids.GAP, ids.BELOW)
DRAWN = (
    Output(ids.RANKING, "figure"),
    Output(ids.RANKING_STATE, "children"),
    Output(f"{ids.RANKING}-foot", "children"),
    Output(ids.RANKING_WORDS, "children"),
    Output(ids.MEASURE, "data"),
    Output(ids.SCATTER, "figure"),
    Output(ids.SCATTER_HEAD, "children"),
    Output(ids.ABOUT, "data-tip"),
    Output(ids.SCATTER_WORDS, "children"),
    Output(ids.SCATTER_SUMMARY, "children"),
    Output(f"{ids.STRATUM}-help", "children"),
    Output(ids.STRATUM, "data"),
    Output(ids.TABLE, "data"),
    Output(ids.TABLE_WORDS, "children"),
    Output(ids.TABLE_SAID, "children"),
    Output(ids.TRAY_LIST, "children"),
)


def register(app: Dash, context: Context) -> None:
    """Registers everything of the page and of its form."""
    _follow(app, context)
    _draw(app, context)
    _save(app, context)
    form_callbacks.register(app, context)
    app.clientside_callback(
        ClientsideFunction("study", "toggle"),
        Output(ids.TRAY, "data"),
        Input(ids.PICKED, "data"),
        State(ids.TRAY, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("study", "table"), Output(ids.DRAWN, "data"), Input(ids.TABLE, "data")
    )
    app.clientside_callback(
        ClientsideFunction("shell", "titled"),
        Output(shell.TITLED, "data", allow_duplicate=True),
        Input(ids.NAME, "value"),
        State(shell.TITLES, "data"),
        prevent_initial_call="initial_duplicate",
    )
    addresses.follow(
        app,
        Input(ids.NAME, "value"),
        *(Input(id, "value") for id in CONTROLS),
        Input(ids.TRAY, "data"),
    )


def cards(study: StudyView, known: Known) -> list[Any]:
    """All cards; where there is no table yet, in words why, and the runs: the cards wait unseen
    then, as callbacks look for them.
    """
    has_table = study.table is not None
    parts = [ranking.card(study, known), scatter.card(study, known), tables.card(study, known)]
    return [
        html.Div(
            html.Div(nothing(study), id=ids.NOTHING, className="ls-study-nothing"),
            className="ls-card ls-study-alone",
            hidden=has_table,
        ),
        html.Div(parts, className="ls-study-grid" if has_table else "", hidden=not has_table),
    ]


def nothing(study: StudyView) -> list[Any]:
    """Why there is no table, and what each run of the study is doing; empty where there is one."""
    if study.table is not None:
        return []
    if study.problem or study.entry is None:
        links = [dcc.Link("New study", href=addresses.at("/study/new"), className="ls-button")]
        if study.entry is None and study.members:
            shown = addresses.explore([run for run, _ in study.members])
            links.insert(0, dcc.Link("Open in Explore", href=shown, className="ls-button"))
        return [html.P(study.problem, role="alert"), html.Div(links, className="ls-buttons")]
    then = "Measures are compared with the gap when all runs are done."
    return [
        html.H2("No table yet"),
        html.P(f"{rail.standing(study)} {then}", role="status"),
        html.Ul(
            [_member(run, entry) for run, entry in study.members],
            className="ls-study-runs",
            **{"aria-label": "Runs of the study"},
        ),
        dcc.Link("See it on Jobs", href=addresses.job(study.choice.id)),
    ]


def _member(run: str, entry: BoardEntry | None) -> Any:
    """A run with its state; one that is sampled can be looked at already."""
    if entry is None:
        return html.Li(
            [html.Span(cut(run), className="ls-name ls-study-run", title=run), word("gone", "bad")]
        )
    name = named(entry.notes.label, run)
    link = dcc.Link(name, href=addresses.explore([run])) if entry.sampled else name
    return html.Li([html.Span(link, className="ls-study-run"), badge(entry)])


def _chosen(name: Any, stands: Sequence[Any], scheme: Any) -> choice.StudyChoice:
    """The choice that the controls stand at; stands: of CONTROLS and the tray."""
    return choice.of_values(dict(zip(choice.DEFAULTS, (name, *stands), strict=False)), scheme)


def _follow(app: Dash, context: Context) -> None:
    """Another study, other results, or another state of its job."""

    def follow(name: Any, _: int | None, token: Any, scheme: Any, *stands: Any) -> Any:
        known = token if isinstance(token, dict) else {}
        another = ctx.triggered_id == ids.NAME
        if another:
            context.board.entries(now=True)
        # another study is looked at in the same way
        study = view.read(context, _chosen(name, stands, scheme))
        return _followed(context, study, known, another=another)

    app.callback(
        Output(ids.NAME, "data"),
        Output(ids.STATE, "children"),
        Output(ids.RAIL, "children"),
        Output(ids.MAIN, "children"),
        Output(ids.NOTHING, "children"),
        Output(ids.SEEN, "data"),
        Input(ids.NAME, "value"),
        Input(ids.TICK, "n_intervals"),
        State(ids.SEEN, "data"),
        State(shell.SCHEME, "computedColorScheme"),
        *(State(id, "value") for id in CONTROLS),
        State(ids.TRAY, "data"),
        prevent_initial_call=True,
    )(follow)


def _followed(
    context: Context, study: StudyView, token: dict[str, str], *, another: bool
) -> tuple[Any, ...]:
    """(studies, state, rail, cards, words without a table, token): everything for another study or
    other results, else what its job does, else nothing.
    """
    if another or study.token["results"] != token.get("results"):
        return (
            rail.options(study),
            rail.state(study),
            rail.controls(study),
            cards(study, definitions.known(context, study)),
            no_update,
            study.token,
        )
    if study.token["state"] == token.get("state"):
        raise PreventUpdate
    alone = nothing(study) if study.table is None else no_update
    return no_update, rail.state(study), no_update, no_update, alone, study.token


def _draw(app: Dash, context: Context) -> None:
    """Figures, words and table of what the controls stand at."""

    def draw(*values: Any) -> Any:
        *stands, scheme, name = values
        study = view.read(context, _chosen(name, stands, scheme))
        return _drawn(study, definitions.known(context, study))

    app.callback(
        *DRAWN,
        *(Input(id, "value") for id in CONTROLS),
        Input(ids.TRAY, "data"),
        Input(shell.SCHEME, "computedColorScheme"),
        State(ids.NAME, "value"),
        prevent_initial_call=True,
    )(draw)


def _drawn(study: StudyView, known: Known) -> tuple[Any, ...]:
    """What is drawn, in the order of DRAWN."""
    table = tables.chosen(study, known)
    return (
        ranking.figure(study, known),
        ranking.state(study),
        ranking.foot(study),
        ranking.summary(study),
        scatter.options(study),
        scatter.figure(study, known),
        verdict.head(study),
        scatter.about(study, known),
        scatter.words(study),
        verdict.summary(study),
        verdict.stratum_help(study),
        verdict.strata(study),
        table,
        table["caption"],
        table["said"],
        rail.tray(study),
    )


def _save(app: Dash, context: Context) -> None:
    """The chosen table as a file."""

    def save(clicks: int | None, name: Any, *stands: Any) -> Any:
        study = view.read(context, _chosen(name, stands, None))
        if not clicks or study.table is None:
            raise PreventUpdate
        return dcc.send_string(tables.csv(study), tables.csv_name(study))

    app.callback(
        Output(ids.CSV, "data"),
        Input(ids.SAVE, "n_clicks"),
        *(State(id, "value") for id in (ids.NAME, *CONTROLS)),
        prevent_initial_call=True,
    )(save)
