"""The hidden folder in which an archive is unpacked: made, removed, and cleaned up after a killed
import.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from landscape_app.errors import LandscapeError, StorageError
from landscape_app.store import files, lock, names
from landscape_app.store.archive import BLOCK, Manifest, padded

STAGE = ".import-"  # prefix of folders in which archives are unpacked; nothing reads them
LEFT = 600.0  # s after which a stage without a lock is one that a crash left
SPARE = 64 * 2**20  # bytes that stay free on the disk


@contextmanager
def stage(runs: Path) -> Iterator[Path]:
    """A hidden folder in `runs`, removed after the block. No sweep removes it while its lock is
    held.
    """
    sweep(runs)
    fresh = runs / f"{STAGE}{secrets.token_hex(8)}"
    with files.storing(runs):
        names.make_folder(fresh, trusted=runs, exist_ok=False)
    held = None
    try:
        held = lock.take(fresh / lock.NAME)
        yield fresh
    finally:
        names.remove_all(fresh, trusted=runs)
        if held is not None:
            held.release()


def check_room(runs: Path, manifest: Manifest) -> None:
    """Raise StorageError where the disk has too little room for all files, each counted in whole
    blocks.
    """
    with files.storing(runs):
        runs.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(runs).free
    needed = sum(padded(size) + 8 * BLOCK for _, size, _ in manifest.files) + SPARE
    if needed > free:
        raise StorageError(
            f"The archive needs {needed / 1e6:,.0f} MB in {runs}; {free / 1e6:,.0f} are free. Free"
            " some space there."
        )


def sweep(runs: Path) -> None:
    """Remove the hidden folders of killed imports."""
    with suppress(OSError):
        for name in names.folders(runs, trusted=runs):
            if name.startswith(STAGE):
                with suppress(OSError, LandscapeError):
                    _sweep(runs, Path(runs) / name)


def _sweep(runs: Path, stage: Path) -> None:
    """Remove the stage if no process works in it."""
    status = names.lstat(stage, trusted=runs)
    if status is None or (
        not names.is_file(stage / lock.NAME) and time.time() - status.st_mtime < LEFT
    ):
        return  # gone, or so new that its lock is still to come
    held = lock.take(stage / lock.NAME)
    if held is not None:
        names.remove_all(stage, trusted=runs)
        held.release()
