"""What is known now of the runs that are compared: each as the panels take it, with what is missing
said in words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from landscape_app.dashboard.common import run_view
from landscape_app.dashboard.common.board import Entry
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.run_view import RunView
from landscape_app.dashboard.explore import joining, partial
from landscape_app.dashboard.explore.choice import Choice
from landscape_app.dashboard.explore.panels import PANELS
from landscape_app.errors import LandscapeError
from landscape_app.figures.view import Need, Stored, Subject, View
from landscape_app.jobs.state import AT_WORK, JobState
from landscape_app.settings import RunSpec
from landscape_app.store import damage, derived, snapshots, usable_results, verdict
from landscape_app.store.damage import NOTHING, Damage
from landscape_app.store.inventory import Inventory
from landscape_app.store.run import RunFolder

State = Literal["ready", "sampling", "unanalysed", "uncomputed", "waiting", "unusable"]


@dataclass(frozen=True, eq=False)
class ComparedRun(RunView):
    """One compared run. `subject` is None while there is no snapshot, or where it cannot be read
    (`problem` says why).

    ready: analysed as the view asks. sampling: `done` of `total` snapshots, drawn by PCA.
    unanalysed: all snapshots, no stored embedding at all, drawn by PCA too. uncomputed: embedded,
    but not by the view's method and distance. waiting: no snapshot yet. damage: what of the run is
    damaged: files, the snapshots they took along, results that are left out. stale: results that
    were computed from other snapshots. job: the state of a job at work on the run, "study" if one
    is at work on the study it is in; of a run that is not sampled also how the last one ended.
    ended: which job on a sampled run came to nothing. curvature: what a job with the network found,
    None if none did.
    """

    spec: RunSpec | None = None
    subject: Subject | None = None
    done: int = 0
    total: int = 0
    damage: Damage = NOTHING
    stale: tuple[str, ...] = ()
    provisional: bool = False
    job: str = ""
    ended: str = ""
    measures: tuple[Mapping[str, Any], ...] = ()
    curvature: tuple[Mapping[str, Any], ...] | None = None
    digest: str = ""

    @property
    def drawing(self) -> bool:
        """Whether its picture is being made and there is none yet."""
        return self.provisional and not self.embedding

    @property
    def lost(self) -> int:
        """How many snapshots, the anchor among them, damaged files took along."""
        return len(self.damage.rows or ())

    @property
    def given(self) -> bool:
        """Whether it was made of objects that no job can rebuild."""
        return self.spec is not None and run_view.user_made(self.spec)

    @property
    def embedding(self) -> Mapping[str, Any]:
        """The meta of the embedding that is drawn; empty where there is none."""
        return self.meta("embedding")

    def meta(self, name: str) -> Mapping[str, Any]:
        """The meta of the stored result `name` of this run; empty where there is none."""
        return (
            {}
            if self.subject is None or name not in self.subject.results
            else self.subject.results[name].meta
        )


@dataclass(frozen=True, eq=False)
class Compared:
    """The runs in their slots and what joins them. `shared`: {"t", "knees"} of the study whose t
    they share, empty without one.

    analysed: it has compared them before, if by another method or distance. members: every run of
    that study. analysis: the settings it compares by; of a run alone those it was analysed by last.
    working: a job is at work on that study. work: that job, or the one at work on a run alone.
    failed: how the last one of the study, or of a run alone, ended, if badly.
    """

    shown: tuple[ComparedRun, ...]
    view: View
    study: str = ""
    analysed: bool = False
    members: tuple[str, ...] = ()
    analysis: Mapping[str, Any] = field(default_factory=dict)
    working: bool = False
    work: JobState | None = None
    failed: str = ""
    joint: Stored | None = None
    joint_stale: bool = False
    shared: Mapping[str, Any] = field(default_factory=dict)
    token: str = ""

    @property
    def subjects(self) -> list[Subject]:
        """Those that can be drawn."""
        return [one.subject for one in self.shown if one.subject is not None]

    @property
    def unfinished(self) -> bool:
        """Whether a look a little later may show more."""
        return self.working or any(
            one.state not in ("ready", "unusable") or one.job for one in self.shown
        )


def read(context: Context, choice: Choice) -> Compared:
    """Everything that the choice needs; nothing here raises for the state of one run."""
    # first: what comes about while this reads is read at the next look
    seen = token(context, choice.runs)
    study, shared = joining.study(context, choice.runs, choice.view.distance)
    labels = run_view.labels(context, choice.runs)
    working = study is not None and study.live
    at = (
        {}
        if shared is None
        else {name: shared.parameters[name] for name in joining.KERNEL if name in shared.parameters}
    )
    t = {} if shared is None else {"t": shared.meta["t"]}
    # at the shared t and kernel; what has no t, at the kernel; then the nearest there is
    tries = [{**t, **at}, at, t, {}]
    shown = tuple(
        _run(context, id, slot, labels[slot], choice.view, tries, working)
        for slot, id in enumerate(choice.runs)
    )
    found = None
    if study is not None:
        (need,) = PANELS["joint"].module.needs(choice.view)
        found = usable_results.find(study.path, need.name, **need.parameters)
    return Compared(
        shown,
        choice.view,
        study="" if study is None else study.id,
        analysed=study is not None and bool(derived.all(study.path, "shared")),
        members=() if study is None else study.runs,
        analysis=joining.analysis(context, study, choice),
        working=working,
        work=joining.work(context, study, choice.runs),
        failed=joining.failed(context, study, choice.runs),
        joint=found,
        joint_stale=found is not None and _of_others(context.runs, found),
        shared={} if shared is None else shared.meta,
        token=seen,
    )


def token(context: Context, runs: tuple[str, ...]) -> str:
    """A short word for all that is said of these runs: equal words, equal pictures. Reads no
    arrays.
    """
    parts: list[object] = []
    folders = [context.runs / id for id in runs]
    for path in folders:
        entry = context.board.find(path.name)
        parts.append(
            (path.name, damage.mark(path), entry and (entry.summary.problem, *_doing(entry.job)))
        )
        parts.append(context.pictures.stamp(str(path)))
    studies = [
        (entry.id, damage.mark(entry.path), *_doing(entry.job))
        for entry in context.board.entries()
        if set(runs) <= set(entry.runs)
    ]
    return hashlib.sha256(repr((parts, studies)).encode()).hexdigest()[:16]


def _doing(job: JobState) -> tuple[object, ...]:
    return (
        (job.state, job.phase, job.done)
        if job.state in AT_WORK
        else (job.state, job.command, job.message)
    )


def _run(
    context: Context,
    id: str,
    slot: int,
    label: str,
    view: View,
    tries: Sequence[Mapping[str, Any]],
    working: bool,
) -> ComparedRun:
    entry = context.board.find(id)
    job, ended = _job(entry, working)
    try:
        run = RunFolder.open(context.runs, id)
        inventory = run.inventory()
        columns = run_view.columns(context, run, inventory)
        broken = replace(
            damage.thorough(inventory, columns["row"]), results=verdict.damaged_results(run.path)
        )
        results = _results(run, view, tries)
        lacking = "embedding" not in results and len(columns["row"]) > 1
        embedded = (
            lacking
            and inventory.finished
            and usable_results.find(run.path, "embedding") is not None
        )
        provisional = lacking and not embedded
        picture = _provisional(context, run, view.dims, inventory) if provisional else None
        if picture is not None:
            results["embedding"] = picture
    except (LandscapeError, OSError) as error:
        return ComparedRun(id, label, slot, "unusable", problem=str(error), job=job, ended=ended)
    done, total = len(columns["row"]), run.spec.snapshots
    state: State = (
        "waiting"
        if done < 2
        else "sampling"
        if not inventory.finished
        else "unanalysed"
        if provisional
        else "ready"
    )
    state = "uncomputed" if embedded else state
    subject = Subject(id, label, slot, run.spec.epochs, columns, results) if done else None
    measured = usable_results.find(run.path, "measures")
    return ComparedRun(
        id,
        label,
        slot,
        state,
        spec=run.spec,
        subject=subject,
        done=done,
        total=total,
        damage=broken,
        stale=run_view.stale(results, run),
        provisional=provisional,
        job=job,
        ended=ended,
        measures=tuple(measured.meta["measures"]) if measured else (),
        digest=inventory.digest,
        curvature=tuple(results["curvature"].meta.get("measures", ()))
        if "curvature" in results
        else None,
    )


def _job(entry: Entry | None, working: bool) -> tuple[str, str]:
    """(`job`, `ended`) of a run: a job on a sampled run that came to nothing takes nothing from
    what there is to see.
    """
    if entry is None or entry.job.state in ("finished", "idle"):
        return "study" if working else "", ""
    if entry.live or not entry.standing.sampled:
        return entry.job.state, ""
    return "study" if working else "", entry.job.words


def _provisional(
    context: Context, run: RunFolder, dims: int, inventory: Inventory
) -> Stored | None:
    """The picture of a run without an embedding, made beside the request; one of fewer snapshots,
    or None, until it is there.
    """
    of = f"{inventory.digest} {inventory.damaged}"
    found: Stored | None = context.pictures.get(
        (str(run.path), f"pca {dims}"),
        of,
        lambda: partial.pca(snapshots.read(run, inventory), dims=dims, of=of),
    )
    return found


def _results(run: RunFolder, view: View, tries: Sequence[Mapping[str, Any]]) -> dict[str, Stored]:
    """What the panels need and the run has: each by the first of `tries` (parameters beside those
    it needs) that there is.
    """
    wanted: dict[str, Need] = {
        need.name: need
        for panel in PANELS.values()
        if panel.per == "run"
        for need in panel.module.needs(view)
    }
    found: dict[str, Stored] = {}
    for name, need in wanted.items():
        stored = derived.all(run.path, name)  # one listing for all tries
        for also in tries if stored else ():
            result = usable_results.find(run.path, name, **{**also, **need.parameters})
            if result is not None:
                found[name] = result
                break
    return found


def _of_others(runs: Path, joint: derived.Result) -> bool:
    """Whether a run of the joint embedding is gone or has other snapshots than those it was made
    from (pipeline/compare.py).
    """
    try:
        text = "\n".join(f"{id} {RunFolder.open(runs, id).digest()}" for id in joint.meta["runs"])
    except (LandscapeError, OSError):
        return True
    return hashlib.sha256(text.encode()).hexdigest()[:32] != joint.inputs
