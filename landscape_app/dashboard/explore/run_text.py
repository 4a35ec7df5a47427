"""What a run is doing, how well it generalizes and what of it is damaged, in words."""

from __future__ import annotations

import math

from landscape_app.dashboard.explore.comparison import ComparedRun
from landscape_app.number_text import number, percent
from landscape_app.store import damage


def generalization(run: ComparedRun) -> str:
    """gap 3.7 % · test 96.2 %, at the anchor."""
    if run.subject is None or not len(run.subject.rows) or run.subject.rows[0] != 0:
        return ""
    train, test = (
        float(run.subject.columns[name][0]) for name in ("train_accuracy", "test_accuracy")
    )
    if not (math.isfinite(train) and math.isfinite(test)):
        return f"test loss {number(run.subject.columns['test_loss'][0])}"
    return f"gap {percent(train - test)} · test {percent(test)}"


def progress(run: ComparedRun) -> str:
    """What a run that is not whole is doing; empty for one that is."""
    doing = _work(run)
    return (
        f"{doing}; the picture is being made" if run.drawing and run.state != "waiting" else doing
    )


def _work(run: ComparedRun) -> str:
    if run.state == "sampling":
        doing = (
            "sampling"
            if run.job in ("running", "queued", "stalled", "study")
            else run.job or "not finished"
        )
        return f"{doing}, {run.done} of {run.total} snapshots"
    if run.state == "waiting":
        return {"running": "training, no snapshot yet", "study": "waits for its turn"}.get(
            run.job, run.job or "not started"
        )
    if run.state == "unanalysed":
        now = {
            "running": "being analysed",
            "queued": "waits to be analysed",
            "study": "sampled, analysis follows",
        }.get(run.job)
        return now or "not analysed yet"
    if run.state == "uncomputed":
        return "not computed this way"
    return ""


def damages(run: ComparedRun) -> list[str]:
    """What is in damaged files and not drawn, what follows, and the way back."""
    broken = run.damage
    if not broken:
        return []
    gone = damage.missing(broken)
    several = broken.anchor + broken.snapshots != 1
    loss = (
        f"{gone[:1].upper()}{gone[1:]} {'are' if several else 'is'} damaged or missing and not"
        " drawn."
    )
    results = (
        "Measures and diagrams are of the whole sample, from before."
        if run.subject is not None and run.subject.results and not run.provisional
        else ""
    )
    parts = (
        [loss, results] if run.lost else [f"Damaged or missing: {gone}."] if broken.sample else []
    )
    return [
        " ".join(
            part
            for part in (
                *parts,
                damage.follows(broken),
                damage.remedy(broken, given=run.given, button=True),
            )
            if part
        )
    ]
