"""The command study: a grid of runs from a TOML file, or a table of measures from elsewhere,
compared with the gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from landscape_app.cli import study_file
from landscape_app.cli.flags import with_settings
from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import say, say_json
from landscape_app.cli.scheduler import Scheduler, crew_at
from landscape_app.cli.study_report import told
from landscape_app.cli.trust import Trust, trusted_study
from landscape_app.errors import SpecError
from landscape_app.settings import StatisticsSpec, parse
from landscape_app.study_settings import StudySpec, parse_study

Grid = Annotated[
    str | None,
    Parameter(help="A TOML file with the grid, or the name of a study to continue."),
]
TableFile = Annotated[
    Path | None,
    Parameter(help="A CSV file with one network per line, instead of a grid of runs."),
]
OnlyTable = Annotated[
    bool,
    Parameter(
        help="Compute only the table and the statistics, from the runs as they are now.",
        negative="",
    ),
]
Target = Annotated[
    Path | None, Parameter(help="Also write the statistics and figures.html into this folder.")
]


@with_settings(StatisticsSpec)
def study(
    spec: Grid = None,
    /,
    *,
    runs: Runs = Path("runs"),
    table: TableFile = None,
    only_table: OnlyTable = False,
    to: Target = None,
    scheduler: Scheduler = None,
    trust: Trust = False,
    json: Json = False,
    **settings: Any,
) -> None:
    """Make a grid of runs (regimes, networks, knobs, seeds). Analyse them in the same way and
    compare every measure with the generalization gap.

    A grid without regimes has good, plain and poor. With networks of your own it has only 'given',
    which changes nothing in your recipe. If you call it again, the study continues where it
    stopped. Tables and statistics are written into the study's folder as CSV and JSON. A grid looks
    like this:

        name = "digits"
        regimes = ["good", "plain", "poor"]
        networks = ["mlp"]
        seeds = 3
        knobs.train_rate = [0.1, 0.05]
        settings.data = "digits"
        curvature.ends = 16    # or: curvature = false
        statistics.controls = ["weight_norm", "train_rate"]
    """
    _check_one_of(spec, table)
    if table is not None:
        columns, report = _of_table(table, parse(StatisticsSpec, settings))
    else:
        grid = _spec(runs, str(spec), trust=trust, only_table=only_table)
        at = "" if only_table else scheduler
        columns, report = _of_grid(runs, grid, only_table, settings, scheduler=at)
    if to is not None:
        report = {**report, "files": [*report.get("files", []), *_write(to, columns, report)]}
    say_json(report) if json else say(told(report, runs))


def _check_one_of(spec: str | None, table: Path | None) -> None:
    if (spec is None) == (table is None):
        raise SpecError(
            "Give either a TOML file with a grid (landscape study SPEC.toml) or a table (landscape"
            " study --table FILE.csv)."
        )


def _of_table(path: Path, settings: StatisticsSpec) -> tuple[Any, dict[str, Any]]:
    from landscape_app.analysis.statistics import text_file
    from landscape_app.analysis.statistics.csv_table import from_csv
    from landscape_app.analysis.statistics.report import report

    name = f"The table {path}"
    columns = from_csv(text_file.read(path, name), name)
    return columns, report(columns, settings).model_dump()


def _of_grid(
    runs: Path,
    spec: StudySpec,
    only_table: bool,
    settings: dict[str, Any],
    *,
    scheduler: str | None,
) -> tuple[Any, dict[str, Any]]:
    """Make the study of a grid. `settings` change the statistics that are returned, not those of
    the stored grid.
    """
    from landscape_app.jobs.request import JobRequest
    from landscape_app.pipeline import studies

    statistics = parse(StatisticsSpec, {**spec.statistics.model_dump(), **settings})
    specs = list(spec.runs.values())
    with crew_at(scheduler, runs, spec.name, specs, asked=JobRequest("study")) as (asked, crew):
        return studies.run(
            runs, spec, session=asked, crew=crew, only_table=only_table, statistics=statistics
        )


def _spec(runs: Path, given: str, *, trust: bool, only_table: bool) -> StudySpec:
    """The grid in a TOML file, or of an existing study. With only_table, no code that it names has
    to be trusted.
    """
    from landscape_app.pipeline import studies
    from landscape_app.store import grids
    from landscape_app.store.study import StudyFolder

    if Path(given).suffix != ".toml" and studies.is_study(runs, given):
        trusted_study(runs, given, trust)
        return (
            grids.read(StudyFolder.open(runs, given)) if only_table else studies.stored(runs, given)
        )
    spec = parse_study(study_file.read(Path(given)))
    if studies.is_study(runs, spec.name):
        trusted_study(runs, spec.name, trust)
    return spec


def _write(folder: Path, columns: Any, report: Mapping[str, Any]) -> list[str]:
    from landscape_app.pipeline import study_page
    from landscape_app.pipeline.study_table import write_statistics
    from landscape_app.records.study_report import StudyReport

    judged, name = StudyReport.model_validate(report), report.get("id", "A table of networks")
    page = study_page.write(folder, columns, judged, name=str(name), own=True)
    return [str(path) for path in [*write_statistics(folder, judged, own=True), page]]
