"""What is said of checks: figures, limits, how many passed, how old the answers are, and what is at
work.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

from landscape_app.dashboard.common.run_checks import CheckedRun
from landscape_app.number_text import SUPERSCRIPT, number
from landscape_app.registries import CHECKS
from landscape_app.store import commands, damage

POWER = re.compile(r"(\d(?:\.\d+)?)e(-?)0*(\d+)")


def figure(value: Any) -> str:
    """Three significant digits; – where there is none."""
    return number(
        value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    )


def limit(text: Any) -> str:
    """The limit as it is written by hand: ≤ 1e-5 is ≤ 10⁻⁵."""

    def by_hand(found: re.Match[str]) -> str:
        power = f"10{(found[2] + found[3]).translate(SUPERSCRIPT)}"
        return power if found[1] == "1" else f"{found[1]} × {power}"

    return POWER.sub(by_hand, str(text or ""))


def counted(run: CheckedRun) -> str:
    """15 pass · 1 fails · 2 do not apply; what is newer than the answers was not asked yet."""
    if run.stored is None:
        return ""
    passed, failed, unasked = (
        run.count(True),
        run.count(False),
        sum(name not in run.answers for name in CHECKS),
    )
    rest = run.count(None) - unasked
    parts = [f"{passed} {'passes' if passed == 1 else 'pass'}"]
    parts += [f"{failed} {'fails' if failed == 1 else 'fail'}"] if failed else []
    parts += [f"{rest} {'does' if rest == 1 else 'do'} not apply"] if rest else []
    parts += [f"{unasked} not asked yet"] if unasked else []
    return " · ".join(parts)


def made(run: CheckedRun) -> str:
    """When the answers were given, and about which analysis: 25 Nov 04:10, t = 31."""
    if run.stored is None:
        return ""
    when = datetime.datetime.fromtimestamp(run.stored.created).strftime("%d %b %H:%M").lstrip("0")
    t, distance = run.stored.parameters.get("t"), run.stored.parameters.get("distance")
    parts = [
        when,
        "" if t is None else f"t = {t}",
        "" if distance in (None, "euclidean") else str(distance),
    ]
    return " · ".join(part for part in parts if part)


def notes(run: CheckedRun) -> list[str]:
    """What a person must know before believing the answers."""
    found = [damage.words(run.damage, given=run.given, button=True)] if run.damage else []
    if run.damage.sample and run.stored is not None:
        found.append("The answers below are about the files before the damage.")
    elif run.stale:
        found.append("Of other snapshots, or by another version: verify again.")
    elif run.newer and not run.verifying:
        found.append(
            f"Since then computed: {', '.join(run.newer)}. Verify again to have it checked."
        )
    if run.ended:
        found.append(f"The last verification came to nothing: {run.ended}")
    return found


def doing(run: CheckedRun) -> str:
    """Why it cannot be asked now, or that it was not yet; empty where there are answers."""
    if run.state == "unusable":
        return run.problem or "This run cannot be read."
    if run.state == "sampling":
        return "Not sampled to its end: it can be verified when all snapshots are there."
    if run.state == "working":
        job = run.job
        if job is not None and job.state == "queued":
            return "Starting" if job.phase == "starting" else "Waits for a free slot"
        if not run.verifying:
            return (
                "Another job is at work:"
                f" {job.phase if job is not None and job.phase else 'starting'}"
            )
        return (
            f"Verifying, {job.done} of {job.total} checks"
            if job is not None and job.total
            else "Verifying"
        )
    return "Not verified yet." if run.state == "missing" else ""


def detail(answer: Mapping[str, Any] | None, run: CheckedRun) -> str:
    """What the figure is of, and which stored result it was taken from."""
    if answer is None:
        return "not asked yet: verify again"
    whole = " · ".join(str(part) for part in (answer.get("detail"), answer.get("on")) if part)
    whole = commands.whole(whole, run.damage.folder.parent)
    return whole.replace(" = ", "\u00a0=\u00a0").replace("3-D", "3\u2011D")  # kept on run line
