"""How jobs are put into words: durations, rates, shares, states."""

from __future__ import annotations

import math

from landscape_app.jobs.state import JobState
from landscape_app.number_text import three

# state: (word on the page, tone of its badge, sentence for a person who wonders)
STATES: dict[str, tuple[str, str, str]] = {
    "queued": ("queued", "wait", "Waits for a free slot. One job runs at a time on this machine."),
    "running": ("running", "live", "At work."),
    "stalled": (
        "stalled",
        "warn",
        "It is alive but has reported nothing for a minute. Cancel it, or wait.",
    ),
    "finished": ("finished", "ok", "Its results are stored."),
    "cancelled": ("cancelled", "wait", "It was cancelled. What was stored is kept."),
    "failed": ("failed", "bad", "It ended with an error. What was stored is kept."),
    "interrupted": (
        "interrupted",
        "warn",
        (
            "It ended without a message: it was killed, ran out of memory, or the power failed."
            " What was stored is kept."
        ),
    ),
    "unreadable": (
        "unreadable",
        "bad",
        "Its journal cannot be read, so its contents are unknown.",
    ),
    "waiting": ("waiting", "wait", "It starts when the jobs before it are done."),
    "idle": ("not started", "wait", "No job has run on it yet."),
}


def rate(job: JobState) -> str:
    """Steps a second, or a minute where that is less than one; empty where unknown."""
    if not job.rate or not math.isfinite(job.rate):
        return ""
    unit = f" {job.unit}" if job.unit else ""
    return f"{three(job.rate)}{unit}/s" if job.rate >= 1 else f"{three(job.rate * 60)}{unit}/min"


def share(job: JobState) -> float | None:
    """Percent of the phase at hand, 0 to 100; None where its length is unknown."""
    return min(100.0, 100.0 * job.done / job.total) if job.total else None


def steps(job: JobState) -> str:
    """How far the phase is: 120 of 821 snapshots; empty where it has no steps."""
    if not job.total:
        return ""
    return f"{job.done:,} of {job.total:,}{f' {job.unit}' if job.unit else ''}"
