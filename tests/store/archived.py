"""Runs that are put into archives, and every file that comes out."""

from __future__ import annotations

from pathlib import Path

from landscape_app.store import shared_data
from landscape_app.store.run import RunFolder
from tests.store import samples

DATA = b"not looked into"


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def begun_with_data(runs: Path, id: str) -> RunFolder:
    """A whole run that says that it was begun with a file of data, which is kept."""
    run = samples.full_run(runs, id)
    sha256 = samples.sha256_of(DATA)
    shared_data.put(runs, sha256, "own.npz", DATA)
    source = {
        "name": "own.npz",
        "relative": "../own.npz",
        "sha256": sha256,
        "bytes": len(DATA),
        "kept": True,
    }
    run.mark(
        "prepared", parameters=samples.PARAMETERS, classes=samples.CLASSES, sources={"data": source}
    )
    return run
