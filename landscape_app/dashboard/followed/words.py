"""How jobs are put into words: durations, rates, shares, states."""

from __future__ import annotations

import math

from landscape_app.jobs.state import JobState

# state: (word on the page, tone of its badge, sentence for a person who wonders)
STATES: dict[str, tuple[str, str, str]] = {
    "queued": ("queued", "wait", "Waits for a free slot: one job works at a time on this machine."),
    "running": ("running", "live", "At work."),
    "stalled": (
        "stalled",
        "warn",
        "It is still there, but has said nothing for a minute. Cancel it, or wait.",
    ),
    "finished": ("finished", "ok", "What it was asked for is stored."),
    "cancelled": ("cancelled", "wait", "It stopped when asked to. What was stored is kept."),
    "failed": ("failed", "bad", "It ended with an error. What was stored is kept."),
    "interrupted": (
        "interrupted",
        "warn",
        (
            "It ended without a message: it was killed, had no memory left, or the power was cut."
            " What was stored is kept."
        ),
    ),
    "unreadable": (
        "unreadable",
        "bad",
        "Its journal cannot be read, so nobody can tell what is in it.",
    ),
    "waiting": ("waiting", "wait", "Begins by itself when the jobs before it are done."),
    "idle": ("not started", "wait", "No job has worked on it yet."),
}


def duration(seconds: float | None) -> str:
    """Seconds as a person says them: 4 s, 3 min 20 s, 2 h 05 min; – where unknown."""
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def rate(job: JobState) -> str:
    """Steps a second, or a minute where that is less than one; empty where unknown."""
    if not job.rate or not math.isfinite(job.rate):
        return ""
    unit = f" {job.unit}" if job.unit else ""
    return f"{_three(job.rate)}{unit}/s" if job.rate >= 1 else f"{_three(job.rate * 60)}{unit}/min"


def share(job: JobState) -> float | None:
    """Percent of the phase at hand, 0 to 100; None where its length is unknown."""
    return min(100.0, 100.0 * job.done / job.total) if job.total else None


def steps(job: JobState) -> str:
    """How far the phase is: 120 of 821 snapshots; empty where it has no steps."""
    if not job.total:
        return ""
    return f"{job.done:,} of {job.total:,}{f' {job.unit}' if job.unit else ''}"


def size(count: float) -> str:
    """Bytes with the unit that fits: 640 kB, 68 MB, 1.4 GB."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{_three(count / scale)} {unit}"
    return f"{count:.0f} B"


def value(given: object) -> str:
    """A setting's value as a person reads it."""
    if given is None:
        return "–"
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, (tuple, list)):
        return ", ".join(value(one) for one in given)
    return f"{given:g}" if isinstance(given, float) else str(given)


def _three(number: float) -> str:
    """Three significant digits, never in powers of ten."""
    return (
        f"{number:,.0f}"
        if number >= 100
        else (
            f"{number:.1f}".removesuffix(".0")
            if number >= 10
            else f"{number:.2f}".rstrip("0").rstrip(".")
        )
    )
