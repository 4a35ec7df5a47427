"""The stored content of a study, opened for reading; nothing is computed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from landscape_app import stored_frames
from landscape_app.errors import AnalysisError, RunMissingError
from landscape_app.records.study_report import StudyReport
from landscape_app.records.study_table import StudyTable
from landscape_app.store import commands, derived
from landscape_app.store.folder import STUDIES
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from landscape_app.stored_run import OpenRun

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class OpenStudy:
    """A study's folder, read only."""

    folder: StudyFolder

    @property
    def id(self) -> str:
        """The study's id: its folder's name."""
        return self.folder.id

    @property
    def path(self) -> Path:
        """Its folder."""
        return self.folder.path

    @property
    def runs(self) -> list[OpenRun]:
        """Its runs that are in the runs folder and can be read, in the order of the study."""
        there = []
        for id in self.folder.runs:
            try:
                there.append(OpenRun(RunFolder.open(self._runs, id)))
            except RunMissingError:
                continue
        return there

    def table(self) -> StudyTable:
        """A row per network: settings, scores and measures. Raises AnalysisError if none is
        stored.
        """
        result = self._result("table")
        return StudyTable.from_stored(result.arrays, result.meta)

    def frame(self) -> pandas.DataFrame:
        """The table as a frame of pandas: a row per network, NaN where there is no number."""
        return stored_frames.of_table(self.table())

    def report(self) -> StudyReport:
        """The statistics: how each measure follows the generalization gap. Raises AnalysisError if
        none are stored.
        """
        return StudyReport.model_validate(self._result("statistics").meta)

    @property
    def _runs(self) -> Path:
        return self.path.parent.parent

    def _result(self, name: str) -> derived.Result:
        result = derived.find(self.path, name)
        if result is None:
            command = commands.line("study", self.id, self._runs)
            raise AnalysisError(f"Study {self.id} has no {name}. Run: {command} --only-table")
        return result


def open_study(path: str | Path) -> OpenStudy:
    """Open a study by its folder, `runs/_studies/NAME`, or shorter `runs/NAME`. Raises
    RunMissingError, RunDamagedError or SchemaError, each saying what is wrong.
    """
    folder = Path(path)
    runs = folder.parent
    if runs.name == STUDIES:
        runs = runs.parent
    return OpenStudy(StudyFolder.open(runs, folder.name))
