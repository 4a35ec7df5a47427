"""What is said of a surface: what its points are, what a unit is, where the jumps stand, and why
there is none.
"""

from __future__ import annotations

import numpy as np

from landscape_app.dashboard.surface import drawing
from landscape_app.dashboard.surface.view import RunSurface, SurfaceView
from landscape_app.figures.colours import COLOURS
from landscape_app.jobs.state import JobState
from landscape_app.number_text import duration, number, percent
from landscape_app.records.rows import count
from landscape_app.registries import PLANES

IN_PLANE = 1e-3  # ‖θo‖: a jump nearer than this lies in the plane, up to float32


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
    said = [f"Each point is computed from the anchor, on all {of}rows. 1 unit = {meta['unit']}."]
    if meta.get("batchnorm"):
        said.append(
            "BatchNorm statistics kept."
            if meta["batchnorm"] == "the anchor's"
            else f"BatchNorm statistics {meta['batchnorm']}."
        )
    return [*said, jumps(run, view), *([beyond] if (beyond := _beyond(run, view)) else [])]


def jumps(run: RunSurface, view: SurfaceView) -> str:
    """How many jumps lie in the plane, and how far the others are from it."""
    subject = run.subject
    assert subject is not None
    arrays = run.surface.arrays
    rows = np.asarray(arrays["rows"])
    jumped = (
        (rows != 0) & (subject.values("epoch", rows) == 0) & (subject.values("step_size", rows) > 0)
    )
    off = np.asarray(arrays["residual"])[jumped] / float(run.surface.meta["jump_length"])
    off = off[np.isfinite(off)]
    if not len(off):
        return "No jump has a place on it."
    where, away = (
        ("on the line" if len(arrays["beta"]) == 1 else "in the plane"),
        off[off >= IN_PLANE],
    )
    inside = len(off) - len(away)
    own = f"their {COLOURS[view.choice.value].label} is their own"
    if not len(away):
        return f"All {inside} jumps lie {where}; along their retraining they leave it, and {own}."
    lie = (
        f"{inside} of {len(off)} jumps lie {where}, the others"
        if inside
        else f"The {len(off)} jumps"
    )
    return f"{lie} are off it by a median of {number(np.median(away), 2)} ‖θo‖: {own}."


def _beyond(run: RunSurface, view: SurfaceView) -> str:
    count = drawing.outside(run, drawing.frame(view))
    return f"{count:,} snapshots lie beyond these axes." if count else ""


def caveats(run: RunSurface) -> list[str]:
    """What a person must know before believing the picture."""
    found: list[str] = []
    if run.subject is None:
        return found
    losses = run.surface.arrays["train_loss"]
    if holes := int((~np.isfinite(losses)).sum()):
        found.append(f"{holes:,} of {losses.size:,} points have no finite loss: holes.")
    if run.stale:
        found.append("The snapshots projected are not those the run has now. Compute it again.")
    if run.left:
        are, them = ("is", "it") if run.left == 1 else ("are", "them")
        found.append(
            f"{count(run.left)} {are} damaged or missing and not drawn. Resume, on Jobs, makes"
            f" {them} again."
        )
    if excluded := len(run.surface.meta.get("excluded") or ()):
        found.append(f"{excluded:,} snapshots diverged and have no place.")
    if run.state == "sampling":
        found.append("The run is not sampled to its end: more snapshots will come.")
    return found


def why(run: RunSurface, view: SurfaceView) -> str:
    """Why there is no surface to see, and what can be done."""
    label = PLANES[view.choice.kind].label
    if run.state == "unusable":
        return run.problem or "This run cannot be read."
    if run.state == "sampling":
        return (
            f"{at_work(run.job) if run.job else 'Not sampled to its end'}. Its surface can be"
            " computed when all snapshots are there."
        )
    if run.state == "working":
        return f"{at_work(run.job)}."
    if run.state == "foreign":
        return (
            "This run was made by explore(model, …): only the objects it was given could evaluate"
            " its surroundings, and no job has them."
        )
    ended = f"The last attempt came to nothing: {run.ended} " if run.ended else ""
    return f"{ended}{label}: not computed yet for this run."


def at_work(job: JobState | None) -> str:
    """What a job does: Computing the surface, 400 of 2,601 points, 2 s left."""
    if job is None:
        return "At work"
    if job.state == "queued":
        return "Starting" if job.phase == "starting" else "Waits for a free slot"
    if job.state == "stalled":
        return "At work, but silent for a minute"
    doing = {
        "surface": "Computing the surface",
        "preparing": "Preparing",
        "projection": "Projecting the snapshots",
    }
    parts = [doing.get(job.phase, (job.phase or "at work").capitalize())]
    if job.total:
        parts.append(f"{job.done:,} of {job.total:,} {job.unit}".rstrip())
    if job.eta:
        parts.append(f"{duration(job.eta)} left")
    return ", ".join(parts)


def summary(run: RunSurface, view: SurfaceView) -> str:
    """The picture in a sentence or two, for those who do not see it."""
    if run.subject is None:
        return f"{run.label}: {why(run, view)}"
    axes = " and ".join(run.surface.meta["labels"])
    label, scale = (
        COLOURS[view.choice.value].label,
        " as decimal logarithm" if view.choice.log else "",
    )
    return (
        f"{run.label}, {run.surface.meta['label']}: {label}{scale} along {axes}. {head(run, view)}."
        f" {jumps(run, view)}"
    )
