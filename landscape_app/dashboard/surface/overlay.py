"""Over a figure: what a job does for it, or why there is no surface, with the button that changes
that.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.buttons import beside
from landscape_app.dashboard.common.job_parts import progress, queued, steps
from landscape_app.dashboard.surface import ids
from landscape_app.dashboard.surface.view import RunSurface, SurfaceView
from landscape_app.jobs.state import JobState
from landscape_app.registries import PLANES


def overlay(run: RunSurface, view: SurfaceView) -> Any:
    """Nothing where the figure is whole; else what a job does, or why there is no surface."""
    if run.subject is not None:
        at_it = html.Div([html.Span(at_work(run.job)), _bar(run)], className="ls-badge-line")
        return at_it if run.state == "working" else ""
    return html.Div(
        [html.P(why(run, view), role="status"), *_ways(run)],
        className="ls-message",
        **{"data-state": run.state},
    )


def _ways(run: RunSurface) -> list[Any]:
    """The bar of a job at work, or the button that starts one; the way to Jobs."""
    ways: list[Any] = []
    if run.state == "working":
        ways = [_bar(run, wide=True)]
    elif run.state == "missing":
        label = {"aria-label": f"Compute it for {run.id}"}
        ways = [dmc.Button("Compute it", id=beside(run.id, ids.COMPUTE), size="xs", **label)]
    if run.state in ("unusable", "sampling") or run.ended:
        ways.append(dcc.Link("See Jobs", href=addresses.job(run.id)))
    return ways


def _bar(run: RunSurface, *, wide: bool = False) -> Any:
    done = 0.0 if run.job is None or not run.job.total else 100 * run.job.done / run.job.total
    name = "ls-tiny-bar" + (" ls-surface-bar" if wide else "")
    return html.Span(html.Span(style={"width": f"{done:.0f}%"}), className=name)


def why(run: RunSurface, view: SurfaceView) -> str:
    """Why there is no surface to see, and what can be done."""
    label = PLANES[view.choice.kind].label
    if run.state == "unusable":
        return run.problem or "This run cannot be read."
    if run.state == "sampling":
        return (
            f"{at_work(run.job) if run.job else 'It is not fully sampled'}. Its surface can be"
            " computed when sampling is finished."
        )
    if run.state == "working":
        return f"{at_work(run.job)}."
    if run.state == "foreign":
        return (
            "This run was made by explore(model, …). Only your Python objects can evaluate its"
            " surroundings, and no job has them."
        )
    ended = f"Last attempt: {run.ended} " if run.ended else ""
    return f"{ended}{label}: not computed yet for this run."


def at_work(job: JobState | None) -> str:
    """What a job does: Computing the surface · 400 of 2,601 points · 2 s left."""
    if job is None:
        return "At work"
    if job.state == "queued":
        return queued(job)
    if job.state == "stalled":
        return "Running, but no report for a minute"
    doing = {
        "surface": "Computing the surface",
        "preparing": "Preparing",
        "projection": "Projecting the snapshots",
    }
    phase = doing.get(job.phase, (job.phase or "at work").capitalize())
    return progress(job, phase, steps(job))
