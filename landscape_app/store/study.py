"""A study's folder: which runs are compared, and how; the joint results lie in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from landscape_app.errors import RunDamagedError, SpecError, first_line
from landscape_app.settings import AnalysisSpec, parse
from landscape_app.store import derived, files, folder, lock

HEAD = "study.json"


@dataclass(frozen=True)
class StudyFolder:
    """The study `id` in `path`: it compares `runs` (ids in the same runs folder) by `analysis`;
    neither ever changes.
    """

    id: str
    path: Path
    runs: list[str]
    analysis: AnalysisSpec
    created: float

    @staticmethod
    def create(runs: Path, id: str, ids: Sequence[str], analysis: AnalysisSpec) -> StudyFolder:
        """A new study; its runs need not exist yet. Raises RunExistsError, SpecError,
        StorageError.
        """
        wrong = [run for run in ids if not folder.is_id(run)]
        if wrong or not ids:
            raise SpecError(f"A study compares runs by their ids, not {wrong or 'nothing'}.")
        content = {"runs": list(ids), "analysis": analysis.model_dump(mode="json")}
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
        return StudyFolder(id, path, members, analysis, float(head["created"]))

    @staticmethod
    def new_id(runs: Path, stem: str = "compare") -> str:
        """An id that is free now: compare-1, compare-2, …"""
        number = 1
        while folder.taken(Path(runs), f"{stem}-{number}"):
            number += 1
        return f"{stem}-{number}"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Exclusive right to work on the study; RunLockedError names who has it. One of an older
        schema is brought to the present.
        """
        with lock.hold(self.path, f"Study {self.id}"):
            folder.bring_head(self.path, HEAD, "study")
            derived.tidy(self.path)
            with files.storing(self.path):
                files.sweep(self.path)
            yield
