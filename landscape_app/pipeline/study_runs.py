"""The runs of a study: made in groups, then analysed at one diffusion time. The tasks go to a crew:
this process, or workers on all cores.

A run that cannot be made or analysed is recorded in `failed` with the reason, and the others are
still done.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from landscape_app.errors import AnalysisError
from landscape_app.forecast import known
from landscape_app.pipeline import crew_analysis
from landscape_app.pipeline.crew import Answer, Crew, Task, note
from landscape_app.pipeline.experiment_samples import samplings_of
from landscape_app.pipeline.run_group import epochs_of
from landscape_app.pipeline.shared_plans import SETTINGS
from landscape_app.records.progress import Progress, skip
from landscape_app.settings import SampleSpec, Spec, SurfaceSpec
from landscape_app.store import derived, signature
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import StudySpec
from landscape_app.training.together import MOST

log = logging.getLogger("landscape")

# of the methods asked for: a cloud of many runs takes a minute each in PHATE, and none of the
# others is faster
JOINTLY = ("phate", "pca")
EACH = 2  # embeddings of each method: flat and in space
# settings in which runs agree that may train as one batch
ALIKE = (
    *("data", "network", "depth", "width", "layout", "train_rows", "train_batch", "train_epochs"),
    *("train_optimizer", "momentum", "loss", "batch", "augmentation"),
)


def make(
    runs: Path, spec: StudySpec, crew: Crew, progress: Progress, failed: dict[str, str]
) -> None:
    """Train and sample every run that is not finished, its linear samples and its static
    samplings; progress is counted in epochs over all of them.
    """
    surfaces = [SurfaceSpec(kind=kind, points=spec.surface_points) for kind in spec.surfaces]
    folders = [RunFolder.open(runs, id) for id in spec.runs]
    todo = [folder for folder in folders if not _complete(folder, surfaces, spec)]
    whole, left = (sum(map(epochs_of, several)) for several in (folders, todo))
    if crew.plans_first and todo:
        _plan_first(todo, crew, progress)
    progress.phase("runs", whole, "epochs")
    skip(progress, whole - left)
    settings = {
        "surfaces": [each.model_dump(mode="json") for each in surfaces],
        "samplings": [each.model_dump(mode="json") for each in _samplings(spec)],
        "equal_cost": spec.equal_cost,
    }
    told = not todo or _tell_forecast(runs, spec)
    for answer in crew.carry_out(tasks_of_runs(todo, settings, crew.workers), progress):
        note(failed, answer)
        told = told or _tell_forecast(runs, spec)


def _plan_first(todo: Sequence[RunFolder], crew: Crew, progress: Progress) -> None:
    """Measure the plan of the first run of each kind; the others get the same. Runs that name code
    or files are begun all, so that what they were begun with is known before other machines go on.
    What fails here is told when its run is made.
    """
    firsts: dict[str, RunFolder] = {}
    for run in todo:
        alike = {name: getattr(run.spec, name) for name in (*SETTINGS, "momentum", "train_epochs")}
        key = run.id if signature.named(run.spec) else json.dumps(alike, default=str)
        if run.prepared() is None:
            firsts.setdefault(key, run)
    progress.phase("planning", len(firsts), "plans")
    tasks = _one_each("plan", list(firsts.values()), {})
    # the processes of the others start meanwhile
    tasks += [Task("start", ())] * (crew.workers - len(tasks))
    for answer in crew.carry_out(tasks, progress):
        if answer.task.kind == "plan":
            progress.advance()


def tasks_of_runs(
    todo: Sequence[RunFolder], settings: Mapping[str, Any], workers: int
) -> list[Task]:
    """Groups of runs that are made together, those of one network and batch after one another, so
    that as many as possible train as one batch; at least one group for each worker.
    """
    alike = sorted(todo, key=lambda run: [str(getattr(run.spec, name)) for name in ALIKE])
    size = max(1, min(MOST, -(-len(todo) // workers)))
    return [
        Task("runs", tuple(run.id for run in alike[first : first + size]), settings)
        for first in range(0, len(alike), size)
    ]


def _tell_forecast(runs: Path, spec: StudySpec) -> bool:
    """Say how long the whole study takes, where the pace of each of its runs is known."""
    measured = known.study(spec, runs)
    if measured is not None:
        log.info("forecast of the study: %s", measured[0].words)
    return measured is not None


def check_any(runs: Path, spec: StudySpec, failed: Mapping[str, str]) -> None:
    """Raise AnalysisError where no run could be begun, with the reasons."""
    if set(failed) == set(spec.runs) and not any(
        RunFolder.open(runs, id).committed() for id in spec.runs
    ):
        words = list(dict.fromkeys(failed.values()))
        more = f" ({len(words) - 1} others failed otherwise)" if len(words) > 1 else ""
        raise AnalysisError(f"No run of this study can be made: {words[0]}{more}")


def add_curvature(
    runs: Path, spec: StudySpec, crew: Crew, progress: Progress, failed: dict[str, str]
) -> None:
    """The curvature at the anchor of every fully sampled run."""
    asked = spec.curvature
    if asked is None:
        return
    members = [
        folder for folder in (RunFolder.open(runs, id) for id in spec.runs) if folder.finished
    ]
    todo = [
        run
        for run in members
        if derived.current(run.path, "curvature", asked.model_dump(), run.digest()) is None
    ]
    progress.phase("curvature", len(todo), "runs")
    settings = {"curvature": asked.model_dump(mode="json")}
    for answer in crew.carry_out(_one_each("curvature", todo, settings), progress):
        note(failed, answer)
        progress.advance()


def analyse_all(
    runs: Path,
    folder: StudyFolder,
    spec: StudySpec,
    crew: Crew,
    progress: Progress,
    failed: dict[str, str],
) -> None:
    """Every analysis of every run, at the median of the knees; and all runs embedded together,
    beside the analyses where there are workers: the joint embedding takes longest, so it begins
    first.
    """
    members = [run for run in (RunFolder.open(runs, id) for id in folder.runs) if run.finished]
    sound, tasks = crew_analysis.prepared(folder, members, spec.analysis, crew, progress, failed)
    joint = _joint_tasks(spec, sound) if spec.joint and len(sound) > 1 else []
    first = 1 if crew.workers > 1 else 0
    embedded: list[Answer] = []
    progress.phase("analysis", len(tasks), "runs")
    left = len(tasks)
    for answer in crew.carry_out([*joint[:first], *tasks, *joint[first:]], progress):
        if answer.task in joint:
            embedded.append(answer)
            if not left:
                progress.advance(EACH)
            continue
        note(failed, answer)
        progress.advance()
        left -= 1
        if not left and joint:
            progress.phase("joint embedding", EACH * len(joint), "embeddings")
            skip(progress, EACH * len(embedded))
    _note_refusal(folder, embedded, failed)


def _one_each(kind: str, todo: Sequence[RunFolder], settings: Mapping[str, Any]) -> list[Task]:
    return [Task(kind, (run.id,), settings) for run in todo]


def _joint_tasks(spec: StudySpec, members: Sequence[RunFolder]) -> list[Task]:
    """Those that embed all runs in one cloud of function space, one for each method."""
    methods = (
        tuple(name for name in JOINTLY if name in spec.analysis.methods)
        or spec.analysis.methods[:1]
    )
    return crew_analysis.joint_tasks(members, spec.analysis, methods)


def _note_refusal(folder: StudyFolder, embedded: Sequence[Answer], failed: dict[str, str]) -> None:
    """Add to `failed` why the runs are not embedded together, where they are not."""
    why = None
    for answer in embedded:
        refused = [answer.crashed] if answer.crashed else answer.value["refused"]
        why = why or next(iter(refused), None)
    result = derived.find(folder.path, "joint") if embedded else None
    why = why or (None if result is None else result.meta.get("refused"))
    if why:
        failed[folder.id] = f"The runs are not embedded together: {why}"
        log.warning("%s: %s", folder.id, failed[folder.id])


def _complete(run: RunFolder, surfaces: Sequence[SurfaceSpec], spec: StudySpec) -> bool:
    if not run.inventory().complete:
        return False
    wanted: list[tuple[str, Spec]] = [("surface", each) for each in surfaces]
    wanted += [("sampling", each) for each in samplings_of(run, _samplings(spec), spec.equal_cost)]
    return all(
        derived.current(run.path, name, settings.model_dump(), run.digest()) is not None
        for name, settings in wanted
    )


def _samplings(spec: StudySpec) -> list[SampleSpec]:
    return [SampleSpec(kind=kind) for kind in spec.samplings]
