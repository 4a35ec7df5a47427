"""The head of the page Paper: which study, how it stands, what is missing, and the button of the
preset with its forecast.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common import addresses, job_parts
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.controls import message, select
from landscape_app.dashboard.common.forecast import forecast
from landscape_app.dashboard.paper import figures, ids
from landscape_app.dashboard.paper.figures import FIGURES
from landscape_app.dashboard.paper.view import PaperView
from landscape_app.finding.table_claim import LABELS
from landscape_app.forecast import known
from landscape_app.number_text import size
from landscape_app.study_presets import preset

PLACE, PRESET = "paper", "paper-small"
PURPOSE = (
    "Horoi et al. 2022 (arXiv 2102.00485) make three claims: jump and retrain holds more about"
    " generalization than static sampling, PHATE shows the difference, and homology quantifies it."
    " Here are its figures and its table from a study of your own, each claim with its verdict."
    " What counts as holding was written before any result (studies/README.md)."
)


def head(context: Context, view: PaperView) -> Any:
    """What stands above the figures."""
    names = [
        {"value": entry.id, "label": f"{entry.id} ({len(entry.runs)})"} for entry in view.listed
    ]
    if view.id and view.entry is None:
        names = [{"value": view.id, "label": view.id}, *names]
    choice = select(
        ids.NAME,
        names,
        view.id,
        "Study",
        w=300,
        searchable=len(names) > 8,
        placeholder="No study yet",
    )
    return html.Section(
        [
            html.H1("The paper, made again"),
            html.P(PURPOSE),
            html.Div([choice, _study_link(view)], className="ls-paper-choice"),
            html.Div(state(view), id=ids.STATE),
            _preset(context, view),
        ],
        className="ls-card ls-paper-card",
    )


def _study_link(view: PaperView) -> Any:
    if view.entry is None:
        return None
    return dcc.Link("Open in Study", href=addresses.study(view.id), className="ls-small")


def state(view: PaperView) -> list[Any]:
    """The job at work on the study, or what is missing, with the button that computes it."""
    entry, lacking = view.entry, missing(view)
    button = dmc.Button("Compute what is missing", id=ids.COMPUTE, size="xs", variant="light")
    if entry is not None and entry.live:
        job = entry.job
        words = job_parts.progress(job, job.phase or "starting", job_parts.steps(job))
        line = html.P(words, className="ls-muted ls-small ls-num")
        parts = [job_parts.bar(job), line, *job_parts.buttons(entry, PLACE)]
        return [*parts, html.Div(button, hidden=True)]
    if view.alone:
        return [message(job_parts.RESULTS_ONLY, small=True), html.Div(button, hidden=True)]
    if not lacking:
        return [html.Div(button, hidden=True)]
    words = f"Not computed yet: {', '.join(lacking)}. By hand: {view.command('paper')}"
    return [message(words, small=True), html.Div(button)]


def missing(view: PaperView) -> list[str]:
    """What of the page is not computed of a study, in words; nothing without a table."""
    stored = view.stored
    if view.entry is None or stored.table is None:
        return []
    labels = [
        label
        for label in LABELS
        if stored.table.varies(label)
        and label not in stored.absent
        and (label not in stored.experiments or label in stored.stale)
    ]
    drawn = [
        name
        for name in FIGURES
        if FIGURES[name].method != "umap" and "not computed" in figures.missing(view, name)
    ]
    parts = [f"Table 1 by {', '.join(label.replace('_', ' ') for label in labels)}"] * bool(labels)
    parts += [f"{len(drawn)} of the {len(FIGURES)} figures"] * bool(drawn)
    return parts + ["the numbers of the claims"] * (stored.report is None)


def _preset(context: Context, view: PaperView) -> Any:
    """The button that launches the study of the paper's grid, with what it would take."""
    spec = preset(PRESET)
    there = any(entry.id == spec.name for entry in view.listed)
    runs = list(spec.runs.values())
    sizes = [forecast(run, context.runs).disk for run in runs]
    disk = sum(bytes for bytes in sizes if bytes is not None)
    measured = known.study(spec, context.runs)
    time = (
        "measured when the first run begins"
        if measured is None
        else f"{measured[0].words}, at the speed of {measured[1]}"
    )
    words = (
        f"The preset {PRESET}: the paper's grid with small networks on digits,"
        f" {len(runs)} networks. On disk about {size(disk)}. Time: {time}. After a cancel or a"
        " crash, Resume goes on."
    )
    button = dmc.Button(
        f"Launch {len(runs)} networks", id=ids.PRESET, size="xs", className="ls-paper-launch"
    )
    parts = [message(words, small=True), button]
    return html.Div(parts, className="ls-paper-preset", hidden=there)
