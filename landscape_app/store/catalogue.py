"""The content of a runs folder: every run and study, or what is wrong with it. A run or study can
be deleted or renamed here.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from landscape_app.errors import LandscapeError, RunExistsError, RunLockedError, RunMissingError
from landscape_app.store import derived, files, folder, lock, names, shared_data
from landscape_app.store.opening import RefusedError
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder

DELETED = ".deleted-"  # prefix of folders that are on their way out; nothing reads them


@dataclass(frozen=True)
class FolderSummary:
    """One line of the list. `problem`: why it cannot be used, in words; None if it can. `made_by`:
    which command made a study. It is empty for a run; `regime`, `data` and `network` are empty for
    a study.
    """

    id: str
    kind: Literal["run", "study"]
    regime: str = ""
    data: str = ""
    network: str = ""
    created: float | None = None
    problem: str | None = None
    made_by: str = ""


def list_runs(runs: Path) -> list[FolderSummary]:
    """Every run in `runs`, sorted by id. A damaged run, or one of another schema, is listed with
    its problem. Raises nothing for such a run.
    """
    return [_run(Path(runs), id) for id in _ids(Path(runs), Path(runs))]


def list_studies(runs: Path) -> list[FolderSummary]:
    """Every study in `runs`, sorted by id."""
    return [_study(Path(runs), id) for id in _ids(Path(runs), Path(runs) / folder.STUDIES)]


def delete(runs: Path, id: str) -> None:
    """Delete the run or study `id` with everything in its folder. The runs of a study stay.

    Raises RunMissingError, RunLockedError while a job works on it, StorageError.
    """
    runs = Path(runs)
    path = find(runs, id)
    held = lock.take(path / lock.NAME)
    if held is None:
        raise RunLockedError(
            f"'{id}' is in use by {lock.described(path / lock.NAME)}. Cancel that first."
        )
    gone = path.parent / f"{DELETED}{secrets.token_hex(8)}"
    try:
        with files.storing(path):
            names.rename(path, gone, trusted=runs)  # at once: a half-deleted run is never listed
            files.sync_folder(path.parent, trusted=runs)
    finally:
        held.release()
    with suppress(OSError):
        for name in names.listed(path.parent, trusted=runs):
            if name.startswith(DELETED):
                names.remove_all(path.parent / name, trusted=runs)
    _forget_data(runs)


def _forget_data(runs: Path) -> None:
    """Remove the data that no run uses any more. Removes nothing while a run cannot be read, or has
    not yet recorded which data it uses.
    """
    if not names.is_folder(runs / shared_data.FOLDER):
        return
    in_use: set[str] = set()
    for id in _ids(runs, runs):
        try:
            run = RunFolder.open(runs, id)
        except LandscapeError:
            return
        if run.prepared() is None and lock.holder(run.path / lock.NAME) is not None:
            return
        in_use |= shared_data.hashes(run)
    shared_data.tidy(runs, in_use)


def aside(runs: Path, id: str) -> str:
    """The name that the run `id` would get if its own name were given to another run: ID-1, ID-2,
    …, the first free one.
    """
    number = 1
    while folder.taken(runs, name := f"{id[: folder.LONGEST_ID - len(f'-{number}')]}-{number}"):
        number += 1
    return name


def put_aside(runs: Path, id: str) -> str:
    """Rename the run `id`, with everything in it, to the name that `aside` returns. Returns this
    name.

    Raises RunMissingError, RunLockedError while a job works on it, RunExistsError where a study
    compares the run, StorageError.
    """
    runs = Path(runs)
    path = folder.place(runs, id, "run")
    for study in list_studies(runs):
        if study.problem is None and id in StudyFolder.open(runs, study.id).runs:
            raise RunExistsError(
                f"The study '{study.id}' compares the run '{id}'. Delete the study first, or choose"
                " another name."
            )
    held = lock.take(path / lock.NAME)
    if held is None:
        raise RunLockedError(
            f"'{id}' is in use by {lock.described(path / lock.NAME)}. Wait until it"
            " ends, or cancel it."
        )
    try:
        with files.storing(path):
            name = aside(runs, id)
            # fails where a folder with something in it has come meanwhile
            names.rename(path, runs / name, trusted=runs)
            files.sync_folder(runs, trusted=runs)
    finally:
        held.release()
    return name


def find(runs: Path, id: str) -> Path:
    """The folder of the run or study `id`. Raises RunMissingError where there is none."""
    folder.check_runs(runs)
    for parent, kind in ((runs, "run"), (runs / folder.STUDIES, "study")):
        if folder.is_id(id) and names.exists(parent / id, trusted=runs):
            path = folder.place(parent, id, kind)
            if folder.looks_like_one(path):
                return path
    raise RunMissingError(f"There is no run or study called '{id}' in {runs}.")


def _ids(runs: Path, parent: Path) -> list[str]:
    """Names of the folders in `parent` that are runs or studies, or look like them. Links to
    folders are included; they are reported but not followed.
    """
    try:
        there = names.folders(parent, trusted=runs)
    except OSError:
        return []
    return [name for name in there if folder.is_id(name) and _claims(parent / name)]


def _claims(path: Path) -> bool:
    try:
        return folder.looks_like_one(path)
    except (PermissionError, RefusedError):
        return True
    except OSError:
        return False  # deleted since


def _run(runs: Path, id: str) -> FolderSummary:
    try:
        run = RunFolder.open(runs, id)
    except LandscapeError as error:
        return FolderSummary(id, "run", problem=str(error))
    return FolderSummary(id, "run", run.spec.regime, run.spec.data, run.spec.network, run.created)


def _study(runs: Path, id: str) -> FolderSummary:
    try:
        study = StudyFolder.open(runs, id)
    except LandscapeError as error:
        return FolderSummary(id, "study", problem=str(error))
    gone = [run for run in dict.fromkeys(study.runs) if not names.is_folder(runs / run)]
    if len(gone) == len(set(study.runs)) and derived.has(study.path, "table"):
        gone = []  # it came without its runs; what was computed of them is there
    problem = f"Of its runs, {', '.join(gone)} cannot be found in {runs}." if gone else None
    return FolderSummary(id, "study", created=study.created, problem=problem, made_by=study.made_by)
