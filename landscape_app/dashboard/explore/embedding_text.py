"""What an embedding shows, how good it is and what it leaves out, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from landscape_app.dashboard.explore.comparison import ComparedRun
from landscape_app.dashboard.explore.run_text import damages
from landscape_app.figures.view import DrawnRun, View
from landscape_app.number_text import percent, score
from landscape_app.registries import DISTANCES

ARBITRARY = "The layout between components is arbitrary."


def space(name: str) -> str:
    """What a distance is between, in few words: softmax on the probe set."""
    return str(DISTANCES[name].facts["words"])


def where(run: ComparedRun, view: View) -> str:
    """distance = cosine of δ: what near and far mean in the picture of a run."""
    if not run.embedding:
        return ""
    own = run.embedding.get("space")
    return f"distance = {own or space('euclidean' if run.provisional else view.distance)}"


def quality(meta: Mapping[str, Any]) -> list[str]:
    """[components · t · k, DEMaP · stress] of an embedding, without what its method has none of."""
    if not meta or meta.get("provisional"):
        return []
    made = ""
    if meta.get("components") is not None:
        made = _pieces(int(meta["components"])) + (
            f" · t {meta['t']} · k {meta.get('k')}" if meta.get("t") is not None else ""
        )
    elif meta.get("explained"):
        made = f"{percent(sum(meta['explained']))} of variance"
    return [
        part
        for part in (made, f"DEMaP {score(meta.get('demap'))} · stress {score(meta.get('stress'))}")
        if part
    ]


def _pieces(count: int) -> str:
    return "1 component" if count == 1 else f"{count} components"


def caveats(run: ComparedRun) -> list[str]:
    """What a person must know before believing the picture of a run."""
    sentences = []
    if run.provisional and run.embedding and run.state != "waiting":
        drawn, finite, share = (run.embedding.get(name, 1) for name in ("drawn", "finite", "share"))
        which = (
            "PCA of these snapshots"
            if drawn == finite
            else f"PCA; {drawn:,} of {finite:,} snapshots drawn"
        )
        sentences.append(which + ("" if share == 1 else f", from {percent(share)} of the weights"))
    sentences += damages(run)
    sentences += excluded(run)
    if run.stale:
        sentences.append("Results were made from other snapshots than these.")
    if (run.embedding.get("components") or 1) > 1:
        sentences.append(ARBITRARY)
    return sentences


def excluded(run: ComparedRun) -> list[str]:
    """Which snapshots have no place in the picture, and why: they diverged, or have no direction
    from the anchor.
    """
    subject, because = run.subject, dict(run.embedding.get("excluded_because") or {})
    if subject is None or run.provisional:
        return []
    if not because and run.embedding.get("excluded"):
        because = {"diverged": run.embedding["excluded"]}
    return [
        f"Excluded, {why}: {_which(subject, rows)}." for why, rows in because.items() if len(rows)
    ]


def _which(subject: DrawnRun, rows: Sequence[int]) -> str:
    """The anchor and the starts of the control by name, the others by their number."""
    starts = [
        int(row)
        for row in rows
        if row and (row - 1) % (subject.epochs + 1) == 0 and _step(subject, int(row)) == 0
    ]
    others = len(rows) - len(starts) - int(0 in rows)
    named = ["anchor"] * (0 in rows) + (
        [_counted(len(starts), "start of step 0", "starts of step 0")] if starts else []
    )
    return ", ".join([*named, *([_counted(others)] if others else [])])


def _step(subject: DrawnRun, row: int) -> float:
    return float(subject.values("step_size", [row])[0])


def _counted(count: int, single: str = "snapshot", many: str = "snapshots") -> str:
    return f"{count} {single if count == 1 else many}"
