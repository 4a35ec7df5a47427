"""The rail left of the figures, with the strip of jobs at its end."""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common import addresses, controls, ids
from landscape_app.dashboard.common.board import Board, BoardEntry
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.job_parts import (
    ENDED,
    badge,
    bar,
    buttons,
    cell,
    progress,
    queued,
    renewed,
    share,
    token,
)
from landscape_app.dashboard.common.run_view import cut
from landscape_app.jobs.request import title

EVERY = 1000  # ms
MOST = 3
PLACE = "strip"


def job_strip() -> Any:
    """The strip, empty until its first tick; it follows every job of the runs folder by itself."""
    return html.Section(
        [
            controls.clock(ids.STRIP_TICK, EVERY),
            dcc.Store(id=ids.STRIP_SEEN),
            html.Div(id=ids.STRIP, className="ls-strip-rows"),
            html.Div(
                [
                    dcc.Link("New run", href=addresses.at("/new")),
                    dcc.Link("All jobs", href=addresses.at("/jobs")),
                ],
                className="ls-strip-links",
            ),
        ],
        className="ls-strip",
        **{"aria-label": "Jobs"},
    )


def strip_entries(board: Board) -> list[BoardEntry]:
    """Live jobs, then those that wait for a Resume; runs of a shown study are in its row."""
    waiting = [entry for entry in board.entries() if entry.job.state in ENDED and entry.resumable]
    chosen = board.live() + [entry for entry in waiting if not _dropped(entry)]
    # an interrupted study resumes its runs
    inside = {run for entry in chosen for run in entry.runs}
    return [entry for entry in chosen if entry.id not in inside][:MOST]


def _dropped(entry: BoardEntry) -> bool:
    """Whether a person gave up a job on a run that is sampled: nothing of the run waits for it."""
    return entry.job.state == "cancelled" and entry.standing.state == "analysed"


def strip_rows(board: Board) -> list[Any]:
    """The strip's rows."""
    return [_row(entry, board) for entry in strip_entries(board)] or [
        html.P("No job is running.", className="ls-muted ls-small")
    ]


def _row(entry: BoardEntry, board: Board) -> Any:
    parts = _cells(entry, board)
    says = cell(entry, "says", PLACE, parts["says"], className="ls-strip-says")
    return html.Div(
        [
            cell(entry, "head", PLACE, parts["head"], className="ls-strip-head"),
            html.Div([says, *buttons(entry, PLACE)], className="ls-strip-line"),
        ],
        className="ls-strip-row",
    )


def _cells(entry: BoardEntry, board: Board) -> dict[str, Any]:
    """What changes in a row with every step: the name with the percent and the bar, the words."""
    percent = share(entry.job)
    right = f"{percent:.0f} %" if entry.live and percent is not None else badge(entry)
    name = html.Span(cut(entry.id), className="ls-name ls-strip-name", title=entry.id)
    line = html.Div([name, html.Span(right, className="ls-num")], className="ls-strip-line")
    words = _says(entry, board)
    return {"head": [line, bar(entry.job)], "says": html.Span(words, title=words)}


def _says(entry: BoardEntry, board: Board) -> str:
    """The phase and how long it still takes, or what a person can do."""
    job = entry.job
    if not entry.live:
        what = title(job.command) if job.command else ""
        if job.message:
            return f"{what} {job.state}: {job.message}" if job.again else job.message
        stands = "run " if job.again and entry.standing.sampled else ""
        stands += entry.standing.words
        # how it ended stands in the badge
        return " · ".join(part for part in (what, stands) if part)
    if job.state == "queued":
        return queued(job).lower()
    if job.state == "stalled":
        return "no report for a minute"
    member = next(
        (run.id for id in entry.runs if (run := board.find(id)) is not None and run.live), None
    )
    return progress(job, job.phase or "starting", (member or "").removeprefix(f"{entry.id}-"))


def register(app: Dash, context: Context) -> None:
    """The strip is drawn again when something in it changes, and a step renews its cells alone."""

    @app.callback(
        Output(ids.STRIP, "children"),
        Output(ids.job_cell(ALL, ALL, PLACE), "children"),
        Output(ids.STRIP_SEEN, "data"),
        Input(ids.STRIP_TICK, "n_intervals"),
        State(ids.STRIP_SEEN, "data"),
    )
    def follow(_: Any, seen: Any) -> Any:
        board, cells = context.board, ctx.outputs_list[1]
        shown = strip_entries(board)
        now = token(board, [entry.id for entry in shown])
        if now == seen:
            raise PreventUpdate
        if not isinstance(seen, dict) or now["form"] != seen.get("form"):
            return strip_rows(board), [no_update] * len(cells), now
        contents = {
            (entry.id, name): content
            for entry in shown
            if entry.live
            for name, content in _cells(entry, board).items()
        }
        return no_update, renewed(cells, contents), now


def side_rail(label: str, *parts: Any) -> Any:
    """Everything left of the figures, with the strip of jobs at the end. A person folds it away; in
    a narrow window it is a drawer (assets/rail.js).
    """
    return html.Aside(
        [_fold(), *parts, html.Div(job_strip(), className="ls-rail-jobs")],
        id=ids.RAIL,
        className="ls-rail ls-drawer",
        **{"aria-label": label},
    )


def _fold() -> Any:
    return html.Button(
        id=ids.RAIL_FOLD,
        className="ls-quiet ls-rail-fold",
        type="button",
        title="Hide the controls",
        **{"aria-label": "Hide the controls", "aria-expanded": "true"},
    )


def rail_part(title: Any, *children: Any, last: bool = False) -> Any:
    """A part under its title, a word or a whole head; last: of the rail."""
    head = html.H2(title) if isinstance(title, str) else title
    name = "ls-rail-part ls-picked" if last else "ls-rail-part"
    return html.Section([head, *children], className=name)
