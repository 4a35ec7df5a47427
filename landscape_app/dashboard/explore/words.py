"""Numbers and states as a person reads them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from landscape_app.dashboard.explore.reading import Compared, ComparedRun
from landscape_app.figures.climbs import of as of_bars
from landscape_app.figures.view import Subject, View
from landscape_app.number_text import number, percent, score
from landscape_app.registries import DISTANCES, EMBEDDINGS
from landscape_app.store import damage

PROTOCOL = (
    "One ray per direction seed is the protocol, not a discovery: compare the losses along the"
    " rays."
)
PIECES = (
    "The graph falls apart along trajectories: where its pieces lie to each other, and to the"
    " anchor, says nothing."
)
ARBITRARY = "The layout between components is arbitrary."
SPACES = {
    "euclidean": "weights",
    "cosine": "cosine of δ",
    "centred_cosine": "centred cosine of δ",
    "softmax": "softmax on the probe set",
    "losses": "losses of single examples",
}
LOCAL = ("tsne", "umap", "isomap")  # … whose own words say how far their pictures can be trusted
WEIGHTS = ("euclidean", "cosine", "centred_cosine")


def snapshot(subject: Subject, row: int) -> str:
    """Which snapshot a canonical id is: seed 1 · step 0.5 · epoch 12."""
    if row == 0:
        return "anchor" if len(subject.rows) and subject.rows[0] == 0 else "anchor (not there)"
    at = position(subject, row)
    trajectory, epoch = divmod(row - 1, subject.epochs + 1)
    if at is None:
        return f"trajectory {trajectory} · epoch {epoch} (not there)"
    return (
        f"seed {int(subject.columns['seed'][at])} · step {subject.columns['step_size'][at]:g} ·"
        f" epoch {epoch}"
    )


def position(subject: Subject, row: int) -> int | None:
    """Where the snapshot is among the run's columns; None where it is not."""
    found = subject.find([row])
    return None if found.missing else int(found.at[0])


def generalization(one: ComparedRun) -> str:
    """gap 3.7 % · test 96.2 %, at the anchor."""
    if one.subject is None or not len(one.subject.rows) or one.subject.rows[0] != 0:
        return ""
    train, test = (
        float(one.subject.columns[name][0]) for name in ("train_accuracy", "test_accuracy")
    )
    if not (math.isfinite(train) and math.isfinite(test)):
        return f"test loss {number(one.subject.columns['test_loss'][0])}"
    return f"gap {percent(train - test)} · test {percent(test)}"


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


def progress(one: ComparedRun) -> str:
    """What a run that is not whole is doing; empty for one that is."""
    doing = _doing(one)
    return (
        f"{doing}; the picture is being made" if one.drawing and one.state != "waiting" else doing
    )


def _doing(one: ComparedRun) -> str:
    if one.state == "sampling":
        doing = (
            "sampling"
            if one.job in ("running", "queued", "stalled", "study")
            else one.job or "not finished"
        )
        return f"{doing}, {one.done} of {one.total} snapshots"
    if one.state == "waiting":
        return {"running": "training, no snapshot yet", "study": "waits for its turn"}.get(
            one.job, one.job or "not started"
        )
    if one.state == "unanalysed":
        now = {
            "running": "being analysed",
            "queued": "waits to be analysed",
            "study": "sampled, analysis follows",
        }.get(one.job)
        return now or "not analysed yet"
    if one.state == "uncomputed":
        return "not computed this way"
    return ""


def space(name: str) -> str:
    """What a distance is between, in few words: softmax on the probe set."""
    return SPACES.get(name) or DISTANCES[name].label.lower()


def where(one: ComparedRun, view: View) -> str:
    """distance = cosine of δ: what near and far mean in the picture of a run."""
    if not one.embedding:
        return ""
    own = one.embedding.get("space")
    return f"distance = {own or space('euclidean' if one.provisional else view.distance)}"


def excluded(one: ComparedRun) -> list[str]:
    """Which snapshots have no place in the picture, and why: they diverged, or have no direction
    from the anchor.
    """
    subject, because = one.subject, dict(one.embedding.get("excluded_because") or {})
    if subject is None or one.provisional:
        return []
    if not because and one.embedding.get("excluded"):
        because = {"diverged": one.embedding["excluded"]}
    return [
        f"Excluded, {why}: {_which(subject, rows)}." for why, rows in because.items() if len(rows)
    ]


def _which(subject: Subject, rows: Sequence[int]) -> str:
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


def _step(subject: Subject, row: int) -> float:
    return float(subject.values("step_size", [row])[0])


def _counted(count: int, one: str = "snapshot", many: str = "snapshots") -> str:
    return f"{count} {one if count == 1 else many}"


def climb(climbs: Mapping[int, float], bar: int) -> str:
    """How far the train loss rises on the straight line between a bar's two minima."""
    if bar not in climbs:
        return "not checked"
    return number(climbs[bar]) if math.isfinite(climbs[bar]) else "not finite"


def climbs(one: ComparedRun) -> str:
    """How many bars have a climb: 15 of 17 bars without a climb; empty where none was checked."""
    found = [] if one.subject is None else list(of_bars(one.subject).values())
    return (
        f"{sum(climb == 0 for climb in found)} of {_counted(len(found), 'bar', 'bars')} without a"
        " climb"
        if found
        else ""
    )


def caveats(one: ComparedRun) -> list[str]:
    """What a person must know before believing the picture of a run."""
    found = []
    if one.provisional and one.embedding and one.state != "waiting":
        drawn, finite, share = (one.embedding.get(name, 1) for name in ("drawn", "finite", "share"))
        which = (
            "PCA of these snapshots"
            if drawn == finite
            else f"PCA; {drawn:,} of {finite:,} snapshots drawn"
        )
        found.append(which + ("" if share == 1 else f", from {percent(share)} of the weights"))
    found += damages(one)
    found += excluded(one)
    if one.stale:
        found.append("Results were made from other snapshots than these.")
    if (one.embedding.get("components") or 1) > 1:
        found.append(ARBITRARY)
    return found


def damages(one: ComparedRun) -> list[str]:
    """What is in damaged files and not drawn, what follows, and the way back."""
    broken = one.damage
    if not broken:
        return []
    gone = damage.missing(broken)
    several = broken.anchor + broken.snapshots != 1
    said = (
        f"{gone[:1].upper()}{gone[1:]} {'are' if several else 'is'} damaged or missing and not"
        " drawn."
    )
    kept = (
        "Measures and diagrams are of the whole sample, from before."
        if one.subject is not None and one.subject.results and not one.provisional
        else ""
    )
    parts = [said, kept] if one.lost else [f"Damaged or missing: {gone}."] if broken.sample else []
    return [
        " ".join(
            part
            for part in (
                *parts,
                damage.follows(broken),
                damage.remedy(broken, given=one.given, button=True),
            )
            if part
        )
    ]


def reading(compared: Compared) -> str:
    """How to read the pictures, in a sentence: what is most likely to be misread comes first."""
    if said := different_t(compared):
        return said
    if any((one.embedding.get("components") or 1) > 1 for one in compared.shown):
        return PIECES
    view = compared.view
    if view.method in LOCAL or "distances" in EMBEDDINGS[view.method].facts:
        return EMBEDDINGS[view.method].help
    note = DISTANCES[view.distance].settings.get("note")
    return str(note) if note else PROTOCOL if view.distance in WEIGHTS else ""


def different_t(compared: Compared) -> str:
    """Says so where the runs are embedded at different diffusion times; empty else."""
    times = {
        one.label: one.embedding["t"]
        for one in compared.shown
        if one.embedding.get("t") is not None
    }
    if len(set(times.values())) < 2:
        return ""
    listed = ", ".join(f"{label} {t}" for label, t in times.items())
    return f"Embedded at different t ({listed}); stress and shapes compare only at one t."


def summary(one: ComparedRun, compared: Compared) -> str:
    """The scene in a sentence, for those who do not see it."""
    if one.subject is None:
        return f"{one.label}: {one.problem or progress(one)}."
    method = "PCA" if one.provisional else EMBEDDINGS[compared.view.method].label
    trajectories = len(set(one.subject.columns["trajectory"].tolist()) - {-1})
    loss = one.subject.columns["train_loss"]
    finite = loss[[math.isfinite(value) for value in loss]]
    span = (
        f"train loss from {number(finite.min())} to {number(finite.max())}"
        if len(finite)
        else "no finite loss"
    )
    return (
        f"{one.label}: {trajectories} retraining trajectories around the anchor, embedded by"
        f" {method} in {compared.view.dims} dimensions;"
        f" {'; '.join(part for part in (span, generalization(one)) if part)}."
        f" {', '.join(quality(one.embedding))}"
    )
