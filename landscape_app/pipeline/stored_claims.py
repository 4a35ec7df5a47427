"""The numbers of the paper's claims as a stored result of their study."""

from __future__ import annotations

from landscape_app.analysis.statistics.claims import claims
from landscape_app.pipeline import study_table
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.records.claims import ClaimReport
from landscape_app.records.study_table import StudyTable
from landscape_app.settings import StatisticsSpec
from landscape_app.store.study import StudyFolder

NAME = "claims"


def of_study(folder: StudyFolder, table: StudyTable, spec: StatisticsSpec) -> ClaimReport:
    """The numbers of claims 2 to 4 in `table`, the study's: those stored where they are current,
    else computed and stored. Raises AnalysisError, DataError.
    """
    cache = ResultCache(folder.path, study_table.digest(table))
    result = cache.result(NAME, spec.model_dump(), lambda: ({}, claims(table, spec).model_dump()))
    return ClaimReport.model_validate(result.meta)
