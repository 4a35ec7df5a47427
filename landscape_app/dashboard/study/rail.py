"""The rail: which study and how it stands, which networks and gap, what colours them, and the runs
picked for Explore.
"""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.controls import labelled, segments, select
from landscape_app.dashboard.common.controls import options as options_of
from landscape_app.dashboard.common.job_parts import (
    RESULTS_ONLY,
    badge,
    bar,
    button,
    buttons,
    progress,
    queued,
    steps,
)
from landscape_app.dashboard.common.run_view import looks_of, mark, named
from landscape_app.dashboard.common.side_rail import rail_part, side_rail
from landscape_app.dashboard.common.taking import report_button
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.dashboard.study import ids, verdict
from landscape_app.dashboard.study.view import GAPS, StudyView
from landscape_app.dashboard.study.words import column

NAMED = 4  # missing runs that are named before the fold


def rail(study: StudyView, shipped: Any = None) -> Any:
    """Everything left of the figures; `shipped`: the offer of results that ship, if any."""
    return side_rail(
        "Which study, and how it is shown",
        _study(study, shipped),
        html.Div(controls(study), id=ids.RAIL),
    )


def _study(study: StudyView, shipped: Any) -> Any:
    name = select(
        ids.NAME,
        options(study),
        study.choice.id,
        "Study",
        searchable=len(study.listed) > 8,
        nothingFoundMessage="No such study",
    )
    head = html.Div(
        [
            html.H2("Study"),
            dcc.Link("New study", href=addresses.at("/study/new"), className="ls-small"),
        ],
        className="ls-rail-head",
    )
    return rail_part(head, name, html.Div(state(study), id=ids.STATE), shipped)


def options(study: StudyView) -> list[dict[str, str]]:
    """The studies to choose from, newest first; one that is gone stays named as long as it is
    looked at.
    """
    listed = [
        {"value": entry.id, "label": f"{entry.id} ({len(entry.runs)})"} for entry in study.listed
    ]
    if study.entry is None and study.choice.id:
        return [{"value": study.choice.id, "label": study.choice.id}, *listed]
    return listed


def state(study: StudyView) -> list[Any]:
    """How the study stands, and the button that goes on with it. Nothing where there is no such
    study: the place of its table says so.
    """
    entry = study.entry
    if entry is None:
        return []
    absent = study.missing()
    ended = entry.job.state in ("failed", "cancelled", "interrupted")
    text = entry.job.message if ended else ""
    actions = _actions(entry, absent)
    return [
        html.Div(
            [
                badge(entry),
                html.Span(standing(study), className="ls-small ls-muted", role="status"),
            ],
            className="ls-study-state",
        ),
        html.P(text, className="ls-small ls-caveat", role="alert") if text else None,
        html.Div(actions, className="ls-study-doing") if actions else None,
        _missing(absent) if absent else None,
    ]


def _actions(entry: BoardEntry, absent: dict[str, str]) -> list[Any]:
    """The bar of a job at work and its Cancel, or the button that goes on."""
    if entry.live:
        return [bar(entry.job), *buttons(entry, "study")]
    whole = entry.summary.problem is None and not entry.results_only
    incomplete = absent and whole and entry.job.state == "finished"
    resume = [button("resume", "Resume", entry, "study", variant="light")] if incomplete else []
    return buttons(entry, "study") or resume


def _missing(absent: dict[str, str]) -> Any:
    lines = [html.Li([html.Strong(run), f": {why}"]) for run, why in absent.items()]
    head = f"{len(absent)} {'run has' if len(absent) == 1 else 'runs have'} no point"
    return html.Details(
        [html.Summary(head), html.Ul(lines)],
        className="ls-fold ls-study-missing",
        open=len(absent) <= NAMED,
    )


def standing(study: StudyView) -> str:
    """How far the study is, in a line or two."""
    entry = study.entry
    if entry is None:
        return study.problem
    job, count = entry.job, len(entry.runs)
    sampled = f"{study.sampled} of {count} runs sampled"
    if job.state == "queued":
        return f"{queued(job)}. {sampled}."
    if entry.live:
        doing = progress(job, job.phase or "starting", steps(job))
        return f"{doing[0].upper()}{doing[1:]}. {sampled}."
    if entry.summary.problem:
        return entry.summary.problem
    if entry.results_only and study.table is not None:
        return f"{len(study.table)} networks are in the table. {RESULTS_ONLY}"
    if study.sampled < count or study.table is None or not study.reports:
        return f"Not finished: {sampled}."
    if len(study.table) < count:
        return f"{len(study.table)} networks in the table."
    return f"All {count} networks are in the table."


def controls(study: StudyView) -> list[Any]:
    """What depends on the study's results."""
    alone = study.entry is not None and study.entry.results_only  # a report needs the runs
    report = [] if alone else [_report(study)]
    parts = [_networks(study), _drawn(study), *report, _tray(study)]
    # Without a table nothing can be chosen, but the callbacks that keep the page current read what
    # stands where all the same.
    return parts if study.table is not None else [html.Div(parts, hidden=True)]


def _networks(study: StudyView) -> Any:
    strata = segments(ids.STRATUM, verdict.strata(study), study.choice.stratum, "Which networks")
    help = html.P(
        verdict.stratum_help(study), className="ls-small ls-muted", id=f"{ids.STRATUM}-help"
    )
    return rail_part("Networks", strata, help)


def _drawn(study: StudyView) -> Any:
    gaps = {name: GAPS.get(name, study.label(name)) for name in study.gaps}
    gap = segments(ids.GAP, options_of(gaps), study.choice.gap, "Which gap")
    colours = {name: column(name, study.label(name)) for name in study.colours}
    colour = select(
        ids.COLOUR, options_of({**colours, "none": "Nothing"}), study.choice.colour, "Colour by"
    )
    return rail_part("Shown", labelled("Gap", gap), labelled("Colour by", colour))


def _report(study: StudyView) -> Any:
    return rail_part("Take away", report_button(study.choice.id))


def _tray(study: StudyView) -> Any:
    """Of results without runs nothing can be picked; the study's state says so."""
    picked = rail_part(
        "Picked for Explore",
        dcc.Store(id=ids.TRAY, data=list(study.choice.runs)),
        html.Div(tray(study), id=ids.TRAY_LIST),
        last=True,
    )
    return html.Div(picked, hidden=study.entry is not None and study.entry.results_only)


def tray(study: StudyView) -> list[Any]:
    """The picked runs, each with its way out, and the link that shows them beside each other."""
    runs, entries = study.choice.runs, dict(study.members)
    if not runs:
        text = f"Click a point, or a row of “Networks”. You can pick up to {MOST_COMPARED} runs."
        return [html.P(text, className="ls-small ls-muted")]
    looks = looks_of([(run, entries.get(run)) for run in runs])
    label = "Open in Explore" if len(runs) == 1 else f"Open {len(runs)} in Explore"
    link = dcc.Link(
        label,
        href=addresses.explore(runs),
        className="ls-button ls-study-open",
        id="study-open",
    )
    picked = [_picked(run, entries.get(run), look) for run, look in zip(runs, looks, strict=True)]
    return [html.Ul(picked, className="ls-study-tray"), link]


def _picked(run: str, entry: BoardEntry | None, look: int) -> Any:
    label = "" if entry is None else entry.notes.label
    out = {"data-run": run, "aria-label": f"Remove {run}"}
    return html.Li(
        [
            mark(look),
            html.Span(named(label, run), className="ls-study-run"),
            html.Button("×", className="ls-chip-x", type="button", **out),
        ]
    )
