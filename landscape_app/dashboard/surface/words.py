"""What is said of a surface: what its points are, what a unit is, where the jumps stand, and why
there is none.
"""

from __future__ import annotations

import numpy as np

from landscape_app.dashboard.surface import drawing
from landscape_app.dashboard.surface.reading import Seen, Shown
from landscape_app.figures.colours import COLOURS
from landscape_app.jobs.state import JobState
from landscape_app.number_text import duration, number, percent
from landscape_app.records.rows import count
from landscape_app.registries import PLANES

IN_PLANE = 1e-3  # ‖θo‖: a jump nearer than this lies in the plane, up to float32


def head(one: Shown, seen: Seen) -> str:
    """51 × 51 · anchor 0.0159 · 0.0159–19.5: the points, the value at the anchor and the ends of
    all; a line has no second count.
    """
    if one.subject is None:
        return ""
    values = one.surface.arrays[seen.choice.value]
    count = " × ".join(str(size) for size in reversed(values.shape) if size > 1)
    middle = values[values.shape[0] // 2, values.shape[1] // 2]
    finite = values[np.isfinite(values)]
    ends = f" · {shown(finite.min(), seen)}–{shown(finite.max(), seen)}" if len(finite) else ""
    return f"{count}{'' if values.shape[0] > 1 else ' points'} · anchor {shown(middle, seen)}{ends}"


def shown(value: float, seen: Seen) -> str:
    """A value as its kind is read: a loss in three digits, an accuracy in percent."""
    return percent(value) if COLOURS[seen.choice.value].percent else number(value)


def foot(one: Shown, seen: Seen) -> list[str]:
    """What is seen, in sentences."""
    if one.subject is None:
        return []
    meta = one.surface.meta
    of = "" if seen.choice.kind == "line" else f"{seen.choice.value.partition('_')[0]} "
    said = [f"Each point is computed from the anchor, on all {of}rows. 1 unit = {meta['unit']}."]
    if meta.get("batchnorm"):
        said.append(
            "BatchNorm statistics kept."
            if meta["batchnorm"] == "the anchor's"
            else f"BatchNorm statistics {meta['batchnorm']}."
        )
    return [*said, jumps(one, seen), *([beyond] if (beyond := _beyond(one, seen)) else [])]


def jumps(one: Shown, seen: Seen) -> str:
    """How many jumps lie in the plane, and how far the others are from it."""
    subject = one.subject
    assert subject is not None
    arrays = one.surface.arrays
    rows = np.asarray(arrays["rows"])
    jumped = (
        (rows != 0) & (subject.values("epoch", rows) == 0) & (subject.values("step_size", rows) > 0)
    )
    off = np.asarray(arrays["residual"])[jumped] / float(one.surface.meta["jump_length"])
    off = off[np.isfinite(off)]
    if not len(off):
        return "No jump has a place on it."
    where, away = (
        ("on the line" if len(arrays["beta"]) == 1 else "in the plane"),
        off[off >= IN_PLANE],
    )
    inside = len(off) - len(away)
    own = f"their {COLOURS[seen.choice.value].label} is their own"
    if not len(away):
        return f"All {inside} jumps lie {where}; along their retraining they leave it, and {own}."
    lie = (
        f"{inside} of {len(off)} jumps lie {where}, the others"
        if inside
        else f"The {len(off)} jumps"
    )
    return f"{lie} are off it by a median of {number(np.median(away), 2)} ‖θo‖: {own}."


def _beyond(one: Shown, seen: Seen) -> str:
    count = drawing.outside(one, drawing.frame(seen))
    return f"{count:,} snapshots lie beyond these axes." if count else ""


def caveats(one: Shown) -> list[str]:
    """What a person must know before believing the picture."""
    found: list[str] = []
    if one.subject is None:
        return found
    losses = one.surface.arrays["train_loss"]
    if holes := int((~np.isfinite(losses)).sum()):
        found.append(f"{holes:,} of {losses.size:,} points have no finite loss: holes.")
    if one.stale:
        found.append("The snapshots projected are not those the run has now. Compute it again.")
    if one.left:
        are, them = ("is", "it") if one.left == 1 else ("are", "them")
        found.append(
            f"{count(one.left)} {are} damaged or missing and not drawn. Resume, on Jobs, makes"
            f" {them} again."
        )
    if excluded := len(one.surface.meta.get("excluded") or ()):
        found.append(f"{excluded:,} snapshots diverged and have no place.")
    if one.state == "sampling":
        found.append("The run is not sampled to its end: more snapshots will come.")
    return found


def why(one: Shown, seen: Seen) -> str:
    """Why there is no surface to see, and what can be done."""
    label = PLANES[seen.choice.kind].label
    if one.state == "unusable":
        return one.problem or "This run cannot be read."
    if one.state == "sampling":
        return (
            f"{at_work(one.job) if one.job else 'Not sampled to its end'}. Its surface can be"
            " computed when all snapshots are there."
        )
    if one.state == "working":
        return f"{at_work(one.job)}."
    if one.state == "foreign":
        return (
            "This run was made by explore(model, …): only the objects it was given could evaluate"
            " its surroundings, and no job has them."
        )
    ended = f"The last attempt came to nothing: {one.ended} " if one.ended else ""
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


def summary(one: Shown, seen: Seen) -> str:
    """The picture in a sentence or two, for those who do not see it."""
    if one.subject is None:
        return f"{one.label}: {why(one, seen)}"
    axes = " and ".join(one.surface.meta["labels"])
    label, scale = (
        COLOURS[seen.choice.value].label,
        " as decimal logarithm" if seen.choice.log else "",
    )
    return (
        f"{one.label}, {one.surface.meta['label']}: {label}{scale} along {axes}. {head(one, seen)}."
        f" {jumps(one, seen)}"
    )
