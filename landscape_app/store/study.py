"""A study's folder: which runs are compared, how, and which command made it. It holds the joint
results.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from landscape_app.errors import RunDamagedError, SpecError, first_line
from landscape_app.settings import AnalysisSpec, parse
from landscape_app.store import derived, files, folder, lock, names
from landscape_app.study_settings import GRID

HEAD = "study.json"
# study: the runs of a grid, made with it. quickstart: three runs, made with it. comparison: of runs
# that exist already, or that are launched beside it.
MadeBy = Literal["study", "quickstart", "comparison"]
QUICKSTART = "quickstart"  # the id of the first one in a runs folder
REGIMES = ("good", "plain", "poor")  # of the runs of a quickstart


@dataclass(frozen=True)
class StudyFolder:
    """The study `id` in `path`. It compares `runs` (ids in the same runs folder) by `analysis`.
    `made_by`: the command that made it, which decides how it is resumed. None of these ever
    changes.
    """

    id: str
    path: Path
    runs: list[str]
    analysis: AnalysisSpec
    created: float
    made_by: MadeBy = "comparison"

    @staticmethod
    def create(
        runs: Path,
        id: str,
        ids: Sequence[str],
        analysis: AnalysisSpec,
        *,
        made_by: MadeBy = "comparison",
    ) -> StudyFolder:
        """Make a study; its runs need not exist yet. Raises RunExistsError, SpecError,
        StorageError.
        """
        wrong = [run for run in ids if not folder.is_id(run)]
        if wrong or not ids:
            raise SpecError(f"A study compares runs by their ids, not {wrong or 'nothing'}.")
        content = {
            "runs": list(ids),
            "analysis": analysis.model_dump(mode="json"),
            "made_by": made_by,
        }
        folder.make(Path(runs), Path(runs) / folder.STUDIES, id, "study", HEAD, content)
        return StudyFolder.open(runs, id)

    @staticmethod
    def open(runs: Path, id: str) -> StudyFolder:
        """An existing study. Raises RunMissingError, RunDamagedError or SchemaError."""
        path = folder.place(Path(runs) / folder.STUDIES, id, "study")
        head = folder.read_head(path, HEAD, "study")
        folder.check_head(path, HEAD, "study", head)
        try:
            members = [str(run) for run in head["runs"]]
            analysis = parse(AnalysisSpec, head["analysis"])
        except (SpecError, KeyError, TypeError) as error:
            raise RunDamagedError(
                f"The content of {path / HEAD} is not readable: {first_line(error)}"
            ) from error
        if not members or not all(folder.is_id(run) for run in members):
            raise RunDamagedError(f"{path / HEAD} names runs that are no ids.")
        return StudyFolder(
            id, path, members, analysis, float(head["created"]), _made_by(path, head, members)
        )

    @staticmethod
    def new_id(runs: Path, stem: str = "compare") -> str:
        """A free id: compare-1, compare-2, …"""
        number = 1
        while folder.taken(Path(runs), f"{stem}-{number}"):
            number += 1
        return f"{stem}-{number}"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Exclusive right to work on the study. RunLockedError names the holder. A study of an
        older schema is brought to the present one.
        """
        with lock.hold(self.path, f"Study {self.id}"):
            folder.bring_head(self.path, HEAD, "study")
            derived.tidy(self.path)
            with files.storing(self.path):
                files.sweep(self.path)
            yield


def quickstart_runs(id: str) -> list[str]:
    """The ids of the runs that the quickstart `id` makes."""
    return [f"{id}-{regime}" for regime in REGIMES]


def _made_by(path: Path, head: Mapping[str, Any], members: Sequence[str]) -> MadeBy:
    """The command that made the study, from study.json. Before 0.4 it was not stored; then it is
    derived from the study's files and runs. Raises RunDamagedError for a word that is not in the
    list.
    """
    if "made_by" in head:
        for kind in get_args(MadeBy):
            if head["made_by"] == kind:
                return cast(MadeBy, kind)
        raise RunDamagedError(
            f"The content of {path / HEAD} is not readable: made_by is not one of"
            f" {', '.join(get_args(MadeBy))}."
        )
    if names.is_file(path / GRID):
        return "study"
    named = path.name.startswith(QUICKSTART) and list(members) == quickstart_runs(path.name)
    return "quickstart" if named else "comparison"
