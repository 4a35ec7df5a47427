"""The head of a run's column: the run, how many of its checks pass, how old the answers are, what
is at work, and the buttons.
"""

from __future__ import annotations

import datetime
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common.buttons import beside
from landscape_app.dashboard.common.controls import badge
from landscape_app.dashboard.common.job_parts import queued
from landscape_app.dashboard.common.run_checks import CheckedRun
from landscape_app.dashboard.common.run_view import mark, named
from landscape_app.registries import CHECKS
from landscape_app.store import damage

VERIFY = "checks-verify"  # the button for all runs, and the kind of those over one run


def head(run: CheckedRun) -> Any:
    """Over a column: the run with the button that asks anew, and what is known of its answers."""
    now = status(run)
    return [
        html.Div([_name(run), _verify(run)], className="ls-checks-line"),
        *([_answers(run)] if run.stored else []),
        *([html.P(now, className="ls-checks-note", role="status")] if now else []),
        *(html.P(note, className="ls-checks-note ls-checks-old") for note in notes(run)),
        *_mending(run),
    ]


def _name(run: CheckedRun) -> Any:
    link = dcc.Link(
        named(run.label, run.id),
        href=addresses.explore([run.id]),
        title=f"{run.id}: see it in Explore",
    )
    return html.Span([mark(run.look), link], className="ls-checks-run")


def _verify(run: CheckedRun) -> Any:
    return dmc.Button(
        "Verify" if run.stored is None else "Verify again",
        id=beside(run.id, VERIFY),
        size="compact-xs",
        variant="light" if run.stored is None or run.stale or run.newer else "default",
        disabled=not run.askable,
        **{"aria-label": f"Verify {run.id}"},
    )


def _answers(run: CheckedRun) -> Any:
    """How many pass, and when that was; what was found before the damage is no verdict."""
    count = badge(counts(run), "wait" if run.damage else "bad" if run.count(False) else "ok")
    when = html.Span(answered(run), className="ls-muted ls-small")
    return html.Div([count, when], className="ls-checks-line")


def _mending(run: CheckedRun) -> list[Any]:
    """The button that makes damaged files again, where a job can do that."""
    lost = run.damage.sample and (run.given or run.damage.final)
    if not run.damage or run.job is not None or lost:
        return []
    action, label = ("resume", "Resume") if run.damage.sample else ("analyse", "Analyse again")
    return [
        dmc.Button(
            label,
            id=shell.action(action, run.id, "checks"),
            size="compact-xs",
            **{"aria-label": f"{label} {run.id}"},
        )
    ]


def counts(run: CheckedRun) -> str:
    """15 pass · 1 fails · 1 note · 2 do not apply; what is newer was not asked yet."""
    if run.stored is None:
        return ""
    passed, failed, notes = run.count(True), run.count(False), run.count("note")
    unasked = sum(name not in run.answers for name in CHECKS)
    rest = run.count(None) - unasked
    parts = [f"{passed} {'passes' if passed == 1 else 'pass'}"]
    parts += [f"{failed} {'fails' if failed == 1 else 'fail'}"] if failed else []
    parts += [f"{notes} note{'' if notes == 1 else 's'}"] if notes else []
    parts += [f"{rest} {'does' if rest == 1 else 'do'} not apply"] if rest else []
    parts += [f"{unasked} not checked yet"] if unasked else []
    return " · ".join(parts)


def answered(run: CheckedRun) -> str:
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
    texts = [damage.words(run.damage, given=run.given, button=True)] if run.damage else []
    if run.damage.sample and run.stored is not None:
        texts.append("The results below are from before the damage.")
    elif run.version:
        texts.append(
            f"Checked by version {run.version} of the analyses, not by the present one."
            " Verify again."
        )
    elif run.stale:
        texts.append("These checks belong to other snapshots. Verify again.")
    elif run.newer and not run.verifying:
        texts.append(f"Computed since then: {', '.join(run.newer)}. Verify again to check it.")
    if run.ended:
        texts.append(f"The last verification did not finish: {run.ended}")
    return texts


def status(run: CheckedRun) -> str:
    """Why it cannot be asked now, or that it was not yet; empty where there are answers."""
    if run.state == "unusable":
        return run.problem or "This run cannot be read."
    if run.state == "sampling":
        return "Sampling is not finished. The run can be verified when it is."
    if run.state == "missing":
        return "Not verified yet."
    return _at_work(run) if run.state == "working" else ""


def _at_work(run: CheckedRun) -> str:
    """What the job on it does."""
    job = run.job
    assert job is not None
    if job.state == "queued":
        return queued(job)
    if not run.verifying:
        return f"Another job is running: {job.phase or 'starting'}"
    return f"Verifying, {job.done} of {job.total} checks" if job.total else "Verifying"
