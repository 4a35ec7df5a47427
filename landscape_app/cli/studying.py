"""The command study: a grid of runs from a TOML file, or a table of measures from elsewhere, held against the gap."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from landscape_app.cli.flags import with_settings
from landscape_app.cli.output import say, say_json, table
from landscape_app.cli.sampling import Json, Runs
from landscape_app.errors import DataError, SpecError
from landscape_app.settings import parse
from landscape_app.study_settings import StatisticsSpec, StudySpec, parse_study

NAMED = 4  # measures named in one sentence
DRAWN = 6  # measures drawn against the gap
SHOWN = 12  # measures of a set of networks on the screen; the files have all
HEAD = ["", "measure", "networks", "τ", "from", "to", "partial τ", "granulated", "worst sign error", "over baseline", "over linear", "q"]
CELLS = (
    "rank",
    "label",
    "networks",
    "tau",
    "tau_low",
    "tau_high",
    "partial",
    "granulated",
    "sign_error_worst",
    "over_baseline",
    "over_linear",
    "q",
)


@with_settings(StatisticsSpec)
def study(
    spec: str | None = None,
    /,
    *,
    runs: Runs = Path("runs"),
    table: Annotated[Path | None, Parameter(help="A CSV file with a network per line, instead of a grid of runs.")] = None,
    only_table: Annotated[bool, Parameter(help="Compute nothing but table and statistics, of the runs as they are.", negative="")] = False,
    to: Annotated[Path | None, Parameter(help="Also write the statistics and figures.html into this folder.")] = None,
    json: Json = False,
    **settings: Any,
) -> None:
    """Make a grid of runs (regimes, networks, knobs, seeds), analyse them at one t, and hold every measure against the gap.

    Called again it goes on where it was. Tables and statistics are written into the study's folder as CSV and JSON. A grid looks so:

        name = "digits"
        regimes = ["good", "plain", "poor"]
        networks = ["mlp"]
        seeds = 3
        [knobs]
        train_rate = [0.1, 0.03]
        [settings]
        data = "digits"
        [statistics]
        controls = ["weight_norm", "train_rate"]

    Parameters
    ----------
    spec: str
        A TOML file with the grid, or the name of a study to go on with.
    """
    if (spec is None) == (table is None):
        raise SpecError("Give either a TOML file with a grid (landscape study SPEC.toml) or a table (landscape study --table FILE.csv).")
    if table is not None:
        columns, report = _of_table(table, parse(StatisticsSpec, settings))
    else:
        columns, report = _of_grid(runs, _spec(runs, str(spec)), only_table, settings)
    if to is not None:
        report = {**report, "files": [*report.get("files", []), *_write(to, columns, report)]}
    say_json(report) if json else _say(report)


def _of_table(path: Path, settings: StatisticsSpec) -> tuple[Any, dict[str, Any]]:
    from landscape_app.analysis.statistics.report import report
    from landscape_app.analysis.statistics.table import from_csv

    try:
        found = from_csv(path.read_text(encoding="utf-8"), f"The table {path}")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The table {path} cannot be read: {error}.") from error
    return found, report(found, settings)


def _of_grid(runs: Path, spec: StudySpec, only_table: bool, settings: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Flags change what is said of the study, not what it keeps as its own."""
    from landscape_app.jobs.session import session
    from landscape_app.pipeline import studies

    statistics = parse(StatisticsSpec, {**spec.statistics.model_dump(), **settings})
    return studies.run(runs, spec, session=session, only_table=only_table, statistics=statistics)


def _spec(runs: Path, given: str) -> StudySpec:
    """The grid of a TOML file, or of a study that is there."""
    from landscape_app.pipeline import studies

    if Path(given).suffix != ".toml" and studies.is_study(runs, given):
        return studies.stored(runs, given)
    return parse_study(_toml(Path(given)))


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SpecError(
            f"{path} cannot be read: {error.strerror or error}. Give a TOML file with a grid, or the name of a study."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecError(f"{path} is no TOML: {error}.") from error


def _write(folder: Path, columns: Any, report: Mapping[str, Any]) -> list[str]:
    from landscape_app.pipeline.study_table import write_statistics
    from landscape_app.store import files

    written = write_statistics(folder, report)
    files.write_atomic(folder / "figures.html", _page(columns, report).encode())
    return [str(path) for path in [*written, folder / "figures.html"]]


def _page(columns: Any, report: Mapping[str, Any]) -> str:
    """The ranking of every set of networks, and the best measures against the gap, as a page that needs no other file."""
    import numpy as np
    from plotly.io import to_html

    from landscape_app.figures.study import Standing, against, ranking

    figures = []
    for stratum in report["strata"]:
        if lines := stratum["measures"]:
            low, high = (np.array([line[name] for line in lines], dtype=np.float64) for name in ("tau_low", "tau_high"))
            values, baseline = np.array([line["tau"] for line in lines]), np.array([line["baseline"] for line in lines])
            title = f"τ with {report['gap_label']}: {stratum['label']} ({stratum['networks']})"
            drawn = ranking([line["label"] for line in lines], values, low, high, standing=Standing(baseline))
            figures.append(drawn.update_layout(title={"text": title, "font": {"size": 12}}, margin={"t": 56}, showlegend=True))
    hyper = report["hyper"][0] if report["hyper"] else None
    colour = None if hyper is None else columns.columns[hyper]
    gap = columns.numbers(report["gap"])
    for line in report["strata"][0]["measures"][:DRAWN]:
        labels = line["label"], report["gap_label"]
        drawn = against(columns.numbers(line["name"]), gap, columns.ids, labels=labels, colour=colour, colour_label=hyper or "")
        figures.append(drawn.update_layout(height=360, width=560))
    parts = [to_html(figure, full_html=False, include_plotlyjs=i == 0) for i, figure in enumerate(figures)]
    return f"<!doctype html><meta charset='utf-8'><title>Study</title><body style='background:#fff'>{''.join(parts)}</body>"


def _say(report: Mapping[str, Any]) -> None:
    for stratum in report["strata"]:
        say(f"{stratum['label']}: {stratum['networks']}; against {report['gap_label']}")
        if stratum["problem"]:
            say(stratum["problem"])
            say()
            continue
        lines = stratum["measures"]
        say(table(HEAD, [[line[name] for name in CELLS] for line in lines[:SHOWN]]))
        if len(lines) > SHOWN:
            say(f"… and {len(lines) - SHOWN} more")
        _say_samplings(stratum["samplings"])
        if out := list(stratum["left_out"]):
            say(
                f"Not judged, absent or the same in all: {', '.join(out[:NAMED])}{f' and {len(out) - NAMED} more' if len(out) > NAMED else ''}."
            )
        if stratum["too_few"]:
            say(stratum["too_few"])
        say()
    for note in report["notes"]:
        say(note)
    for id, why in report.get("missing", {}).items():
        say(f"Not in the table: {id}: {why}")
    for file in report.get("files", []):
        say(file)


def _say_samplings(lines: list[Mapping[str, Any]]) -> None:
    if lines:
        say("The same summary of jump and retrain's snapshots and of a random plane:")
        cells = ("name", "tau", "linear_tau", "value", "low", "high")
        say(table(["summary", "τ", "τ, plane", "difference of size", "from", "to"], [[line[name] for name in cells] for line in lines]))
