"""What an embedding shows, how good it is and what it leaves out, in words and in numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from landscape_app.dashboard.explore.comparison import ComparedRun
from landscape_app.figures.view import WEIGHTS, DrawnRun
from landscape_app.number_text import DASH, percent, score
from landscape_app.protocol import KERNEL
from landscape_app.registries import DISTANCES
from landscape_app.store import damage

ARBITRARY = "The layout between components is arbitrary."
# beyond these a scene is marked
LEAST_DEMAP, MOST_INSTABILITY = 0.5, 0.2
# the verdicts, and what each says of the picture
UNSTABLE, DISTORTED = "unstable: other starts give another picture", "distances are distorted"
FAITHFUL, DISCONNECTED = "faithful", "disconnected"
MEANS = {
    FAITHFUL: "What is near in the picture is near in the data, and the order of the distances is"
    f" mostly kept (DEMaP at least {LEAST_DEMAP}). Axes mean nothing.",
    UNSTABLE: "Believe only what other pictures show too.",
    DISTORTED: "The order of the distances is kept badly (DEMaP below"
    f" {LEAST_DEMAP}). See “True distances”.",
    DISCONNECTED: ARBITRARY,
}
TABLE = "The table behind ▤ says what each number means."


def space(name: str) -> str:
    """What a distance is between, in few words: softmax on the probe set."""
    return str(DISTANCES[name].facts["words"])


def where(run: ComparedRun) -> str:
    """distance = cosine of δ: what near and far mean in the picture of a run."""
    if not run.embedding:
        return ""
    own = run.embedding.get("space")
    return f"distance = {own or space(WEIGHTS if run.provisional else run.distance)}"


def quality(meta: Mapping[str, Any]) -> list[str]:
    """[components · t · k, DEMaP · stress] of an embedding, without what its method has none of."""
    if not meta or meta.get("provisional"):
        return []
    fit = f"DEMaP {score(meta.get('demap'))} · stress {score(meta.get('stress'))}"
    if meta.get("components") is not None:
        diffused = f" · t {meta['t']} · k {meta.get('k')}" if meta.get("t") is not None else ""
        return [_counted(int(meta["components"]), "component") + diffused, fit]
    explained = meta.get("explained")
    return [f"{percent(sum(explained))} of variance", fit] if explained else [fit]


def verdict(meta: Mapping[str, Any]) -> list[Any]:
    """Whether a scene can be believed, in a word or two; its numbers are shown when it is pointed
    at. Empty for a picture that was not judged.
    """
    words, doubtful = judged(meta)
    if not words:
        return []
    look = "ls-tip ls-verdict" + (" ls-doubtful" if doubtful else "")
    lines = [f"{words.capitalize()}. {MEANS[words]}", *numbers(meta)]
    return [
        html.Span(words, className=look, tabIndex=0, **{"data-tip": json.dumps(lines)}),
    ]


def judged(meta: Mapping[str, Any]) -> tuple[str, bool]:
    """(the verdict, whether the numbers speak against the picture)."""
    demap, instability = meta.get("demap"), meta.get("stability")
    if meta.get("provisional") or (demap is None and instability is None):
        return "", False
    unstable = instability is not None and instability > MOST_INSTABILITY
    unfaithful = demap is not None and demap < LEAST_DEMAP
    if (meta.get("components") or 1) > 1:
        return DISCONNECTED, unstable or unfaithful
    if unstable:
        return UNSTABLE, True
    return (DISTORTED, True) if unfaithful else (FAITHFUL, False)


def numbers(meta: Mapping[str, Any]) -> list[str]:
    """The numbers behind the verdict in a few lines: DEMaP 0.81 · stress 0.12 · …"""
    values = " · ".join(f"{label} {value}" for label, value, _ in known(meta))
    kernel = [f"{name.replace('_cross', '×')} {meta[name]}" for name in KERNEL if meta.get(name)]
    notes = [str(meta["stability_note"])] if meta.get("stability_note") else []
    return [values, *notes, *([f"Kernel: {', '.join(kernel)}."] if kernel else []), TABLE]


def known(meta: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(name, value, what it says) of each number of an embedding that its method has."""
    return [
        (label, _value(key, meta[key]), help)
        for key, label, help in FACTS
        if meta.get(key) is not None
    ]


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
    starts = [row for row in rows if _starts_control(subject, int(row))]
    others = len(rows) - len(starts) - int(0 in rows)
    named = ["anchor"] if 0 in rows else []
    if starts:
        named.append(f"{_counted(len(starts), 'start')} of step 0")
    return ", ".join([*named, *([_counted(others, "snapshot")] if others else [])])


def _starts_control(subject: DrawnRun, row: int) -> bool:
    start = row > 0 and (row - 1) % (subject.epochs + 1) == 0
    return start and float(subject.values("step_size", [row])[0]) == 0


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


# (key in an embedding's meta, label, what it says)
FACTS = (
    (
        "t",
        "t",
        "Diffusion time of this embedding. Compared runs share one: the median of their knees.",
    ),
    (
        "knee",
        "knee",
        "Where the entropy of the run's own diffusion bends: the t it would have alone.",
    ),
    (
        "components",
        "components",
        (
            "Pieces of the neighbour graph. With more than one, where they lie to each other is"
            " arbitrary."
        ),
    ),
    ("explained", "variance", "Share of the variance that the drawn axes carry."),
    (
        "demap",
        "DEMaP",
        (
            "Rank correlation between geodesic distances of the snapshots and distances in the"
            " picture; 1 is best."
        ),
    ),
    (
        "trustworthiness",
        "trust",
        (
            "Trustworthiness: whether neighbours in the picture are neighbours in the snapshots'"
            " distance; 1 is best."
        ),
    ),
    (
        "stress",
        "stress",
        (
            "Misfit between the distances drawn and those meant; 0 is best. Comparable only at"
            " equal t."
        ),
    ),
    (
        "step_over_spread",
        "step/spread",
        (
            "Mean step between consecutive snapshots over the spread of the picture; small means"
            " smooth curves."
        ),
    ),
    (
        "stability",
        "instability",
        (
            "Mean Procrustes disparity between the picture and those made from other random starts:"
            " 0 is the same picture each time."
        ),
    ),
)


def _value(key: str, value: Any) -> str:
    if value is None:
        return DASH
    if key == "explained":
        return percent(sum(value))
    return str(value) if isinstance(value, int) else score(value)
