"""The quickstart study: a good, a plain and a poor generalizer of digits, sampled one after
another, then compared.

What takes long to import is imported after the workers have begun to import it, too.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from landscape_app.errors import AnalysisError
from landscape_app.pipeline.crew import Crew, CrewOf, Session, Task, note
from landscape_app.pipeline.listeners import Both, Stopwatch
from landscape_app.pipeline.lone_crew import alone, worked_out
from landscape_app.pipeline.report import of_study
from landscape_app.store import quickstart as folders
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder


def quickstart(
    runs: Path,
    *,
    session: Session,
    fresh: bool = False,
    study: str | None = None,
    crew: CrewOf = alone,
    changes: Mapping[str, Any] | None = None,
    timings: dict[str, float] | None = None,
) -> dict[str, Any]:
    """Complete the study and return its report with "seconds". Finished runs are reused, others
    resumed.

    fresh: a new study beside the existing ones. crew: gives who does the work on the runs
    (workers.crew_of); this process where it is not given. changes: settings that differ from the
    defaults (for trials). timings: gets the seconds of every phase.
    """
    begun = time.monotonic()
    id = study or (folders.free_id(runs) if fresh else folders.own_id(runs))
    folder = folders.make(runs, id, changes)
    members = [RunFolder.open(runs, id) for id in folder.runs]
    specs = [run.spec for run in members]
    with session(folder.path) as progress, crew(runs, folder.id, specs, session=session) as by:
        watch = Stopwatch(progress, {} if timings is None else timings)
        if by.workers > 1 and not worked_out(members, ["checks"]):
            by.begin()
            _by_workers(by, folder, members, watch)
        else:
            _alone(folder, members, session, watch)
        watch.stop()
    return {"seconds": time.monotonic() - begun, **of_study(runs, folder)}


def _alone(
    folder: StudyFolder, members: Sequence[RunFolder], session: Session, watch: Stopwatch
) -> None:
    """Everything in this process, one run after another."""
    from landscape_app.pipeline import compare
    from landscape_app.pipeline.climbs import climbs
    from landscape_app.pipeline.run import execute
    from landscape_app.pipeline.shared_plans import SharedPlans

    runs = members[0].path.parent
    plans = SharedPlans(runs, folder.runs)
    for run in members:
        if not run.inventory().complete:
            with session(run.path, slot=False) as own:
                execute(run, Both(watch, own), plans=plans)
    compare.run(folder, runs, folder.analysis, watch)
    for run in members:
        climbs(run, watch)


def _by_workers(
    crew: Crew, folder: StudyFolder, members: Sequence[RunFolder], watch: Stopwatch
) -> None:
    """The runs, then their analyses and the joint embeddings, by the workers of a crew."""
    from landscape_app.pipeline.crew_analysis import compare_by
    from landscape_app.pipeline.run_group import epochs_of

    todo = [run for run in members if not run.inventory().complete]
    watch.phase("runs", sum(map(epochs_of, todo)), "epochs")
    failed: dict[str, str] = {}
    for answer in crew.carry_out([Task("runs", (run.id,)) for run in todo], watch):
        note(failed, answer)
    for words in failed.values():
        raise AnalysisError(words)
    compare_by(crew, folder, members, folder.analysis, watch)
