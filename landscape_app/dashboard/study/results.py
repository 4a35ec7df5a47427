"""What is stored of a study: its table and the reports of its gaps, and marks of their state."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.run_view import short_hash
from landscape_app.dashboard.common.study_table import stored_table, times
from landscape_app.errors import LandscapeError
from landscape_app.records.study_report import StudyReport
from landscape_app.records.study_table import StudyTable
from landscape_app.store import derived
from landscape_app.store.derived import FOLDER

LEAST_ACCURACY = 0.99  # above it a network interpolates, where no report says otherwise


class StoredReport(NamedTuple):
    """A report as it is stored. interpolating: the train accuracy above which networks interpolate.

    stale: the table has changed since.
    """

    report: StudyReport
    interpolating: float
    stale: bool


Results = tuple[StudyTable | None, Mapping[str, StoredReport], str]


def read(context: Context, entry: BoardEntry) -> Results:
    """(table, reports, what is wrong with them), read once as long as the folder of results is the
    same.
    """
    key = f"study {entry.path} {times(entry.path / FOLDER)}"
    known: Results | None = context.cache.get(key)
    if known is None:
        try:
            table, inputs = stored_table(entry.path)
            known = table, _stored_reports(entry.path, inputs), ""
        except (LandscapeError, OSError) as error:
            known = None, {}, str(error)
        context.cache.set(key, known)
    return known


def _stored_reports(folder: Path, inputs: str | None) -> dict[str, StoredReport]:
    """{gap: its newest report}, one about the table with the digest `inputs` before any other."""
    reports: dict[str, StoredReport] = {}
    for result in derived.all(folder, "statistics"):
        report = StudyReport.model_validate(result.meta)
        interpolating = float(result.parameters.get("interpolating", LEAST_ACCURACY))
        stored = StoredReport(report, interpolating, stale=result.inputs != inputs)
        newer = reports.get(report.gap)
        if newer is None or (newer.stale and not stored.stale):
            reports[report.gap] = stored
    return reports


def stamp(listed: tuple[BoardEntry, ...], entry: BoardEntry | None) -> str:
    """A short word for which studies there are and what is stored of this one, by times of
    modification.
    """
    results = entry and (entry.id, times(entry.path / FOLDER))
    return short_hash((tuple(study.id for study in listed), results))


def state_stamp(context: Context, entry: BoardEntry | None) -> str:
    """A short word for what its job and its runs do."""
    if entry is None:
        return ""
    runs = tuple(
        (member.job.state, member.standing, member.summary.problem)
        if (member := context.board.find(run))
        else None
        for run in entry.runs
    )
    return short_hash((entry.job, entry.summary.problem, entry.waits, runs))
