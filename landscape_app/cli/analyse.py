"""The command analyse: analyse one run, or several runs together at one diffusion time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from landscape_app.cli.flags import with_settings
from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import say, say_json
from landscape_app.cli.progress import session
from landscape_app.cli.trust import Trust, trusted
from landscape_app.settings import AnalysisSpec, parse
from landscape_app.store import commands, verdict

if TYPE_CHECKING:
    from landscape_app.store.run import RunFolder

StudyName = Annotated[
    str | None,
    Parameter(help="Name of the study that compares the runs. Not given: a new name."),
]


@with_settings(AnalysisSpec)
def analyse(
    ids: list[str],
    /,
    *,
    runs: Runs = Path("runs"),
    study: StudyName = None,
    trust: Trust = False,
    json: Json = False,
    **settings: Any,
) -> None:
    """Analyse finished runs: distances, embeddings, persistence, measures, checks. Several runs are
    compared at the same diffusion time t.

    Parameters
    ----------
    ids: list[str]
        One run, or the runs to compare (the page shows up to four).
    """
    from landscape_app.store.run import RunFolder

    spec = parse(AnalysisSpec, settings)
    for id in ids if trust else ():
        trusted(RunFolder.open(runs, id), trust)
    if len(ids) == 1 and study is None:
        _analyse_one(RunFolder.open(runs, ids[0]), spec, json=json)
    else:
        _compare(runs, ids, study, spec, json=json)


def _analyse_one(run: RunFolder, spec: AnalysisSpec, *, json: bool) -> None:
    from landscape_app.jobs.request import JobRequest
    from landscape_app.pipeline import analyse as analysis
    from landscape_app.pipeline.report import of_run

    with session(run.path, asked=JobRequest.of("analyse", spec)) as progress:
        analysis.run(run, spec, progress)
    say_json(of_run(run, distance=spec.distance)) if json else say(
        f"{run.id}: analysed{verdict.clause(run.path)}."
    )


def _compare(
    runs: Path, ids: list[str], study: str | None, spec: AnalysisSpec, *, json: bool
) -> None:
    from landscape_app.jobs.request import JobRequest
    from landscape_app.pipeline import compare
    from landscape_app.pipeline.report import of_study

    folder = compare.open_study(runs, ids, spec, study)
    with session(folder.path, asked=JobRequest.of("analyse", spec)) as progress:
        compare.run(folder, runs, spec, progress)
    say_json(of_study(runs, folder, spec)) if json else say(
        f"{folder.id} compares {', '.join(ids)}{_unsound(runs, ids)}."
    )


def _unsound(runs: Path, ids: list[str]) -> str:
    """Which of the runs have failed checks or damage, as part of a sentence."""
    unsound = [
        f"{id} ({verdict.words(names)})" for id in ids if (names := verdict.failed(runs / id))
    ]
    return (
        f", but checks failed for {', '.join(unsound)}. See {commands.line('verify', 'ID', runs)}"
        if unsound
        else ""
    )
