"""The command resume: continue a run or study that was cancelled or interrupted."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from landscape_app.cli.analyse import analyse as analyse_command
from landscape_app.cli.curvature import curvature
from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import say, say_json
from landscape_app.cli.progress import session
from landscape_app.cli.quickstart import unsound
from landscape_app.cli.run import finish
from landscape_app.cli.sample import sample
from landscape_app.cli.scheduler import Scheduler
from landscape_app.cli.study import study as study_command
from landscape_app.cli.surface import surface
from landscape_app.cli.trust import Trust, permitted, trusted_study
from landscape_app.cli.verify import verify
from landscape_app.store import names
from landscape_app.store.folder import STUDIES, is_id

if TYPE_CHECKING:
    from landscape_app.jobs.request import UnfinishedJob
    from landscape_app.store.run import RunFolder
    from landscape_app.store.study import StudyFolder

Analyse = Annotated[
    bool | None,
    Parameter(
        help="Analyse the run after it is sampled, or not. Not given: the choice made when the run"
        " was started."
    ),
]


def resume(
    id: Annotated[str, Parameter(help="The run's or the study's name.")],
    /,
    *,
    runs: Runs = Path("runs"),
    analyse: Analyse = None,
    scheduler: Scheduler = None,
    trust: Trust = False,
    json: Json = False,
) -> None:
    """Continue a run or a study that was cancelled or interrupted, from the last chunk that it
    stored.

    A run that is fully sampled may have had another job: an analysis, a curvature, a static
    sampling, a surface or a verification. If that job failed or was cancelled, it is done again
    with the same settings.
    """
    from landscape_app.store.run import RunFolder

    if is_id(id) and names.is_folder(runs / STUDIES / id):
        _resume_study(runs, id, scheduler=scheduler, trust=trust, json=json)
        return
    run = RunFolder.open(runs, id)
    if analyse is None and (last := _unfinished_work(run)) is not None:
        _again(last, run, runs=runs, trust=trust, json=json)
        return
    permitted(run, trust, "resume")
    finish(run, analyse=analyse, scheduler=scheduler, json=json)


def _resume_study(runs: Path, id: str, *, scheduler: str | None, trust: bool, json: bool) -> None:
    """Resume a study with the command that made it."""
    from landscape_app.store.study import StudyFolder

    study = StudyFolder.open(runs, id)
    if study.made_by == "study":
        study_command(id, runs=runs, scheduler=scheduler, trust=trust, json=json)
        return
    trusted_study(runs, id, trust)
    if study.made_by == "quickstart":
        _resume_quickstart(runs, id, json=json)
    else:
        _compare(runs, study, json=json)


def _resume_quickstart(runs: Path, id: str, *, json: bool) -> None:
    from landscape_app.jobs.request import JobRequest
    from landscape_app.pipeline.quickstart import quickstart
    from landscape_app.pipeline.workers import crew_of

    asked = partial(session, asked=JobRequest("quickstart"))
    report = quickstart(runs, study=id, session=asked, crew=crew_of)
    say_json(report) if json else say(f"{id}: finished{unsound(report, runs)}.")


def _compare(runs: Path, study: StudyFolder, *, json: bool) -> None:
    """Resume a study whose runs exist."""
    from landscape_app.jobs.request import analysis_of

    settings = analysis_of(study).model_dump()
    analyse_command(study.runs, runs=runs, study=study.id, json=json, **settings)


def _unfinished_work(run: RunFolder) -> UnfinishedJob | None:
    """The last job of a sampled run, if it was not a sampling job and did not finish."""
    from landscape_app.jobs import request, status

    return request.again(status.read(run.path)) if run.inventory().complete else None


def _again(work: UnfinishedJob, run: RunFolder, *, runs: Path, trust: bool, json: bool) -> None:
    """Do that job again, with the command of its name."""
    if work.command == "verify":
        verify(run.id, runs=runs, store=True, trust=trust, json=json)
        return
    settings = {} if work.spec is None else work.spec.model_dump()
    if work.command == "analyse":
        analyse_command([run.id], runs=runs, trust=trust, json=json, **settings)
    else:
        {"curvature": curvature, "sample": sample, "surface": surface}[work.command](
            run.id, runs=runs, trust=trust, json=json, **settings
        )
