"""The words around the figures: what is seen, what must be known to believe it, and over a figure
that is not there why, with the button that changes that.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import numpy as np
from dash import dcc, html

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.buttons import beside
from landscape_app.dashboard.common.job_parts import progress, queued, steps
from landscape_app.dashboard.surface import axes, ids
from landscape_app.dashboard.surface.figures import off_plane
from landscape_app.dashboard.surface.view import RunSurface, SurfaceView
from landscape_app.figures.colours import COLOURS
from landscape_app.jobs.state import JobState
from landscape_app.number_text import number, percent
from landscape_app.records.rows import count
from landscape_app.registries import PLANES

IN_PLANE = 1e-3  # ‖θo‖: a jump nearer than this is in the plane, up to float32


def captions(view: SurfaceView, names: list[str]) -> dict[str, Any]:
    """{"relief-0-head": …, "-state", "-foot", "-summary" of every figure}: all words that change
    with what is drawn.
    """
    words: dict[str, Any] = {}
    for name in names:
        kind, _, slot = name.partition("-")
        run = view.runs[int(slot)]
        second = kind == "contours" and not view.choice.flat
        words[f"{name}-head"] = "each snapshot at its nearest point" if second else head(run, view)
        words[f"{name}-state"] = "" if second else _overlay(run, view)
        words[f"{name}-foot"] = [] if kind == "relief" else _below(run, view)
        words[f"{name}-summary"] = "" if second else summary(run, view)
    return words


def _below(run: RunSurface, view: SurfaceView) -> list[Any]:
    """The sentences under a figure, and what must be known to believe it."""
    return [
        html.P(" ".join(foot(run, view))),
        *(html.P(text, className="ls-caveat") for text in caveats(run, view)),
    ]


def head(run: RunSurface, view: SurfaceView) -> str:
    """51 × 51 · anchor 0.0159 · 0.0159–19.5: the points, the value at the anchor and the ends of
    all; a line has no second count.
    """
    if run.subject is None:
        return ""
    values = run.surface.arrays[view.choice.value]
    count = " × ".join(str(size) for size in reversed(values.shape) if size > 1)
    middle = values[values.shape[0] // 2, values.shape[1] // 2]
    finite = values[np.isfinite(values)]
    ends = f" · {shown(finite.min(), view)}–{shown(finite.max(), view)}" if len(finite) else ""
    return f"{count}{'' if values.shape[0] > 1 else ' points'} · anchor {shown(middle, view)}{ends}"


def shown(value: float, view: SurfaceView) -> str:
    """A value as its kind is read: a loss in three digits, an accuracy in percent."""
    return percent(value) if COLOURS[view.choice.value].percent else number(value)


def foot(run: RunSurface, view: SurfaceView) -> list[str]:
    """What is seen, in sentences."""
    if run.subject is None:
        return []
    meta = run.surface.meta
    of = "" if view.choice.kind == "line" else f"{view.choice.value.partition('_')[0]} "
    sentences = [
        f"Each point is computed from the anchor, on all {of}rows. 1 unit = {meta['unit']}."
    ]
    if meta.get("batchnorm"):
        unchanged = meta["batchnorm"] == "the anchor's"
        sentences.append(f"BatchNorm statistics {'kept' if unchanged else meta['batchnorm']}.")
    return [*sentences, jumps(run, view), *([beyond] if (beyond := _beyond(run, view)) else [])]


def jumps(run: RunSurface, view: SurfaceView) -> str:
    """How many jumps are in the plane, and how far the others are from it."""
    off = _off_plane(run)
    if not len(off):
        return "No jump can be projected on this surface."
    where = "on the line" if len(run.surface.arrays["beta"]) == 1 else "in the plane"
    away = off[off >= IN_PLANE]
    inside = len(off) - len(away)
    own = f"they are drawn at their own {COLOURS[view.choice.value].label}"
    if not len(away):
        return f"All {inside} jumps are {where}. During retraining they leave it, and {own}."
    others = f"The {len(off)} jumps"
    if inside:
        others = f"{inside} of {len(off)} jumps are {where}, the others"
    return f"{others} are off it by a median of {number(np.median(away), 2)} ‖θo‖, and {own}."


def _off_plane(run: RunSurface) -> np.ndarray:
    """(n,) how far each jump is from the plane, in ‖θo‖, of those that have a place on it."""
    subject, rows = run.subject, np.asarray(run.surface.arrays["rows"])
    assert subject is not None
    jumped = (
        (rows != 0) & (subject.values("epoch", rows) == 0) & (subject.values("step_size", rows) > 0)
    )
    off: np.ndarray = off_plane(run.surface)[jumped]
    return np.asarray(off[np.isfinite(off)])


def _beyond(run: RunSurface, view: SurfaceView) -> str:
    count = axes.outside(run, axes.frame(view))
    return f"{count:,} snapshots are beyond these axes." if count else ""


def caveats(run: RunSurface, view: SurfaceView) -> list[str]:
    """What a person must know before believing the picture."""
    if run.subject is None:
        return []
    texts = [text for text in [axes.beyond(run, view)] if text]
    losses = run.surface.arrays["train_loss"]
    if holes := int((~np.isfinite(losses)).sum()):
        texts.append(
            f"{holes:,} of {losses.size:,} points have no finite loss. They are drawn as holes."
        )
    if run.stale:
        texts.append("Its snapshots are older than those of the run. Compute the surface again.")
    if run.left:
        are, them = ("is", "it") if run.left == 1 else ("are", "them")
        texts.append(
            f"{count(run.left)} {are} damaged or missing and not drawn. Resume, on Jobs, makes"
            f" {them} again."
        )
    if excluded := len(run.surface.meta.get("excluded") or ()):
        texts.append(f"{excluded:,} snapshots diverged and are not drawn.")
    if run.state == "sampling":
        texts.append("Sampling is not finished: more snapshots will come.")
    return texts


def summary(run: RunSurface, view: SurfaceView) -> str:
    """The picture in a sentence or two, for those who do not see it."""
    if run.subject is None:
        return f"{run.label}: {why(run, view)}"
    meta = run.surface.meta
    along = " and ".join(meta["labels"])
    label = COLOURS[view.choice.value].label
    scale = " as decimal logarithm" if view.choice.log else ""
    return (
        f"{run.label}, {meta['label']}: {label}{scale} along {along}. {head(run, view)}."
        f" {jumps(run, view)}"
    )


def _overlay(run: RunSurface, view: SurfaceView) -> Any:
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
