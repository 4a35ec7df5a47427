"""The rail: which study and how it stands, which networks and gap, what colours them, and the runs
picked for Explore.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common import job_strip
from landscape_app.dashboard.common.controls import labelled
from landscape_app.dashboard.common.job_parts import badge, bar, button
from landscape_app.dashboard.study import ids, words
from landscape_app.dashboard.study.choice import MOST, explore
from landscape_app.dashboard.study.definitions import column
from landscape_app.dashboard.study.reading import GAPS, Seen

NAMED = 4  # missing runs that are named before the fold


def rail(seen: Seen) -> Any:
    """Everything left of the figures."""
    return html.Aside(
        [
            _study(seen),
            html.Div(controls(seen), id=ids.RAIL),
            html.Div(job_strip.strip(), className="ls-rail-jobs"),
        ],
        className="ls-rail",
        **{"aria-label": "Which study, and how it is shown"},
    )


def _study(seen: Seen) -> Any:
    select = dmc.Select(
        id=ids.NAME,
        data=options(seen),
        value=seen.choice.id,
        allowDeselect=False,
        searchable=len(seen.listed) > 8,
        size="xs",
        comboboxProps={"shadow": "md"},
        nothingFoundMessage="No such study",
        **{"aria-label": "Study"},
    )
    head = html.Div(
        [html.H2("Study"), dcc.Link("New study", href="/study/new", className="ls-small")],
        className="ls-rail-head",
    )
    return html.Section(
        [head, select, html.Div(state(seen), id=ids.STATE)], className="ls-rail-part"
    )


def options(seen: Seen) -> list[dict[str, str]]:
    """The studies to choose from, newest first; one that is gone stays named as long as it is
    looked at.
    """
    there = [{"value": one.id, "label": f"{one.id} ({len(one.runs)})"} for one in seen.listed]
    return (
        there
        if seen.entry is not None or not seen.choice.id
        else [{"value": seen.choice.id, "label": seen.choice.id}, *there]
    )


def state(seen: Seen) -> list[Any]:
    """How the study stands, and the button that goes on with it."""
    entry = seen.entry
    if entry is None:
        return [html.P(seen.problem, className="ls-small ls-caveat", role="status")]
    absent = words.missing(seen)
    doing: list[Any] = []
    if entry.live:
        doing = [bar(entry.job), button("cancel", "Cancel", entry, "study")]
    elif entry.resumable or (
        absent and entry.summary.problem is None and entry.job.state == "finished"
    ):
        doing = [
            button(
                "resume",
                "Start" if entry.job.state == "idle" else "Go on",
                entry,
                "study",
                variant="light",
            )
        ]
    message = (
        entry.job.message
        if entry.job.state in ("failed", "cancelled", "interrupted") and entry.job.message
        else ""
    )
    return [
        html.Div(
            [
                html.Span(words.standing(seen), className="ls-small ls-muted", role="status"),
                badge(entry),
            ],
            className="ls-study-state",
        ),
        html.P(message, className="ls-small ls-caveat", role="alert") if message else None,
        html.Div(doing, className="ls-study-doing") if doing else None,
        _missing(absent) if absent else None,
    ]


def _missing(absent: dict[str, str]) -> Any:
    lines = [html.Li([html.Strong(run), f": {why}"]) for run, why in absent.items()]
    head = f"{len(absent)} {'run has' if len(absent) == 1 else 'runs have'} no point"
    return html.Details(
        [html.Summary(head), html.Ul(lines)],
        className="ls-fold ls-study-missing",
        open=len(absent) <= NAMED,
    )


def controls(seen: Seen) -> list[Any]:
    """What depends on the study's results."""
    parts = [_networks(seen), _drawn(seen), _tray(seen)]
    # Without a table nothing can be chosen, but the callbacks that keep the page current read what
    # stands where all the same.
    return parts if seen.table is not None else [html.Div(parts, hidden=True)]


def _networks(seen: Seen) -> Any:
    strata = dmc.SegmentedControl(
        id=ids.STRATUM,
        data=words.strata(seen),
        value=seen.choice.stratum,
        size="xs",
        fullWidth=True,
        **{"aria-label": "Which networks"},
    )
    help = html.P(words.stratum_help(seen), className="ls-small ls-muted", id=f"{ids.STRATUM}-help")
    return html.Section([html.H2("Networks"), strata, help], className="ls-rail-part")


def _drawn(seen: Seen) -> Any:
    gap = dmc.SegmentedControl(
        id=ids.GAP,
        data=[{"value": one, "label": GAPS.get(one, words.label(seen, one))} for one in seen.gaps],
        value=seen.choice.gap,
        size="xs",
        fullWidth=True,
        **{"aria-label": "Which gap"},
    )
    colours = [{"value": one, "label": column(one, words.label(seen, one))} for one in seen.colours]
    colour = dmc.Select(
        id=ids.COLOUR,
        data=[*colours, {"value": "none", "label": "Nothing"}],
        value=seen.choice.colour,
        allowDeselect=False,
        size="xs",
        comboboxProps={"shadow": "md"},
        **{"aria-label": "Colour by"},
    )
    return html.Section(
        [html.H2("Shown"), labelled("Gap", gap), labelled("Colour by", colour)],
        className="ls-rail-part",
    )


def _tray(seen: Seen) -> Any:
    return html.Section(
        [
            html.H2("Picked for Explore"),
            dcc.Store(id=ids.TRAY, data=list(seen.choice.runs)),
            html.Div(tray(seen.choice.runs), id=ids.TRAY_LIST),
        ],
        className="ls-rail-part ls-picked",
    )


def tray(runs: tuple[str, ...]) -> list[Any]:
    """The picked runs, each with its way out, and the link that shows them beside each other."""
    if not runs:
        return [
            html.P(
                f"Click a point or a row under “Networks”: up to {MOST} runs, opened beside each"
                " other.",
                className="ls-small ls-muted",
            )
        ]
    lines = [
        html.Li(
            [
                html.Span(run, className="ls-study-run", title=run),
                html.Button(
                    "×",
                    className="ls-chip-x",
                    type="button",
                    **{"data-run": run, "aria-label": f"Put back {run}"},
                ),
            ]
        )
        for run in runs
    ]
    label = "Open in Explore" if len(runs) == 1 else f"Open {len(runs)} in Explore"
    return [
        html.Ul(lines, className="ls-study-tray"),
        dcc.Link(label, href=explore(runs), className="ls-button ls-study-open", id="study-open"),
    ]
