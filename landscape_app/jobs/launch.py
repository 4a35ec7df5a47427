"""Starting jobs on runs and studies: what is created and checked before the job's process
starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from landscape_app.errors import (
    AnalysisError,
    ResumeError,
    RunExistsError,
    RunLockedError,
    SpecError,
)
from landscape_app.jobs import status
from landscape_app.jobs.process import launch
from landscape_app.jobs.request import JobRequest, UnfinishedJob, again, analysis_of
from landscape_app.settings import GIVEN, AnalysisSpec, CurvatureSpec, RunSpec, Spec, SurfaceSpec
from landscape_app.store import catalogue, derived, grids, names, quickstart, sources
from landscape_app.store.folder import STUDIES, is_id
from landscape_app.store.folder import taken as taken_in
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import StudySpec


def start_run(runs: Path, spec: RunSpec, id: str | None = None) -> str:
    """Create a run of `spec` and launch it. Returns its id. Two equal launches make two runs, so no
    run writes into the folder of another. id: its name; None: a new one. Raises RunExistsError
    where `id` is taken.
    """
    while True:
        name = RunFolder.new_id(runs, spec) if id is None else id
        try:
            run = RunFolder.create(runs, name, spec)
        except RunExistsError:
            if id is not None:
                raise
            continue  # someone took the name meanwhile
        launch(run.path, ["run", "--id", name, "--runs", _absolute(runs)], asked=JobRequest("run"))
        return name


def start_resume(runs: Path, id: str) -> None:
    """Resume the run or study `id`, or repeat an unfinished job of another kind on it with the same
    settings. Raises RunLockedError if a job works on it, ResumeError if its folder cannot rebuild
    data and network, TrustError if it would import or open what the user has not permitted.
    """
    if is_id(id) and names.is_folder(Path(runs) / STUDIES / id):
        _resume_study(runs, StudyFolder.open(runs, id))
        return
    run = RunFolder.open(runs, id)
    whole = run.inventory().complete
    unfinished = again(status.read(run.path)) if whole else None
    if unfinished is None:
        _resume_run(runs, run, whole)
        return
    if unfinished.command in ("sample", "surface", "curvature"):
        sources.check(run, unfinished.command)
    _launch_on(runs, run, unfinished)


def _resume_study(runs: Path, study: StudyFolder) -> None:
    if study.made_by == "comparison":
        launch_comparison(runs, study, analysis_of(study))
    else:  # it makes its runs
        _check_study(runs, study)
        argv = ["resume", study.id, "--runs", _absolute(runs)]
        launch(study.path, argv, asked=JobRequest(study.made_by))


def _resume_run(runs: Path, run: RunFolder, whole: bool) -> None:
    """Sample the run to its end; if it is `whole`, analyse it."""
    given = run.spec.data == GIVEN or run.spec.network == GIVEN
    if given and not whole:
        raise ResumeError(
            f"Run {run.id} was made by explore(model, …). Call explore again with the same"
            " objects, out and name. It goes on from here."
        )
    # what is left to ask for is the analysis that was not wanted at first
    sampled = whole and not run.analysed_too
    if whole and sources.wanted(run) and derived.find(run.path, "embedding") is None:
        sampled = True  # an analysis of what is stored needs none of what the settings name
    if given or sampled:
        argv, asked = ["analyse", run.id], JobRequest.of("analyse", AnalysisSpec())
    else:
        sources.check(run)
        argv, asked = ["resume", run.id], JobRequest("run")
    launch(run.path, [*argv, "--runs", _absolute(runs)], asked=asked)


def _launch_on(runs: Path, run: RunFolder, asked: UnfinishedJob) -> None:
    """Start a job on a sampled run, for the first time or again."""
    settings = (
        ["--store"]
        if asked.command == "verify"
        else []
        if asked.spec is None
        else flags(asked.spec)
    )
    launch(
        run.path,
        [asked.command, run.id, "--runs", _absolute(runs), *settings],
        asked=JobRequest.of(asked.command, asked.spec),
    )


def start_study(runs: Path, spec: StudySpec) -> str:
    """Launch the study of a grid. Returns its id. When this returns, its folder and those of all
    its runs exist. Raises SpecError if its name, or the name of one of its runs, is taken: a new
    launch never continues an existing study.
    """
    taken = [id for id in (spec.name, *spec.runs) if taken_in(Path(runs), id)]
    if taken:
        raise SpecError(f"The name '{taken[0]}' is already used. Give the study another name.")
    for id, settings in spec.runs.items():
        RunFolder.create(runs, id, settings)
    study = StudyFolder.create(runs, spec.name, list(spec.runs), spec.analysis, made_by="study")
    grids.write(study, spec)
    start_resume(runs, study.id)
    return study.id


def start_paper(runs: Path, id: str) -> str:
    """Compute what the page Paper lacks of the study `id`. Returns the id. Raises RunMissingError
    and similar errors of reading, SpecError for a study without a grid, RunLockedError if a job
    works on it.
    """
    study = StudyFolder.open(runs, id)
    if study.made_by != "study":
        raise SpecError(f"The study '{id}' was not made from a grid, so it has no table.")
    argv = ["paper", study.id, "--runs", _absolute(runs)]
    launch(study.path, argv, asked=JobRequest("paper"))
    return study.id


def start_quickstart(runs: Path) -> str:
    """Launch or resume the quickstart study. Returns its id. When this returns, its folders
    exist.
    """
    study = quickstart.make(Path(runs), quickstart.own_id(Path(runs)))
    start_resume(runs, study.id)
    return study.id


def start_analyse(runs: Path, ids: Sequence[str], analysis: AnalysisSpec) -> str:
    """Analyse one run, or compare several in a study. Returns the id of the run or study.
    Comparisons of the same runs and settings share one study, whatever more they compute. Raises
    RunMissingError and similar errors of reading, AnalysisError if a run is not fully sampled,
    RunLockedError if a job works on a single run.
    """
    members = _sampled(runs, ids)
    if len(members) == 1:
        _launch_on(runs, members[0], UnfinishedJob("analyse", analysis))
        return members[0].id
    study = _same(runs, [run.id for run in members], analysis)
    if study is None:
        study = StudyFolder.create(
            runs, StudyFolder.new_id(runs), [run.id for run in members], analysis
        )
    with suppress(RunLockedError):  # it is being computed already: whoever asks again follows that
        launch_comparison(runs, study, analysis)
    return study.id


def start_surface(runs: Path, ids: Sequence[str], spec: SurfaceSpec) -> Iterator[str]:
    """Compute the surface of each run, one job per run; yields each id when its job has begun. All
    runs are checked before the first job begins.

    Raises RunMissingError and similar errors of reading, AnalysisError if a run is not fully
    sampled, ResumeError for a run made from objects of a caller, RunLockedError if a job works on a
    run.
    """
    for run in _rebuilt(runs, ids, "surface", "evaluate its surroundings"):
        _launch_on(runs, run, UnfinishedJob("surface", spec))
        yield run.id


def start_curvature(runs: Path, ids: Sequence[str]) -> Iterator[str]:
    """Compute the curvature at each run's anchor with default settings, one job per run; otherwise
    as `start_surface`.
    """
    for run in _rebuilt(runs, ids, "curvature", "compute its curvature"):
        _launch_on(runs, run, UnfinishedJob("curvature", CurvatureSpec()))
        yield run.id


def start_verify(runs: Path, ids: Sequence[str]) -> Iterator[str]:
    """Run and store the checks of each run, one job per run; also of runs made from objects of a
    caller. Otherwise as `start_surface`.
    """
    for run in _sampled(runs, ids):
        _launch_on(runs, run, UnfinishedJob("verify", None))
        yield run.id


def _rebuilt(runs: Path, ids: Sequence[str], command: str, what: str) -> list[RunFolder]:
    """The runs that are fully sampled and whose folders can rebuild data and network. Raises
    ResumeError for a run whose folder cannot, TrustError for a run that would import or open what
    the user has not permitted.
    """
    members = _sampled(runs, ids)
    for run in members:
        if GIVEN in (run.spec.data, run.spec.network):
            raise ResumeError(
                f"Run {run.id} was made by explore(model, …). Only your Python objects can {what},"
                " and no job has them."
            )
        sources.check(run, command)
    return members


def _check_study(runs: Path, study: StudyFolder) -> None:
    """Raise TrustError where resuming the study would import or open what the user has not
    permitted.
    """
    if study.made_by == "study":
        grids.check(study, grids.read(study))
    for id in study.runs:
        if names.is_folder(Path(runs) / id, trusted=Path(runs)):
            sources.check(RunFolder.open(runs, id))


def _sampled(runs: Path, ids: Sequence[str]) -> list[RunFolder]:
    """The runs, each once. Raises AnalysisError if there is none, or if one is not fully
    sampled.
    """
    members = [RunFolder.open(runs, id) for id in dict.fromkeys(ids)]
    unfinished = [run.id for run in members if not run.finished]
    if unfinished or not members:
        raise AnalysisError(
            "Only fully sampled runs can be analysed. Not sampled yet:"
            f" {', '.join(unfinished) or 'none was given'}."
        )
    return members


def flags(spec: Spec) -> list[str]:
    """All settings as flags of the command line. Also those that equal a default, because a later
    version may change its defaults.
    """
    words: list[str] = []
    for name, value in spec.model_dump().items():
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            words.append(flag if value else f"--no-{flag[2:]}")
        elif value is not None:
            words += [flag, *map(str, value)] if isinstance(value, tuple) else [flag, str(value)]
    return words


def launch_comparison(runs: Path, study: StudyFolder, analysis: AnalysisSpec) -> None:
    """Launch the job that compares the runs of `study`. Raises as `launch`."""
    argv = [
        "analyse",
        *study.runs,
        "--study",
        study.id,
        "--runs",
        _absolute(runs),
        *flags(analysis),
    ]
    launch(study.path, argv, asked=JobRequest.of("analyse", analysis))


def _same(runs: Path, ids: list[str], analysis: AnalysisSpec) -> StudyFolder | None:
    """The study that compares these runs with these settings; None if there is none."""
    sound = [study.id for study in catalogue.list_studies(runs) if study.problem is None]
    studies = (StudyFolder.open(runs, id) for id in sound)
    return next(
        (study for study in studies if study.runs == ids and study.analysis.compares_as(analysis)),
        None,
    )


def _absolute(runs: Path) -> str:
    return str(Path(runs).absolute())
