"""The analyses of several runs as tasks of a crew: the knee of each, every analysis at the median
of the knees, and the joint embedding by one method after another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from landscape_app.errors import AnalysisError
from landscape_app.pipeline import compare, function_space
from landscape_app.pipeline.crew import Crew, Task, note
from landscape_app.pipeline.diagram_distances import diagram_distances
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.protocol import FUNCTION_METHODS
from landscape_app.records.progress import Progress
from landscape_app.settings import AnalysisSpec
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder


def prepared(
    folder: StudyFolder,
    members: Sequence[RunFolder],
    spec: AnalysisSpec,
    crew: Crew,
    progress: Progress,
    failed: dict[str, str],
) -> tuple[list[RunFolder], list[Task]]:
    """(the runs that can be analysed, the task that analyses each at the median of their knees).
    The knee of each run is stored; one that cannot be analysed is in `failed`.
    """
    progress.phase("knees", len(members), "runs")
    asked = {
        run.id: settings.model_dump(mode="json")
        for several, settings in function_space.of_runs(members, spec)
        for run in several
    }
    own = spec.model_dump(mode="json")
    tasks = [
        Task("knees", (run.id,), {"analysis": own, "function": asked[run.id]}) for run in members
    ]
    values: dict[str, Mapping[str, Any]] = {}
    for answer in crew.carry_out(tasks, progress):
        note(failed, answer)
        values |= dict.fromkeys(answer.task.ids, answer.value or {})
        progress.advance()
    sound = [run for run in members if values[run.id].get("knee") is not None]
    if not sound:
        return [], []
    cache = ResultCache(folder.path, compare.inputs(sound))
    functions = compare.function_settings(
        cache,
        function_space.of_runs(sound, spec),
        {id: value.get("function") for id, value in values.items()},
    )
    knees = {run.id: int(values[run.id]["knee"]) for run in sound}
    shared = compare.stored_t(cache, spec, knees)
    at = spec.model_copy(update={"t": shared}).model_dump(mode="json")
    tasks = [
        Task("analysis", (id,), {"analysis": at, "function": settings.model_dump(mode="json")})
        for id, settings in functions.items()
    ]
    return sound, tasks


def joint_tasks(
    members: Sequence[RunFolder], spec: AnalysisSpec, methods: Sequence[str]
) -> list[Task]:
    """The task that embeds all `members` together by each of the `methods`."""
    ids = tuple(run.id for run in members)
    return [
        Task(
            "joint embedding",
            ids,
            {"analysis": spec.model_copy(update={"methods": (name,)}).model_dump(mode="json")},
        )
        for name in methods
    ]


def compare_by(
    crew: Crew,
    study: StudyFolder,
    members: Sequence[RunFolder],
    spec: AnalysisSpec,
    progress: Progress,
) -> None:
    """As compare.run, by the workers of `crew`: the analyses of the runs, and the joint embeddings
    beside them. Raises AnalysisError, after all is done, where one of them has no meaning.
    """
    failed: dict[str, str] = {}
    sound, tasks = prepared(study, members, spec, crew, progress, failed)
    methods = tuple(dict.fromkeys((*FUNCTION_METHODS, *spec.methods)))
    at = AnalysisSpec.model_validate(tasks[0].settings["analysis"]) if tasks else spec
    progress.phase("analysis", len(tasks) + len(methods), "tasks")
    # what takes longest first, so that no worker is alone with it at the end
    together = joint_tasks(sound, at, methods)
    for answer in crew.carry_out([*together[:1], *tasks, *together[1:]], progress):
        note(failed, answer)
        progress.advance()
    cache = ResultCache(study.path, compare.inputs(sound))
    with cache.attempt():
        diagram_distances(cache, sound, at)
    for words in failed.values():
        raise AnalysisError(words)
    cache.close()
