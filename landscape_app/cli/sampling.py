"""Commands that train and sample: quickstart, run, resume."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from landscape_app import enough
from landscape_app.cli.flags import with_settings
from landscape_app.cli.output import say, say_json, table
from landscape_app.cli.trusting import Trust, permitted, trusted_study
from landscape_app.errors import SpecError
from landscape_app.settings import PRESETS, AnalysisSpec, RunSpec, parse
from landscape_app.store import commands, names
from landscape_app.store.folder import STUDIES, is_id

if TYPE_CHECKING:
    from landscape_app.jobs.asked import Work
    from landscape_app.store.run import RunFolder

Runs = Annotated[Path, Parameter(help="Folder that holds the runs.")]
Json = Annotated[bool, Parameter(help="Print the result as JSON.", negative="")]


def quickstart(
    *,
    runs: Runs = Path("runs"),
    fresh: Annotated[bool, Parameter(negative="")] = False,
    json: Json = False,
) -> None:
    """Train a good, a plain and a poor generalizer of digits, sample their landscapes, analyse them
    one by one and jointly.

    Run again in the same folder it reuses what is finished and resumes what is not.

    Parameters
    ----------
    fresh: bool
        Begin a new quickstart study beside those that exist; nothing is overwritten.
    """
    from landscape_app.jobs.asked import Asked
    from landscape_app.jobs.session import session
    from landscape_app.pipeline.quickstart import quickstart as work

    result = work(runs, fresh=fresh, session=partial(session, asked=Asked("quickstart")))
    if json:
        say_json(result)
        return
    head = [
        "run",
        "regime",
        "train acc",
        "test acc",
        "gap",
        "components",
        "DEMaP",
        "total persistence",
        "checks failed",
    ]
    rows = [
        [
            r["id"],
            r["regime"],
            r["train_accuracy"],
            r["test_accuracy"],
            r["gap_accuracy"],
            r["embedding"]["components"],
            r["embedding"]["demap"],
            r["topology"]["total_persistence_h0"],
            r["checks_failed"],
        ]
        for r in result["runs"]
    ]
    say(table(head, rows))
    say(
        f"{result['seconds']:.1f} s{_unsound(result, runs)}. Look at them: landscape"
        f" serve{commands.at(runs)}"
    )


def _unsound(result: Mapping[str, Any], runs: Path) -> str:
    """Of a study's report: which of its runs are not all that their checks ask for, as part of a
    sentence.
    """
    found = [
        f"{run['id']} ({run['checks_failed']})" for run in result["runs"] if run["checks_failed"]
    ]
    return (
        f", but checks failed: {', '.join(found)}; see {commands.line('verify', 'ID', runs)}"
        if found
        else ""
    )


@with_settings(RunSpec)
def run(
    *,
    runs: Runs = Path("runs"),
    id: Annotated[
        str | None,
        Parameter(
            help=(
                "Name of the run; without it one is made up. A run of this name that is there but"
                " was not started is started now."
            )
        ),
    ] = None,
    preset: Annotated[
        str, Parameter(help="quick, or paper (as in Horoi et al. 2022); flags given change it.")
    ] = "quick",
    analyse: Annotated[
        bool | None,
        Parameter(
            help=(
                "Analyse the run after it is sampled, or not; landscape resume keeps to this"
                " choice. [default: yes]"
            )
        ),
    ] = None,
    trust: Trust = False,
    json: Json = False,
    **settings: Any,
) -> None:
    """Train a network, jump away from its minimum, retrain, record every step, and analyse the
    result.
    """
    from landscape_app.errors import RunExistsError, UnknownNameError
    from landscape_app.pipeline.beginning import Begun, free, undone_if_it_fails
    from landscape_app.store.run import RunFolder

    if id is not None and is_id(id):
        free(runs, id)
    if preset not in PRESETS:
        raise UnknownNameError("preset", preset, PRESETS)
    if id is not None and is_id(id) and names.exists(runs / id, trusted=runs):
        if settings or preset != "quick":
            raise RunExistsError(
                f"A run called '{id}' exists in {runs}. Go on with it:"
                f" {commands.line('resume', id, runs)}; or choose another --id."
            )
        begun = Begun(RunFolder.open(runs, id), made=False)
    else:
        spec = parse(RunSpec, {**PRESETS[preset], **settings})
        _not_given(spec)
        if analyse is not False:
            enough.check(spec, AnalysisSpec())
        begun = Begun(RunFolder.create(runs, id or RunFolder.new_id(runs, spec), spec), made=True)
    permitted(begun.run, trust, "run --id")
    with undone_if_it_fails(begun) as folder:
        _finish(folder, analyse=analyse, json=json)


def resume(
    id: str,
    /,
    *,
    runs: Runs = Path("runs"),
    analyse: Annotated[
        bool | None,
        Parameter(
            help=(
                "Analyse the run after it is sampled, or not. Not given: as chosen when it was"
                " begun."
            )
        ),
    ] = None,
    trust: Trust = False,
    json: Json = False,
) -> None:
    """Go on with a run or a study that was cancelled or interrupted, from its last committed chunk.

    Where a run is sampled and its last job was an analysis, a curvature, a surface or a
    verification that came to nothing, that is done again with the settings it was asked for.

    Parameters
    ----------
    id: str
        The run's or the study's name.
    """
    from landscape_app.pipeline import studies
    from landscape_app.pipeline.quickstart import is_quickstart
    from landscape_app.store.run import RunFolder

    if studies.is_study(runs, id):
        from landscape_app.cli.studying import study

        study(id, runs=runs, trust=trust, json=json)
        return
    if is_quickstart(runs, id):
        from landscape_app.jobs.asked import Asked

        trusted_study(runs, id, trust)
        from landscape_app.jobs.session import session
        from landscape_app.pipeline.quickstart import quickstart as work

        result = work(runs, study=id, session=partial(session, asked=Asked("quickstart")))
        say_json(result) if json else say(f"{id}: finished{_unsound(result, runs)}.")
        return
    if is_id(id) and names.is_folder(runs / STUDIES / id):
        trusted_study(runs, id, trust)
        _compare(runs, id, json=json)
        return
    run = RunFolder.open(runs, id)
    if analyse is None and (last := _unfinished_work(run)) is not None:
        _again(last, run, runs=runs, trust=trust, json=json)
        return
    permitted(run, trust, "resume")
    _finish(run, analyse=analyse, json=json)


def _compare(runs: Path, id: str, *, json: bool) -> None:
    """Go on with a study of runs that are there."""
    from landscape_app.cli.analysing import analyse
    from landscape_app.jobs.asked import analysis_of
    from landscape_app.store.study import StudyFolder

    study = StudyFolder.open(runs, id)
    analyse(study.runs, runs=runs, study=id, json=json, **analysis_of(study).model_dump())


def _unfinished_work(run: RunFolder) -> Work | None:
    """The last job of a sampled run, where it was of another kind than sampling and came to
    nothing.
    """
    from landscape_app.jobs import asked, status
    from landscape_app.store.gaps import complete

    return asked.again(status.read(run.path)) if complete(run) else None


def _again(work: Work, run: RunFolder, *, runs: Path, trust: bool, json: bool) -> None:
    """That job, as the command of its name does it."""
    from landscape_app.cli import analysing, curving, reading, surfacing

    if work.command == "verify":
        reading.verify(run.id, runs=runs, store=True, trust=trust, json=json)
        return
    settings = {} if work.spec is None else work.spec.model_dump()
    if work.command == "analyse":
        analysing.analyse([run.id], runs=runs, trust=trust, json=json, **settings)
    else:
        {"curvature": curving.curvature, "surface": surfacing.surface}[work.command](
            run.id, runs=runs, trust=trust, json=json, **settings
        )


def _finish(folder: Any, *, analyse: bool | None, json: bool) -> None:
    """analyse: None: as it was asked for when the run was begun."""
    from landscape_app.jobs.asked import Asked
    from landscape_app.jobs.session import session
    from landscape_app.pipeline import analyse as analysis
    from landscape_app.pipeline.climbs import climbs
    from landscape_app.pipeline.report import of_run
    from landscape_app.pipeline.run import execute
    from landscape_app.store import verdict

    with session(folder.path, asked=Asked("run")) as progress:
        folder.ask(analyse)
        if folder.analysed_too and not folder.finished:
            enough.check(folder.spec, AnalysisSpec())
        execute(folder, progress)
        if folder.analysed_too:
            analysis.run(folder, AnalysisSpec(), progress)
            climbs(folder, progress)
    if json:
        say_json(
            of_run(folder)
            if folder.analysed_too
            else {"id": folder.id, "finished": folder.finished}
        )
        return
    then = f"Look at it: landscape serve{commands.at(folder.path.parent)}"
    if not folder.analysed_too:
        then = (
            "It is not analysed; that does:"
            f" {commands.line('analyse', folder.id, folder.path.parent)}"
        )
    say(
        f"{folder.id}: finished, {folder.spec.snapshots} snapshots{verdict.clause(folder.path)}."
        f" {then}"
    )


def _not_given(spec: RunSpec) -> None:
    from landscape_app.settings import GIVEN, OBJECTS

    for name in OBJECTS:
        if getattr(spec, name) == GIVEN:
            raise SpecError(
                f"{name}: '{GIVEN}' is for explore(model, …) in Python; the command line needs a"
                " name from the table."
            )
