"""A runs folder with every file that the program keeps in one, and what a stranger can put in the
place of each.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.jobs import slots, status
from landscape_app.settings import AnalysisSpec
from landscape_app.store import derived, files, lock, shared_data
from landscape_app.store.committed_files import CHUNKS
from landscape_app.store.study import StudyFolder
from landscape_app.store.tensors import pack
from landscape_app.study_settings import GRID
from tests.store import samples

KEPT = pack(
    {
        f"{kind}_{side}": np.zeros((4, 2) if kind == "x" else 4, "f4" if kind == "x" else "i8")
        for kind in "xy"
        for side in ("train", "test")
    }
)
HASH = hashlib.sha256(KEPT).hexdigest()
SPARSE = 10 * 2**30  # bytes


def everything(runs: Path) -> Path:
    """`runs` with the runs "run" and "sound", the study "study" of both, what they share, and what
    jobs leave.
    """
    runs.mkdir(exist_ok=True)
    shared_data._place(runs, HASH, shared_data.ARRAYS, KEPT)
    run = samples.full_run(runs, "run")
    run.mark(
        "prepared",
        parameters=samples.PARAMETERS,
        classes=samples.CLASSES,
        sources={"data": record()},
    )
    run.commit("init", "init.safetensors", {"param.0.weight": np.ones((2, 2), np.float32)})
    run.commit(
        "base",
        "chunks/base-00000-00001.safetensors",
        {"x": np.ones(2, np.float32)},
        first=0,
        last=1,
    )
    study = StudyFolder.create(runs, "study", ["run"], AnalysisSpec())
    for name in (
        GRID,
        "table.csv",
        "table.json",
        "statistics.csv",
        "statistics.json",
        "figures.html",
    ):
        files.write_atomic(study.path / name, b"{}\n")
    for folder in (run.path, study.path):
        lock.take(folder / lock.NAME).release()
        derived.write(folder, "geometry", {"k": 1}, {"rows": np.zeros(3)}, {"version": 1}, "inputs")
        status.write(
            folder, {"state": "failed", "pid": 1, "queued": 1.0, "updated": 2.0, "message": "no"}
        )
        files.write_atomic(folder / status.CANCEL, b"1")
        (folder / status.LOG).write_text("a line\n")
    with slots.slot(runs, lambda: None):
        pass
    lock.take(runs / slots.FOLDER / f"{slots.machine()}-{1:020d}-00000000.ticket").release()
    shutil.copytree(runs / "run", runs / "sound")
    return runs


def record() -> dict[str, Any]:
    """What the journal says of the data that are kept."""
    return {
        "name": shared_data.ARRAYS,
        "sha256": HASH,
        "bytes": len(KEPT),
        "kept": True,
        "facts": {"name": "given", "classes": 2},
    }


def names(runs: Path, *, kinds: str = "files and folders") -> list[str]:
    """Every name below `runs` except those of the run that stays sound, from the outermost on."""
    found = sorted(path for path in runs.rglob("*") if path.relative_to(runs).parts[0] != "sound")
    return [str(path.relative_to(runs)) for path in found if kinds != "files" or path.is_file()]


def general(name: str) -> str:
    """A name without what differs from run to run: digits, hashes, names of results and of
    machines.
    """
    parts = [
        "run" if number == 0 and not part.startswith("_") else part
        for number, part in enumerate(Path(name).parts)
    ]
    if parts[0] == "_studies":
        parts[1:2] = ["study"]
    text = re.sub(r"/[a-z0-9_]+-[0-9a-f]{16}(?=/|$)", "/RESULT", "/".join(parts))
    return re.sub(r"_data/[0-9a-f]{64}/.*", "_data/HASH/FILE", re.sub(r"[0-9]+", "0", text))


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(path.parent)  # the name of a socket must be short
        try:
            one.bind(path.name)
        finally:
            os.chdir(here)


def _device(path: Path) -> None:
    os.mknod(path, 0o600 | 0o020000, os.makedev(1, 5))  # /dev/zero


def _sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, SPARSE)


SPECIAL: dict[str, Callable[[Path], None]] = {
    "pipe": _fifo,
    "socket": _socket,
    "zero": lambda path: path.symlink_to("/dev/zero"),
    "device": _device,
    "folder": lambda path: path.mkdir(),
    "sparse": _sparse,
}

STRANGE = (  # names that the program makes for a moment, or sweeps
    "run/.status.json.tmp",
    "run/.status.json.1-00000000.tmp",
    "run/.anchor.safetensors.1-00000000.tmp",
    "run/anchor.safetensors.next",
    f"run/{CHUNKS}/.000-00000-00005.safetensors.1-00000000.tmp",
    f"run/{CHUNKS}/000-00000-00005.safetensors.next",
    "run/derived/.old-0123456789abcdef",
    "run/derived/.new-0123456789abcdef",
    "_studies/study/derived/.old-0123456789abcdef",
    "_studies/.deleted-0123456789abcdef",
    ".deleted-0123456789abcdef",
    ".new-0123456789abcdef",
    "_data/" + "0" * 64,
    f"_slots/{slots.machine()}-{0:020d}-00000000.ticket",
)
