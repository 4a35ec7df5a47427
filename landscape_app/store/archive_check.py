"""The check of an unpacked archive before its folders get their names. Settings, journal, results
and data must agree. No code in the archive is run.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from landscape_app.errors import ArchiveError, LandscapeError, SchemaError, StorageError
from landscape_app.store import derived, files, folder, journal, shared_data, sources
from landscape_app.store.archive import Facts, Manifest
from landscape_app.store.committed_files import FILE
from landscape_app.store.run import RunFolder
from landscape_app.store.sample_digest import JOURNAL
from landscape_app.store.study import StudyFolder


def check(stage: Path, manifest: Manifest) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(files that the journals name and the archive does not have, what the settings name outside
    the folder). Raises ArchiveError where the parts do not agree.
    """
    left, needs, data = list[str](), dict[str, None](), set[str]()
    held = manifest.by_folder()
    try:
        for member in manifest.runs:
            run = RunFolder.open(stage, member)
            left += _check_run(run, held[member])
            needs |= dict.fromkeys(sources.needs(run))
            data |= {sha256 for sha256, _ in shared_data.called(run)}
        if manifest.kind == "study":
            study = StudyFolder.open(stage, manifest.id)
            if not manifest.results_only and list(dict.fromkeys(study.runs)) != manifest.runs:
                raise ArchiveError("Its study compares other runs than are in it.")
            _check_results(study.path, f"{folder.STUDIES}/{manifest.id}")
    except (ArchiveError, StorageError):
        raise
    except LandscapeError as error:
        kind = SchemaError if isinstance(error, SchemaError) else ArchiveError
        raise kind(str(error).replace(f"{stage}{os.sep}", "")) from error
    unnamed = {name.partition("/")[0] for name in held.get(shared_data.FOLDER, {})} - data
    if unnamed:
        raise ArchiveError(f"It holds data ({min(unnamed)[:12]}…) that none of its runs names.")
    return tuple(left), tuple(needs)


def _check_run(run: RunFolder, held: Mapping[str, Facts]) -> list[str]:
    """The files that the run's journal names and the archive does not have. Raises ArchiveError for
    a file that differs from its line in the journal.
    """
    content = files.read_bytes(run.path / JOURNAL, most=journal.LARGEST) if JOURNAL in held else b""
    # that it can be read was seen when the run was opened
    if journal.decode(content)[1] < len(content):
        raise ArchiveError(f"The journal of {run.id} does not end with a whole line.")
    named = {str(line["file"]): str(line["sha256"]) for line in run.committed()}
    for name in named:
        if not FILE.fullmatch(name):
            raise ArchiveError(
                f"The journal of {run.id} names {name[:160]!a}, which is no file of a run."
            )
    for name, (_, sha256) in held.items():
        if FILE.fullmatch(name) and named.get(name) != sha256:
            raise ArchiveError(
                f"{run.id}/{name} is not what the journal of {run.id} says was written."
            )
    _check_results(run.path, run.id)
    return [f"{run.id}/{name}" for name in named if name not in held]


def _check_results(path: Path, base: str) -> None:
    """Raise ArchiveError where a stored result is incomplete, or its folder has the name of another
    result.
    """
    for place in derived.places(path):
        name = f"{base}/{derived.FOLDER}/{place.name}"
        result = derived.whole(place)
        if result is None or place.name.rpartition("-")[0] != result.name:
            raise ArchiveError(f"{name} is no result, or not a whole one.")
