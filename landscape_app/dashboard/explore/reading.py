"""What is known now of the runs that are compared: each as the panels take it, with what is missing
said in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from landscape_app.dashboard.common import run_view
from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import cards, joining, partial
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.dashboard.explore.comparison import ComparedRun, Comparison, State
from landscape_app.errors import LandscapeError
from landscape_app.figures.view import FUNCTION, WEIGHTS, DrawnRun, Stored, View
from landscape_app.protocol import FUNCTION_METHODS, KERNEL, study_inputs
from landscape_app.store import damage, derived, snapshots, usable_results, verdict
from landscape_app.store.derived import Result
from landscape_app.store.inventory import Inventory
from landscape_app.store.run import RunFolder

# {distance: what is tried of results in it, beside the parameters that are needed}
Tries = Mapping[str, Sequence[Mapping[str, Any]]]
UNCOMPUTED = "Function space has not been computed yet."


def read(context: Context, choice: ExploreChoice) -> Comparison:
    """Everything that the choice needs; nothing here raises for the state of one run."""
    # first: what comes about while this reads is read at the next look
    seen = joining.token(context, choice.runs)
    view = replace(choice.view, function=_function_space(context, choice.runs))
    study, shared = joining.study(context, choice.runs, view.graph)
    work, failed = joining.jobs(context, study, choice.runs)
    labels = run_view.labels(context, choice.runs)
    looks = run_view.looks(context, choice.runs)
    working = study is not None and study.live
    shown = tuple(
        _run(context, id, (slot, looks[slot], labels[slot]), view, _tries(study, view), working)
        for slot, id in enumerate(choice.runs)
    )
    results = {} if study is None else _study_results(study.path, view)
    joint = results.get("joint")
    return Comparison(
        shown,
        view,
        study="" if study is None else study.id,
        analysed=study is not None and bool(derived.all(study.path, "shared")),
        members=() if study is None else study.runs,
        analysis=joining.analysis(context, study, choice),
        working=working,
        work=work,
        failed=failed,
        results=results,
        joint_stale=joint is not None and _of_others(context.runs, joint),
        shared={} if shared is None else shared.meta,
        token=seen,
    )


def _function_space(context: Context, runs: Sequence[str]) -> str:
    """The distance between what the first of `runs` that can be read computes."""
    for id in runs:
        try:
            prepared = RunFolder.open(context.runs, id).prepared()
        except (LandscapeError, OSError):
            continue
        return "softmax" if prepared is None or prepared.get("classes") else "outputs"
    return "softmax"


def _tries(study: BoardEntry | None, view: View) -> Tries:
    """What is tried first: the t and kernel that `study` gave its runs in each distance. Then
    what has no t, at the kernel; then the nearest there is.
    """
    tries: dict[str, Sequence[Mapping[str, Any]]] = {}
    if study is None:
        return tries
    for distance in (view.graph, view.between):
        shared = derived.find(study.path, "shared", distance=distance)
        if shared is not None:
            at = {name: shared.parameters[name] for name in KERNEL if name in shared.parameters}
            t = {"t": shared.meta["t"]}
            tries[distance] = [{**t, **at}, at, t, {}]
    return tries


def _run(
    context: Context,
    id: str,
    named: tuple[int, int, str],
    view: View,
    tries: Tries,
    working: bool,
) -> ComparedRun:
    """named: its place, its look and its label."""
    slot, look, label = named
    job, ended = _job(context.board.find(id), working)
    try:
        run = RunFolder.open(context.runs, id)
        inventory = run.inventory()
        columns = run_view.columns(context, run, inventory)
        fallback, refused = _without_function_space(run, view)
        drawn = view if not fallback else _in_weight_space(view)
        results, provisional = _drawn(context, run, inventory, drawn, tries, len(columns["row"]))
        broken = replace(
            damage.thorough(inventory, columns["row"]), results=verdict.damaged_results(run.path)
        )
    except (LandscapeError, OSError) as error:
        return ComparedRun(
            id, label, slot, look, "unusable", problem=str(error), job=job, ended=ended
        )
    done, measured = len(columns["row"]), usable_results.find(run.path, "measures")
    curvature = results.get("curvature")
    loops = "loops" if drawn.distance == FUNCTION else "significance"
    return ComparedRun(
        id,
        label,
        slot,
        look,
        _state(done, inventory, results, provisional=provisional),
        spec=run.spec,
        subject=DrawnRun(id, label, look, run.spec.epochs, columns, results, loops)
        if done
        else None,
        done=done,
        total=run.spec.snapshots,
        damage=broken,
        stale=run_view.stale(results, run),
        provisional=provisional,
        job=job,
        ended=ended,
        measures=tuple(measured.meta["measures"]) if measured else (),
        facts=inventory.facts,
        distance=drawn.between,
        fallback="" if provisional else fallback,
        refused=refused,
        digest=inventory.digest,
        curvature=None if curvature is None else tuple(curvature.meta.get("measures", ())),
    )


def _without_function_space(run: RunFolder, view: View) -> tuple[str, bool]:
    """(why the run is not drawn in function space, though the view asks for that, whether the
    stored analysis says so); empty where it can be.
    """
    if view.distance != FUNCTION:
        return "", False
    stored = usable_results.find(run.path, "function_space")
    if stored is None:
        older = usable_results.find(run.path, "embedding", distance=WEIGHTS) is not None
        return (UNCOMPUTED, False) if older else ("", False)
    why = str(stored.meta["refused"] or stored.meta["unembedded"] or "")
    return why, bool(why)


def _in_weight_space(view: View) -> View:
    method = "phate" if view.method in FUNCTION_METHODS else view.method
    return replace(view, distance=WEIGHTS, method=method)


def _drawn(
    context: Context,
    run: RunFolder,
    inventory: Inventory,
    view: View,
    tries: Tries,
    done: int,
) -> tuple[dict[str, Stored], bool]:
    """(results, whether the embedding among them is provisional or still to be made so). A finished
    run that is embedded in another way waits for a person to ask.
    """
    results = _results(run, view, tries)
    if "embedding" in results or done < 2:
        return results, False
    if inventory.finished and usable_results.find(run.path, "embedding") is not None:
        return results, False
    picture = _provisional(context, run, view.dims, inventory)
    return (results if picture is None else {**results, "embedding": picture}), True


def _state(
    done: int, inventory: Inventory, results: Mapping[str, Stored], *, provisional: bool
) -> State:
    if done < 2:
        return "waiting"
    if not provisional and "embedding" not in results:
        return "uncomputed"
    if not inventory.finished:
        return "sampling"
    return "unanalysed" if provisional else "ready"


def _job(entry: BoardEntry | None, working: bool) -> tuple[str, str]:
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
    picture: Stored | None = context.pictures.get(
        (str(run.path), f"pca {dims}"),
        of,
        lambda: partial.pca(snapshots.read(run, inventory), dims=dims, of=of),
    )
    return picture


def _results(run: RunFolder, view: View, tries: Tries) -> dict[str, Stored]:
    """What the panels need and the run has: each by the first of `tries` (parameters beside those
    it needs) that there is.
    """
    results: dict[str, Stored] = {}
    for key, need in cards.run_needs(view).items():
        name = need.name
        stored = derived.all(run.path, name)  # one listing for all tries
        asked = tries.get(str(need.parameters.get("distance")), ({},))
        for also in asked if stored else ():
            result = usable_results.find(run.path, name, **{**also, **need.parameters})
            if result is not None:
                results[key] = result
                break
    return results


def _study_results(study: Path, view: View) -> dict[str, Result]:
    """What the panels need of the study of the runs, and it has."""
    needed = cards.study_needs(view)
    newest = {
        name: usable_results.find(study, name, **need.parameters) for name, need in needed.items()
    }
    return {name: result for name, result in newest.items() if result is not None}


def _of_others(runs: Path, joint: derived.Result) -> bool:
    """Whether a run of the joint embedding is gone or has other snapshots than those it was made
    from.
    """
    try:
        digests = [(id, RunFolder.open(runs, id).digest()) for id in joint.meta["runs"]]
    except (LandscapeError, OSError):
        return True
    return study_inputs(digests) != joint.inputs
